package host_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
)

// TestEngines opens a host with each engine there is, and wants them all to give the same decision.
func TestEngines(t *testing.T) {
	names := host.Engines()
	if !slices.IsSorted(names) || !slices.Contains(names, host.DefaultEngine) {
		t.Fatalf("engines %v", names)
	}
	const spec = "data: [{name: d, class: personal, subjects: [UNION]}]\ncomponents: [{name: a, data: [d]}]"
	want := decide(t, openWorld(t), spec).ID
	for _, name := range names {
		if got := decide(t, openWorld(t, host.WithEngine(name)), spec).ID; got != want {
			t.Errorf("%s: decision %s, want %s", name, got, want)
		}
	}
	names[0] = "changed"
	if slices.Contains(host.Engines(), "changed") {
		t.Error("the list is not the caller's own")
	}
}

// TestUnknownEngine wants the exact text where there is no such engine, and the host to go on with the one it has.
func TestUnknownEngine(t *testing.T) {
	known := strings.Join(host.Engines(), ", ")
	for name, want := range map[string]string{
		"wasmtime": `no engine is called "wasmtime"; there is ` + known,
		"":         `no engine is called ""; there is ` + known,
		"Rego":     `no engine is called "Rego"; did you mean "rego"?; there is ` + known,
	} {
		_, err := host.Open(context.Background(), host.WithEngine(name))
		if err == nil || err.Error() != "host: open: "+want {
			t.Errorf("Open: got %v, want %s", err, want)
		}
		h := openWorld(t)
		if err := h.Reload(context.Background(), host.WithEngine(name)); err == nil || err.Error() != "host: reload: "+want {
			t.Errorf("Reload: got %v, want %s", err, want)
		}
		decide(t, h, "components: [{name: a}]")
	}
}
