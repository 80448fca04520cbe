//go:build unix

package cache

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
)

// childEnv makes the test binary a program that uses the directory it names, in the way that wayEnv names.
const (
	childEnv = "GUEST_CACHE_TEST_DIR"
	wayEnv   = "GUEST_CACHE_TEST_WAY"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		switch way := os.Getenv(wayEnv); way {
		case "once":
			useOnce(dir)
		case "forever":
			useForEver(dir)
		default:
			useFull(dir, way)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is the test binary as such a program.
func child(dir, way string) *exec.Cmd { return processtest.Again(childEnv+"="+dir, wayEnv+"="+way) }

func fail(v ...any) {
	fmt.Println(v...)
	os.Exit(1)
}

// modules is how many modules the processes compile.
const modules = 12

// useOnce compiles every module, with whoever else is at it.
func useOnce(dir string) {
	c, err := Open(dir, Options{})
	if err != nil {
		fail(err)
	}
	for n := range modules {
		if got, err := ask(c, answering(int64(n))); err != nil || got != uint32(n) {
			fail(n, got, err)
		}
	}
	s := c.Stats()
	if s.Hits+s.Misses != modules || s.Written != s.Misses {
		fail(fmt.Sprintf("%+v", s))
	}
}

// TestProcesses has several processes begin with the same directory that is not there yet.
func TestProcesses(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	for range rounds {
		dir := filepath.Join(t.TempDir(), "cache")
		var all []*exec.Cmd
		for range 4 {
			cmd := child(dir, "once")
			cmd.Stdout = new(strings.Builder)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			all = append(all, cmd)
		}
		for _, cmd := range all {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err, cmd.Stdout)
			}
		}
		for n := range modules {
			expect(t, dir, answering(int64(n)), uint32(n), hit)
		}
		noTemps(t, dir)
		if got := len(names(t, dir)); got != modules+1 {
			t.Errorf("%d files", got)
		}
	}
}

// useForEver begins one directory after another, over and over.
func useForEver(dir string) {
	for i := 0; ; i++ {
		path := filepath.Join(dir, strconv.Itoa(i%4))
		// At once, for entries whose key was removed before them are refused, as they should be.
		gone := filepath.Join(dir, "gone")
		if err := os.RemoveAll(gone); err != nil {
			fail(err)
		}
		if err := os.Rename(path, gone); err != nil && !errors.Is(err, os.ErrNotExist) {
			fail(err)
		}
		c, err := Open(path, Options{})
		if err != nil {
			fail(err)
		}
		for n := range 2 {
			if got, err := ask(c, answering(int64(n))); err != nil || got != uint32(n) {
				fail(n, got, err)
			}
		}
		if s := c.Stats(); s != (Stats{Misses: 2, Written: 2}) {
			fail(fmt.Sprintf("%+v", s))
		}
		if i == 4 {
			fmt.Println("writing")
		}
	}
}

// TestKilled kills a process that makes keys and entries, over and over, and uses what it left behind.
func TestKilled(t *testing.T) {
	kills, keys, temps, entries := 100, 0, 0, 0
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		kill := processtest.Start(t, child(dir, "forever"), "writing")
		time.Sleep(time.Duration(r.IntN(8000)) * time.Microsecond) // anywhere within a directory or two
		kill()
		for k := range 4 {
			path := filepath.Join(dir, strconv.Itoa(k))
			left, err := os.ReadDir(path)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range left {
				switch name := filepath.Join(path, e.Name()); {
				case e.Name() == "key":
					keys++
				case strings.HasPrefix(e.Name(), tempPrefix):
					temps++
					old := time.Now().Add(-2 * freshTemp) // as if it had been left a while ago
					if err := os.Chtimes(name, old, old); err != nil {
						t.Fatal(err)
					}
				default:
					entries++
				}
			}
			c, err := Open(path, Options{})
			if err != nil {
				t.Fatalf("kill %d: %v", i, err)
			}
			for n := range 2 {
				if got, err := ask(c, answering(int64(n))); err != nil || got != uint32(n) {
					t.Fatalf("kill %d: %d, %v", i, got, err)
				}
			}
			if s := c.Stats(); s.Refused != 0 || s.Hits+s.Misses != 2 || s.Written != s.Misses {
				t.Errorf("kill %d: %+v", i, s)
			}
			c.store.close()
			noTemps(t, path)
		}
	}
	t.Logf("%d kills left %d keys, %d entries and %d half-written files", kills, keys, entries, temps)
}

// useFull lets no file grow past so many bytes, as a full disk would, and tells what came of it.
func useFull(dir, most string) {
	n, err := strconv.ParseUint(most, 10, 64)
	if err != nil {
		fail(err)
	}
	if err := processtest.FullDisk(n); err != nil {
		fail(err)
	}
	c, err := Open(dir, Options{})
	if err != nil {
		fmt.Print(errors.Is(err, ErrDirectory), " ", err)
		return
	}
	got, err := ask(c, answering(42))
	fmt.Printf("%d %v %+v", got, err, c.Stats())
}

// TestFullDisk finds the disk full at the key and at the entry.
func TestFullDisk(t *testing.T) {
	for _, c := range []struct{ most, want, left string }{
		{"31", "true guest cache: DIR: the compile cache's directory cannot be used: make a key: write DIR/tmp-", "[]"},
		{"32", "42 <nil> {Hits:0 Misses:1 Refused:0 Written:0 Unwritten:1 Evicted:0}", "[key]"},
		{"100", "42 <nil> {Hits:0 Misses:1 Refused:0 Written:0 Unwritten:1 Evicted:0}", "[key]"},
	} {
		dir := filepath.Join(t.TempDir(), "cache")
		out, err := child(dir, c.most).Output()
		if err != nil {
			t.Fatal(err, string(out))
		}
		if !strings.HasPrefix(string(out), strings.ReplaceAll(c.want, "DIR", dir)) {
			t.Errorf("%s bytes: got %s", c.most, out)
		}
		if got := fmt.Sprint(names(t, dir)); got != c.left {
			t.Errorf("%s bytes: left %s", c.most, got)
		}
	}
	// An entry that is there outlives a full disk.
	dir, _, _ := small(t)
	if out, err := child(dir, "32").Output(); err != nil || string(out) != "42 <nil> {Hits:1 Misses:0 Refused:0 Written:0 Unwritten:0 Evicted:0}" {
		t.Errorf("got %s, %v", out, err)
	}
}
