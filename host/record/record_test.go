package record_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/record"
)

const world = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: world, asOf: 2026-06-01}
providers: [{id: acme, control: [AA]}]
partitions: [{id: acme, provider: acme}]
jurisdictions: [{id: AA}, {id: BB}]
sites:
  - {id: north, kind: region, partition: acme, country: AA, lat: 20, lon: 10, status: available, optIn: false, zoneCount: 3}
  - {id: south, kind: region, partition: acme, country: BB, lat: 5, lon: 12, status: available, optIn: false, zoneCount: 2}
populations: [{id: AA, kind: country, lat: 20, lon: 10, weight: 10}]
`

const rules = `# METADATA
# title: Not in BB
# custom: {id: OWN-1, class: selection, hook: site, reviewed: 2026-11-23, settings: {avoid: [BB]}}
package own.avoid

deny contains "avoided" if input.site.country in input.settings.avoid
`

func worldOptions() []host.Option {
	return []host.Option{
		host.WithoutCatalogue(), host.WithoutStandardPolicies(),
		host.WithTopology("world", fstest.MapFS{"w.yaml": {Data: []byte(world)}}),
		host.WithPolicies("rules", fstest.MapFS{"own.rego": {Data: []byte(rules)}}),
	}
}

func openHost(t testing.TB, more ...host.Option) *host.Host {
	t.Helper()
	h, err := host.Open(context.Background(), append(worldOptions(), more...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func requestText(name string) string {
	return "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: " + name + "}\nspec: {users: [{population: AA}], components: [{name: a}]}\n"
}

func request(t testing.TB, name string) *placement.Request {
	t.Helper()
	req, err := placement.Decode("r.yaml", []byte(requestText(name)))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func create(t testing.TB, dir string) *record.Store {
	t.Helper()
	s, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func open(t testing.TB, dir string) *record.Store {
	t.Helper()
	s, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// recorded makes a store with one decision in it.
func recorded(t testing.TB) (dir string, d *placement.Decision) {
	t.Helper()
	dir = t.TempDir()
	d, err := create(t, dir).Decide(context.Background(), openHost(t), request(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, d
}

// TestDamage damages each file of a store in each of several ways: Verify, Replay and recording again say
// which file it is.
func TestDamage(t *testing.T) {
	ways := []struct {
		name   string
		damage func(t *testing.T, path string)
	}{
		{"gone", func(t *testing.T, path string) { must(t, os.Remove(path)) }},
		{"empty", func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o666)) }},
		{"cut", func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, info.Size()/2))
		}},
		{"a byte changed", func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			must(t, err)
			text[len(text)/2] ^= 1
			must(t, os.WriteFile(path, text, 0o666))
		}},
		{"a directory", func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o777))
		}},
	}
	dir, d := recorded(t)
	var names []string
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, rerr := filepath.Rel(dir, path)
			names, err = append(names, name), rerr
		}
		return err
	}))
	if len(names) != 5 {
		t.Fatal(names)
	}
	for _, way := range ways {
		for _, name := range names {
			t.Run(way.name+" "+filepath.Dir(name), func(t *testing.T) {
				dir := mustRecorded(t, d)
				way.damage(t, filepath.Join(dir, name))
				s := open(t, dir)
				if _, err := s.Replay(context.Background(), d); err == nil || !strings.Contains(err.Error(), name) && !strings.Contains(err.Error(), "is missing") {
					t.Errorf("replay: %v", err)
				}
				if way.name == "gone" {
					return
				}
				if err := s.Verify(); err == nil || !strings.Contains(err.Error(), filepath.Base(filepath.Dir(name))) {
					t.Errorf("verify: %v", err)
				}
				_, err := s.Decide(context.Background(), openHost(t), request(t, "one"))
				if err == nil || !strings.Contains(err.Error(), name) || !errors.Is(err, record.ErrDamaged) {
					t.Errorf("recording again: %v", err)
				}
			})
		}
	}
}

// mustRecorded records the same decision in a directory of its own.
func mustRecorded(t *testing.T, want *placement.Decision) string {
	t.Helper()
	dir, d := recorded(t)
	if d.ID != want.ID {
		t.Fatalf("%s, not %s", d.ID, want.ID)
	}
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestErrors wants errors to say which digest and which file.
func TestErrors(t *testing.T) {
	dir, d := recorded(t)
	digits := strings.TrimPrefix(d.ID, "sha256:")
	s := open(t, dir)
	zero := "sha256:" + strings.Repeat("0", 64)
	find := func(id string) error { _, err := s.Find(id); return err }
	decision := func(id string) error { _, err := s.Decision(id); return err }
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"short", find(digits[:7]), `record: "` + digits[:7] + `" is no id of a decision: give sha256: and 64 hexadecimal digits, or the first 8 or more`},
		{"upwards", find("sha256:../../../../etc/passwd"), `record: "sha256:../../../../etc/passwd" is no id of a decision: give sha256: and 64 hexadecimal digits, or the first 8 or more`},
		{"upper case", find("ABCDEF0123"), `record: "ABCDEF0123" is no id of a decision: give sha256: and 64 hexadecimal digits, or the first 8 or more`},
		{"too long", find(digits + "0"), `record: "` + digits + `0" is no id of a decision: give sha256: and 64 hexadecimal digits, or the first 8 or more`},
		{"not there", find("00000000"), "record: no decision 00000000 is recorded in " + dir},
		{"decision upwards", decision("sha256:../x"), `record: "sha256:../x" is no id of a decision`},
		{"no decision", decision(zero), "record: no decision " + zero + " is recorded in " + dir + ": there is no " + dir + "/decisions/" + zero[7:] + ".json"},
		{"no store", func() error { _, err := record.Open(t.TempDir()); return err }(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil || c.want != "" && c.err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", c.err, c.want)
			}
		})
	}
	for _, id := range []string{digits, digits[:8], d.ID, d.ID[:15]} {
		if got, err := s.Find(id); err != nil || got != d.ID {
			t.Errorf("%s: %s, %v", id, got, err)
		}
	}
}

// TestFindAmbiguous puts two ids of one beginning there.
func TestFindAmbiguous(t *testing.T) {
	dir, _ := recorded(t)
	for _, last := range []string{"1", "2"} {
		must(t, os.WriteFile(filepath.Join(dir, "decisions", strings.Repeat("a", 63)+last+".json"), nil, 0o666))
	}
	_, err := open(t, dir).Find("aaaaaaaa")
	want := "record: aaaaaaaa stands for 2 decisions in " + dir + ", sha256:" + strings.Repeat("a", 63) + "1 and sha256:" + strings.Repeat("a", 63) + "2 among them; give more digits"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestPutRefuses what a decision was not made from.
func TestPutRefuses(t *testing.T) {
	h := openHost(t)
	g, err := h.Generation()
	must(t, err)
	req := request(t, "one")
	d, err := h.Decide(context.Background(), req)
	must(t, err)
	s := create(t, t.TempDir())
	other := request(t, "two")
	err = s.Put(d, record.Inputs{Snapshot: g.Snapshot, Policies: g.Policies, Request: other, RunnersUp: g.RunnersUp})
	want := "record: decision " + d.ID + " was not made from this: its request is " + req.Digest() + ", not " + other.Digest()
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	changed := *d
	changed.Verdict = placement.Deny
	if err := s.Put(&changed, record.Inputs{Snapshot: g.Snapshot, Policies: g.Policies, Request: req}); err == nil {
		t.Error("a changed decision is kept")
	}
	if err := s.Put(d, record.Inputs{}); err == nil || err.Error() != "record: an input is missing: give the snapshot, the policies and the request" {
		t.Error(err)
	}
	if ids, err := s.IDs(); err != nil || len(ids) != 0 {
		t.Error(ids, err)
	}
}

// TestConcurrentWriters lets several stores on one directory keep the same and different decisions while
// the host is reloaded under them.
func TestConcurrentWriters(t *testing.T) {
	dir := t.TempDir()
	h := openHost(t)
	stop := make(chan struct{})
	var reloads sync.WaitGroup
	reloads.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				if err := h.Reload(context.Background(), host.WithRunnersUp(n%2), host.WithSettings(map[string]map[string]any{"OWN-1": {"avoid": []any{fmt.Sprint(n % 3)}}})); err != nil {
					t.Error(err)
				}
			}
		}
	})
	var writers sync.WaitGroup
	for w := range 4 {
		s := create(t, dir)
		writers.Go(func() {
			for i := range 15 {
				if _, err := s.Decide(context.Background(), h, request(t, fmt.Sprintf("r%d", (i+w)%7))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	reloads.Wait()
	s := open(t, dir)
	must(t, s.Verify())
	ids, err := s.IDs()
	must(t, err)
	for _, id := range ids {
		d, err := s.Decision(id)
		must(t, err)
		if r, err := s.Replay(context.Background(), d); err != nil || !r.Same() {
			t.Errorf("%s: %v %v", id, r, err)
		}
	}
	if temps, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(temps) > 0 {
		t.Error(temps, err)
	}
}

// TestNotWrittenAgain: what is there is left as it is.
func TestNotWrittenAgain(t *testing.T) {
	dir, d := recorded(t)
	past := time.Now().Add(-24 * time.Hour)
	var names []string
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
			err = os.Chtimes(path, past, past)
		}
		return err
	}))
	again, err := create(t, dir).Decide(context.Background(), openHost(t), request(t, "one"))
	must(t, err)
	if again.ID != d.ID {
		t.Fatal(again.ID)
	}
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.ModTime().After(past.Add(time.Hour)) {
			t.Errorf("%s was written again", name)
		}
	}
}

// TestSweep: only old leftovers are removed.
func TestSweep(t *testing.T) {
	dir, _ := recorded(t)
	old, fresh := filepath.Join(dir, "tmp", "old"), filepath.Join(dir, "tmp", "fresh")
	must(t, os.WriteFile(old, nil, 0o666))
	must(t, os.WriteFile(fresh, nil, 0o666))
	past := time.Now().Add(-2 * time.Hour)
	must(t, os.Chtimes(old, past, past))
	must(t, create(t, dir).Verify())
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
}

// TestOutside: a link that leads out of the store is not followed.
func TestOutside(t *testing.T) {
	dir, d := recorded(t)
	name := filepath.Join(dir, "decisions", d.ID[7:]+".json")
	text, err := os.ReadFile(name)
	must(t, err)
	outside := filepath.Join(t.TempDir(), "d.json")
	must(t, os.WriteFile(outside, text, 0o666))
	must(t, os.Remove(name))
	if err := os.Symlink(outside, name); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip("making links is a privilege here: ", err)
		}
		t.Fatal(err)
	}
	if _, err := open(t, dir).Decision(d.ID); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Error(err)
	}
}

// TestCanonical: the decision is kept as the bytes its id is of.
func TestCanonical(t *testing.T) {
	dir, d := recorded(t)
	text, err := os.ReadFile(filepath.Join(dir, "decisions", d.ID[7:]+".json"))
	must(t, err)
	if want, err := d.Canonical(); err != nil || !bytes.Equal(text, want) {
		t.Error(err, string(text))
	}
}
