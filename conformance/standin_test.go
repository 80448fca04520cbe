package conformance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/conformance/guests"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// guest is one of the guests that are there of standard policies.
func guest(t *testing.T, name string) conformance.Plugin {
	t.Helper()
	module, err := guests.Module(name)
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Plugin{Name: name + ".wasm", Module: module}
}

// TestStandIns asks every engine the cases of the standard policies that there are guests of, with the guests in their
// place: what must come out of the rules comes out of them.
func TestStandIns(t *testing.T) {
	var all []conformance.Plugin
	for _, name := range guests.Names() {
		all = append(all, guest(t, name))
	}
	stand, err := conformance.StandIns(cases(t), all...)
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]int{}
	for _, c := range stand {
		for _, p := range c.Plugins {
			uses[p.Name]++
		}
	}
	for _, p := range all {
		if uses[p.Name] < 3 {
			t.Errorf("%d cases ask %s", uses[p.Name], p.Name)
		}
	}
	r, err := conformance.Run(t.Context(), conformance.Hosts(), stand, conformance.Options{Agree: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Engines {
		if e.Passed != len(stand) || len(stand) < 15 {
			t.Errorf("%s: %d of %d cases passed", e.Engine, e.Passed, len(stand))
		}
		for _, x := range e.Results {
			for _, d := range x.Differences {
				t.Errorf("%s: %s at %s: %s", e.Engine, x.Case, x.Place, d)
			}
		}
	}
}

// TestStandInsWrong puts the guest of one policy in the place of another: its cases fail.
func TestStandInsWrong(t *testing.T) {
	p := guest(t, "processing")
	p.Module = []byte(strings.Replace(string(p.Module), `"id":"SOV-02"`, `"id":"SOV-01"`, 1))
	stand, err := conformance.StandIns(pick(t, "sov-01-country"), p)
	if err != nil {
		t.Fatal(err)
	}
	e, err := conformance.Host("lane")
	if err != nil {
		t.Fatal(err)
	}
	if got := differences(t, e, stand[0]); !strings.Contains(got, "sites[far/api].verdict") {
		t.Errorf("differences: %s", got)
	}
}

// TestStandInsRefused has plugins that can stand in for nobody.
func TestStandInsRefused(t *testing.T) {
	p := guest(t, "residency")
	named := func(id string) conformance.Plugin {
		return conformance.Plugin{Name: "p.wasm", Module: []byte(strings.Replace(string(p.Module), `"id":"SOV-01"`, `"id":"`+id+`"`, 1))}
	}
	for _, c := range []struct {
		plugins []conformance.Plugin
		cases   []*conformance.Case
		want    string
	}{
		{[]conformance.Plugin{named("SOV-99")}, cases(t), "conformance: p.wasm: plugin SOV-99 takes the place of no standard policy; there is " + strings.Join(standardIDs(t), ", ")},
		{[]conformance.Plugin{p, named("SOV-01")}, cases(t), "conformance: residency.wasm and p.wasm are both SOV-01; leave one out"},
		{[]conformance.Plugin{p}, pick(t, "red-01-region"), "conformance: residency.wasm: none of the 1 cases uses SOV-01"},
		{
			[]conformance.Plugin{{Name: "p.wasm", Module: []byte("\x00asm\x01\x00\x00\x00")}},
			cases(t),
			"conformance: p.wasm: the module carries no manifest; put it in with: bailiwick plugin build DIR",
		},
	} {
		_, err := conformance.StandIns(c.cases, c.plugins...)
		if err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if _, err := (conformance.Plugin{Name: "p", Module: []byte("\x00asm\x01\x00\x00\x00")}).ID(); !errors.Is(err, policy.ErrNoManifest) {
		t.Error(err)
	}
	// The cases given are as they were.
	all := cases(t)
	if _, err := conformance.StandIns(all, p); err != nil || slices.ContainsFunc(all, func(c *conformance.Case) bool { return len(c.Plugins) > 0 }) {
		t.Error("a case was changed", err)
	}
}
