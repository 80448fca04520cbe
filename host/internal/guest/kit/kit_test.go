package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// TestGolden compares the golden calls with what they have to come to. UPDATE_GOLDEN=1 writes them down again.
func TestGolden(t *testing.T) {
	calls, err := golden()
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(calls, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	const name = "../../../../conformance/abikit/testdata/calls.json"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the probe has to answer (%v); UPDATE_GOLDEN=1 writes it again", name, err)
	}
}

// TestImages finds the golden images of every SDK here.
func TestImages(t *testing.T) {
	all, err := filepath.Glob("../../image/testdata/*.image")
	if err != nil || len(all) < 3 {
		t.Fatal(all, err)
	}
	for _, f := range all {
		want, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join("../../../../conformance/abikit/testdata", filepath.Base(f))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is another here: %v", f, err)
		}
	}
}

// TestProbes runs the probes of all SDKs, compiled and interpreted: each answers every golden call, and takes as much fuel
// by either way.
func TestProbes(t *testing.T) {
	built, err := filepath.Glob("../../../../sdk/*/probe.wasm")
	if err != nil {
		t.Fatal(err)
	}
	probes := map[string]func(t *testing.T) []byte{
		"go": func(t *testing.T) []byte {
			if testing.Short() {
				t.Skip("NOT RUN with -short: the probe in Go, which takes long to compile under the race detector")
			}
			return guestrun.BuildGo(t, "../../../../sdk/go", "./probe")
		},
	}
	for _, name := range built {
		probes[filepath.Base(filepath.Dir(name))] = func(t *testing.T) []byte {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	for _, name := range []string{"go", "c", "rust", "assemblyscript"} {
		if probes[name] == nil {
			t.Errorf("there is no probe in %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			probe := probes[name](t)
			var fuel [2]map[string]int64
			for i, interpret := range []bool{false, true} {
				r, err := Run(context.Background(), probe, Options{Interpret: interpret})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range r.Failures() {
					t.Errorf("interpreted %v: %s", interpret, f)
				}
				if len(r.Calls) < 14 {
					t.Errorf("%d calls", len(r.Calls))
				}
				fuel[i] = r.Fuel()
			}
			if !maps.Equal(fuel[0], fuel[1]) {
				t.Errorf("compiled it used %v, interpreted %v", fuel[0], fuel[1])
			}
		})
	}
}
