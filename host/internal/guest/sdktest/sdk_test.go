// Package sdktest runs guests that were written with the SDKs on the host's core.
package sdktest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/templatetest"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

const (
	root   = "../../../../"
	golden = root + "host/internal/image/testdata/"
)

// file reads a file of the repository.
func file(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goGuest builds a guest in Go.
func goGuest(t testing.TB, dir, pkg string) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT RUN with -short: a guest in Go, which takes long to compile under the race detector")
	}
	return guestrun.BuildGo(t, root+dir, pkg)
}

// shown is an answer in words.
func shown(a *abi.Answer, rows int) string {
	var b strings.Builder
	for i := range rows {
		for _, set := range []struct {
			name string
			set  []uint64
		}{{"denied", a.Deny}, {"unknown", a.Unknown}, {"scored", a.Scored}} {
			if abi.Has(set.set, i) {
				fmt.Fprintln(&b, i, set.name)
			}
		}
		if abi.Has(a.Scored, i) {
			fmt.Fprintln(&b, i, a.Scores[i])
		}
	}
	for _, r := range a.Reasons {
		fmt.Fprint(&b, r.Row, r.Code, r.Kind, r.Unsure)
		for i := range r.Args {
			switch arg := &r.Args[i]; arg.Type {
			case abi.Float:
				fmt.Fprint(&b, " number ", arg.Float())
			case abi.Int:
				fmt.Fprint(&b, " integer ", arg.Int())
			case abi.Text:
				fmt.Fprintf(&b, " text %q", a.Text(arg))
			default:
				fmt.Fprint(&b, " ", arg.Type, arg.Ref())
			}
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintln(&b, "dropped", a.Dropped)
	return b.String()
}

// TestProbes asks the ABI kit's guest in every language, more than once. The answers are the same, and so is the
// fuel each language uses, whatever was asked before. No instance has to be thrown away.
func TestProbes(t *testing.T) {
	const rows = 300
	first := ""
	for _, p := range []struct {
		name   string
		binary func() []byte
	}{
		{"c", func() []byte { return file(t, root+"sdk/c/probe.wasm") }},
		{"go", func() []byte { return goGuest(t, "sdk/go", "./probe") }},
		{"rust", func() []byte { return file(t, root+"sdk/rust/probe.wasm") }},
		{"assemblyscript", func() []byte { return file(t, root+"sdk/assemblyscript/probe.wasm") }},
	} {
		if p.name == "go" && testing.Short() {
			t.Log("NOT RUN with -short: the probe in Go, which takes long to compile under the race detector")
			continue
		}
		l, err := templatetest.Bind(t, p.binary(), file(t, golden+"complete.image"), guesttest.Settings(map[string]any{"spin": 1000, "text": "x"}), abi.Site, abi.Path, abi.Placement)
		if err != nil {
			t.Fatal(err)
		}
		fuel := map[string]int64{}
		for range 2 {
			var all strings.Builder
			for _, hook := range []abi.Hook{abi.Site, abi.Path, abi.Placement} {
				for _, component := range []uint32{2, abi.NoComponent} {
					c := &abi.Call{Request: file(t, golden+"worked.image"), Component: component, Rows: rows, Select: make([]uint64, (rows+63)/64), Texts: true}
					for i := 1; i < rows; i += 2 {
						c.Select[i/64] |= 1 << (i % 64)
					}
					var a abi.Answer
					u, err := l.Call(context.Background(), hook, offer.Decision{}, c, &a)
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintln(&all, hook, component, shown(&a, rows))
					key := fmt.Sprint(hook, component)
					if before, ok := fuel[key]; ok && before != u.Fuel {
						t.Errorf("%s %s: used %d of fuel, and %d before", p.name, key, u.Fuel, before)
					}
					fuel[key] = u.Fuel
				}
			}
			if first == "" {
				first = all.String()
			}
			if all.String() != first {
				t.Errorf("%s answers\n%.2000s\nwant\n%.2000s", p.name, all.String(), first)
			}
		}
		if s := l.Stats(); s.Made != 1 || s.Dropped != 0 {
			t.Errorf("%s: %+v", p.name, s)
		}
	}
	if n := strings.Count(first, "\n"); n < 6*rows/2 {
		t.Errorf("the answers have %d lines only", n)
	}
}

// TestProbesFail has the probes say that they fail.
func TestProbesFail(t *testing.T) {
	for _, name := range []string{"assemblyscript", "c", "go", "rust"} {
		t.Run(name, func(t *testing.T) {
			var binary []byte
			if name == "go" {
				binary = goGuest(t, "sdk/go", "./probe")
			} else {
				binary = file(t, root+"sdk/"+name+"/probe.wasm")
			}
			_, err := templatetest.Bind(t, binary, file(t, golden+"empty.image"), guesttest.Settings(map[string]any{"fail": "no\x00good"}), abi.Site)
			want := `plugin KIT-1: bailiwick_configure: the guest reports failure 7: no\x00good`
			if err == nil || err.Error() != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
			l, err := templatetest.Bind(t, binary, file(t, golden+"empty.image"), guesttest.Settings(map[string]any{"failHook": "in the hook"}), abi.Site)
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.Call(context.Background(), abi.Site, offer.Decision{}, &abi.Call{Request: file(t, golden+"empty.image"), Rows: 1, Select: []uint64{1}}, new(abi.Answer))
			want = `plugin KIT-1: bailiwick_site: the guest reports failure 9: in the hook`
			if err == nil || err.Error() != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
		})
	}
}
