package record_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/record"
)

// TestReplayExamples records the decision on every example of the documentation and decides it again, in
// a store that is opened anew, with the embedded catalogue and the standard policies.
func TestReplayExamples(t *testing.T) {
	files, err := filepath.Glob("../../docs/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	h, err := host.Open(context.Background(), host.WithRunnersUp(5), host.WithSettings(map[string]map[string]any{"SEL-09": {"optedIn": []any{"eu-south-1"}}}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	dir := t.TempDir()
	s := create(t, dir)
	var ids []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := decode.Parse(file, text, decode.Limits{}); err != nil || n.At("/kind").Text() != placement.RequestKind {
			continue
		}
		req, err := placement.Decode(file, text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Decide(context.Background(), h, req)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		ids = append(ids, d.ID)
	}
	again := open(t, dir)
	if err := again.Verify(); err != nil {
		t.Error(err)
	}
	for _, id := range ids {
		d, err := again.Decision(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := again.Replay(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Same() || r.Misnamed || r.Again.ID != id {
			t.Errorf("%s: %+v", d.Request, r.Differences)
		}
	}
}

// TestReplayNames: a rule that tells of itself says the same wherever it was loaded from, also where two
// sources have files of one path.
func TestReplayNames(t *testing.T) {
	telling := func(id, pkg string) fstest.MapFS {
		return fstest.MapFS{"own.rego": {Data: []byte(`# METADATA
# title: Tells of itself
# custom: {id: ` + id + `, class: selection, hook: site, reviewed: 2026-11-23}
package ` + pkg + `

# METADATA
# title: here
warn contains json.marshal([rego.metadata.chain(), rego.metadata.rule()])
`)}}
	}
	h := openHost(t, host.WithPolicies("z", telling("OWN-2", "own.a")), host.WithPolicies("/some/where", telling("OWN-3", "own.b")))
	s := create(t, t.TempDir())
	d, err := s.Decide(context.Background(), h, request(t, "one"))
	must(t, err)
	if len(d.Sites[0].Warnings) != 2 {
		t.Fatal(d.Sites[0].Warnings)
	}
	if r, err := s.Replay(context.Background(), d); err != nil || !r.Same() {
		t.Error(r, err)
	}
}

// TestReplayPluginLimits: a plugin that was allowed more than hosts allow by themselves is, when its decision is made again.
func TestReplayPluginLimits(t *testing.T) {
	p := guesttest.Pack(guesttest.Mini{}.Bytes(), `{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"test/p","version":"1.0.0"},"spec":{"abi":"bailiwick/1",
		"id":"P-1","title":"T","class":"selection","reviewed":"2026-11-23","hooks":["site"],"limits":{"fuel":20000000000}}}`)
	h := openHost(t, host.WithPlugin("p.wasm", p), host.WithPluginLimits(host.MaxPluginLimits()))
	s := create(t, t.TempDir())
	d, err := s.Decide(context.Background(), h, request(t, "one"))
	must(t, err)
	if r, err := s.Replay(context.Background(), d); err != nil || !r.Same() {
		t.Error(r, err)
	}
}

// TestReplayRunnersUp: the one input that no digest covers is kept too.
func TestReplayRunnersUp(t *testing.T) {
	s := create(t, t.TempDir())
	for n := range 2 {
		h := openHost(t, host.WithRunnersUp(n), host.WithSettings(map[string]map[string]any{"OWN-1": {"avoid": []any{}}}))
		d, err := s.Decide(context.Background(), h, request(t, "one"))
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Placements) != 1+n {
			t.Fatalf("%d placements", len(d.Placements))
		}
		if r, err := s.Replay(context.Background(), d); err != nil || !r.Same() {
			t.Error(r, err)
		}
	}
}

// TestReplayTampered replays decisions that were changed after they were made.
func TestReplayTampered(t *testing.T) {
	dir, d := recorded(t)
	s := open(t, dir)
	for _, c := range []struct {
		name   string
		change func(*placement.Decision)
		want   []record.Difference
	}{
		{"verdict", func(d *placement.Decision) { d.Verdict = placement.Deny }, []record.Difference{{Path: "/verdict", Given: `"deny"`, Again: `"permit"`}}},
		{"one site less", func(d *placement.Decision) { d.Sites = d.Sites[:1] }, []record.Difference{{Path: "/sites/1"}}},
		{"other policies", func(d *placement.Decision) { d.Inputs.Policies = "sha256:" + strings.Repeat("0", 64) }, []record.Difference{{Path: "/inputs/policies"}}},
		{"a reason gone", func(d *placement.Decision) { d.Sites[1].Reasons = nil }, []record.Difference{{Path: "/sites/1/reasons/0"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := d.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			given, err := placement.DecodeDecision("d.json", text)
			if err != nil {
				t.Fatal(err)
			}
			c.change(given)
			r, err := s.Replay(context.Background(), given)
			if err != nil {
				t.Fatal(err)
			}
			if r.Same() || !r.Misnamed || len(r.Differences) != len(c.want) {
				t.Fatalf("%+v", r)
			}
			for i, want := range c.want {
				got := r.Differences[i]
				if got.Path != want.Path || want.Given != "" && got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
		})
	}
}

// TestSemantics: a decision of another version is not replayed as if it were of this one.
func TestSemantics(t *testing.T) {
	dir, d := recorded(t)
	old := *d
	old.Inputs.Semantics = 1000
	must(t, old.ComputeID())
	text, err := old.Canonical()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "decisions", old.ID[7:]+".json"), text, 0o666))
	_, err = open(t, dir).Replay(context.Background(), &old)
	want := fmt.Sprintf("record: %s: decided under another semantics: its semantics are version 1000, this program's are version %d, and the same inputs may rightly come out otherwise; replay it with the version that decided it", old.ID, host.Semantics)
	if err == nil || err.Error() != want || !errors.Is(err, record.ErrSemantics) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestSemanticsUnread: a decision of another version that has what this one does not know is no riddle.
func TestSemanticsUnread(t *testing.T) {
	newer := fmt.Sprintf(`{"apiVersion":"bailiwick/v1","kind":"Decision","novelty":1,"inputs":{"semantics":%d}}`, host.Semantics+1)
	want := fmt.Sprintf("d.json: decided under another semantics: its semantics are version %d, this program's are version %d, and the same inputs may rightly come out otherwise; replay it with the version that decided it", host.Semantics+1, host.Semantics)
	if _, err := record.DecodeDecision("d.json", []byte(newer)); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	for _, text := range []string{"", fmt.Sprintf(`{"inputs":{"semantics":%d}}`, host.Semantics), `{"inputs":1}`, `[]`} {
		if _, err := record.DecodeDecision("d.json", []byte(text)); err == nil || errors.Is(err, record.ErrSemantics) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
