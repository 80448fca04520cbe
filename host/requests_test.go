package host_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

var requests = flag.Int("requests", 120, "how many of the 1000 generated requests TestRequests decides by each engine")

const (
	manyRequests = 1000
	requestSeed  = 20261123
)

// bothEngines opens the catalogue, and the example's Outposts over it, with each engine.
func bothEngines(t *testing.T) (lane, rego *host.Host) {
	t.Helper()
	open := func(engine string) *host.Host {
		h, err := host.Open(context.Background(), host.WithEngine(engine),
			host.WithTopology("hospital", os.DirFS(filepath.Join("..", "docs", "examples", "hospital-topology"))))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	return open("lane"), open("rego")
}

// answer is a decision in canonical JSON, or the error there is in its place.
func answer(t *testing.T, h *host.Host, req *placement.Request) (verdict placement.Verdict, text []byte) {
	t.Helper()
	d, err := h.Decide(context.Background(), req)
	if err != nil {
		return "error", []byte(err.Error())
	}
	text, err = d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return d.Verdict, text
}

// sameAnswer wants the same bytes of both engines, and returns the verdict.
func sameAnswer(t *testing.T, lane, rego *host.Host, req *placement.Request) placement.Verdict {
	t.Helper()
	verdict, got := answer(t, lane, req)
	_, want := answer(t, rego, req)
	if !bytes.Equal(got, want) {
		asked, err := req.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		from, at := firstDifference(got, want)
		t.Errorf("the engines differ from byte %d on:\nlane …%s\nrego …%s\nrequest %s", from, got[at:min(len(got), from+200)], want[at:min(len(want), from+200)], asked)
	}
	return verdict
}

// firstDifference is where two texts differ first, and a place a little before it.
func firstDifference(a, b []byte) (from, before int) {
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	return from, max(0, from-200)
}

// eachExample runs a subtest for every request of docs/examples.
func eachExample(t *testing.T, f func(t *testing.T, req *placement.Request)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "docs", "examples", "*.yaml"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			req, err := placement.Decode(name, text)
			if err != nil {
				t.Fatal(err)
			}
			f(t, req)
		})
	}
}

// TestExamplesByBothEngines decides every request of docs/examples by both engines: the decisions are the
// same to the byte.
func TestExamplesByBothEngines(t *testing.T) {
	lane, rego := bothEngines(t)
	eachExample(t, func(t *testing.T, req *placement.Request) {
		if v := sameAnswer(t, lane, rego, req); v == "error" {
			t.Error("it is answered with an error")
		}
	})
}

// TestRequests decides generated requests by both engines: the decisions, or the errors, are the same to
// the byte. A request depends on its number alone, so that -run TestRequests/0417 -requests 1000 asks that
// one again.
func TestRequests(t *testing.T) {
	lane, rego := bothEngines(t)
	snap, err := lane.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := newAsker(snap)
	seen := map[placement.Verdict]int{}
	n := min(*requests, manyRequests)
	if testing.Short() {
		n /= 8 // the race detector sees the same goroutines with each
	}
	for i := range n {
		t.Run(fmt.Sprintf("%04d", i), func(t *testing.T) {
			seen[sameAnswer(t, lane, rego, a.request(t, i))]++
		})
	}
	t.Logf("%d requests: %v", n, seen)
	// A generator all of whose requests fail would show nothing.
	if all := seen[placement.Permit] + seen[placement.Deny] + seen[placement.Infeasible] + seen[placement.Indeterminate] + seen["error"]; all == n && seen["error"]*4 > n {
		t.Errorf("%d of %d requests have no decision: %v", seen["error"], n, seen)
	}
}
