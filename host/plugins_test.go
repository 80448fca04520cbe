package host_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// manifest is that of a hand-made plugin.
func manifest(id string, hooks string, more string) string {
	return fmt.Sprintf(`{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"test/%s","version":"1.0.0"},"spec":{"abi":"bailiwick/1",
		"id":%q,"title":"What it is about","class":"selection","reviewed":"2026-11-23","hooks":[%s],"reads":["site.personnel","site.country"],
		"reasons":{"9":"row {0}: {1}"}%s}}`, strings.ToLower(id), id, hooks, more)
}

// everything sets a whole bit set, of which the pointer is at an offset of the block, to what is selected.
func everything(at uint64) []byte {
	// memory.copy(to, selection, (rows+63)/64*8)
	return Cat(Field(at), Field(32), Field(28), I32(63), []byte{0x6a}, I32(6), []byte{0x76}, I32(3), []byte{0x74}, []byte{0xfc, 0x0a, 0, 0})
}

// scoring scores every row that it is asked about, with a float64 of those bits.
func scoring(score int64) []byte {
	return Cat(everything(44),
		// local 1 = rows; loop: local 1 -= 1; scores[local 1] = score; while local 1
		Field(28), []byte{0x21, 1}, []byte{0x03, 0x40},
		[]byte{0x20, 1}, I32(1), []byte{0x6b, 0x22, 1}, I32(3), []byte{0x74}, Field(AtScores), []byte{0x6a},
		I64(score), []byte{0x37, 3, 0}, []byte{0x20, 1, 0x0d, 0}, End)
}

func decided(t *testing.T, req string, opts ...host.Option) (*placement.Decision, error) {
	t.Helper()
	h, err := host.Open(context.Background(), append([]host.Option{host.WithoutStandardPolicies()}, opts...)...)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = h.Close() })
	r, err := placement.Decode("r.yaml", []byte(req))
	if err != nil {
		t.Fatal(err)
	}
	return h.Decide(context.Background(), r)
}

const twoCopies = `
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: r}
spec: {partitions: [aws], sites: {include: [eu-central-1, eu-west-1, eu-north-1]}, users: [{population: DE}],
  components: [{name: api, copies: {min: 2, max: 2}}]}
`

// plugin is a hand-made plugin.
func plugin(m Mini, hooks string) host.Option {
	return host.WithPlugin("p.wasm", Pack(m.Bytes(), manifest("P-1", hooks, "")))
}

// TestPluginOfSites has a plugin deny what another lets pass, know nothing, and score.
func TestPluginOfSites(t *testing.T) {
	at := func(d *placement.Decision, site string) string {
		for _, s := range d.Sites {
			if s.Site == site {
				var said []string
				for _, r := range s.Reasons {
					said = append(said, fmt.Sprintf("%s: %s %v", r.Policy, r.Message, r.Possible))
				}
				return fmt.Sprintf("%s %v %v", s.Verdict, s.Score, said)
			}
		}
		return "none"
	}
	for _, c := range []struct {
		name    string
		site    []byte
		verdict placement.Verdict
		at      string
	}{
		{"nothing", nil, placement.Permit, "permit 0 []"},
		{"deny", everything(AtDeny), placement.Deny, "deny 0 [P-1: What it is about false]"},
		{"unknown", everything(AtUnknown), placement.Indeterminate, "indeterminate 0 [P-1: What it is about (not sure: site.personnel unknown) true]"},
		{"score", scoring(0x4029000000000000), placement.Permit, "permit 12.5 []"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := decided(t, twoCopies, plugin(Mini{Site: c.site}, `"site"`))
			if err != nil {
				t.Fatal(err)
			}
			if got := at(d, "eu-central-1"); d.Verdict != c.verdict || got != c.at {
				t.Errorf("%s, %s; want %s, %s", d.Verdict, got, c.verdict, c.at)
			}
			if len(d.Conflicts) > 0 && d.Conflicts[0].Policies[0] != "P-1" {
				t.Errorf("%+v", d.Conflicts)
			}
		})
	}
}

// first denies, or leaves open, the first row only: the best placement as it is.
func first(at uint64) []byte { return Store8(Field(at), 0, I32(1)) }

// TestPluginOfPlacements has plugins refuse the best placement, all of them, and paths.
func TestPluginOfPlacements(t *testing.T) {
	best, err := decided(t, twoCopies)
	if err != nil {
		t.Fatal(err)
	}
	sites := func(copies []placement.Copy) string { return copies[0].Site + " " + copies[1].Site }
	for _, c := range []struct {
		name string
		mini Mini
		hook string
		want func(d *placement.Decision) string
		is   string
	}{
		{"nothing", Mini{Placement: []byte{}}, `"placement"`, func(d *placement.Decision) string {
			return words(d.Verdict, sites(d.Placements[0].Copies) == sites(best.Placements[0].Copies), len(d.Refused), len(d.Placements))
		}, "permit true 0 3"},
		{"the best", Mini{Placement: first(AtDeny)}, `"placement"`, func(d *placement.Decision) string {
			return words(d.Verdict, sites(d.Placements[0].Copies) == sites(best.Placements[1].Copies), d.Refused[0].Reasons[0].Message,
				sites(d.Refused[0].Copies) == sites(best.Placements[0].Copies), d.Placements[0].Proof.Optimal, len(d.Placements))
		}, "permit true What it is about true true 2"},
		{"all", Mini{Placement: everything(AtDeny)}, `"placement"`, func(d *placement.Decision) string {
			return words(d.Verdict, len(d.Placements), len(d.Refused), d.Conflicts)
		}, "deny 0 3 [{[P-1] [] false}]"},
		{"open", Mini{Placement: everything(AtUnknown)}, `"placement"`, func(d *placement.Decision) string {
			return words(d.Verdict, d.Conflicts, d.Refused[0].Reasons[0].Possible)
		}, "indeterminate [{[P-1] [] false}] true"},
		{"score", Mini{Placement: scoring(0x4029000000000000)}, `"placement"`, func(d *placement.Decision) string {
			return words(d.Verdict, *d.Placements[0].Score)
		}, "permit 12.5"},
		{"a path", Mini{Path: first(AtDeny)}, `"path"`, func(d *placement.Decision) string {
			return words(d.Verdict, sites(d.Placements[0].Copies) == sites(best.Placements[0].Copies), d.Refused[0].Reasons[0].Message)
		}, "permit false from eu-central-1 to eu-north-1: What it is about"},
		{"all paths", Mini{Path: everything(AtDeny)}, `"path"`, func(d *placement.Decision) string {
			return words(d.Verdict, d.Conflicts, len(d.Refused[0].Reasons))
		}, "deny [{[P-1] [] false}] 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := decided(t, twoCopies, plugin(c.mini, c.hook))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.want(d); got != c.is {
				t.Errorf("got %s\nwant %s", got, c.is)
			}
		})
	}
}

// TestPluginOfWhatIsOpen has a plugin refuse the one placement whose sites surely may be chosen. Whether there are others is
// open, for another policy could not decide about a site, and they are not refused; or they are.
func TestPluginOfWhatIsOpen(t *testing.T) {
	rules := fstest.MapFS{"p.rego": {Data: []byte(`# METADATA
# title: T
# custom: {id: T-1, class: selection, hook: site, reviewed: 2026-11-23}
package p

deny contains "it is there" if {
	input.site.id == "eu-north-1"
	input.site.subdivision == "SE-Z"
}
`)}}
	for _, c := range []struct {
		mini Mini
		want string
	}{
		{Mini{Placement: first(AtDeny)}, "indeterminate 1 [{[P-1] [] false}]"},
		{Mini{Placement: everything(AtDeny)}, "deny 1 [{[P-1] [] false}]"},
	} {
		d, err := decided(t, twoCopies, host.WithPolicies("p", rules), plugin(c.mini, `"placement"`))
		if err != nil {
			t.Fatal(err)
		}
		if got := words(d.Verdict, len(d.Refused), d.Conflicts); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

// TestPluginWaived sets a plugin aside, at every copy and at one.
func TestPluginWaived(t *testing.T) {
	waive := func(sites ...string) string {
		var list []string
		for _, s := range sites {
			list = append(list, fmt.Sprintf("{policy: P-1, component: api, site: %s, until: 2030-01-01, reason: r, by: b}", s))
		}
		return strings.Replace(twoCopies, "components:", "waivers: ["+strings.Join(list, ", ")+"], components:", 1)
	}
	for _, c := range []struct {
		sites []string
		want  placement.Verdict
	}{
		{[]string{"eu-central-1", "eu-west-1"}, placement.Permit},
		{[]string{"eu-central-1"}, placement.Deny},
	} {
		d, err := decided(t, waive(c.sites...), plugin(Mini{Placement: everything(AtDeny)}, `"placement"`))
		if err != nil || d.Verdict != c.want {
			t.Errorf("%v: %v %v", c.sites, d, err)
		}
	}
}

// TestPluginFails has plugins that cannot be loaded, or fail when they are asked: there is no decision.
func TestPluginFails(t *testing.T) {
	loop := []byte{0x03, 0x40, 0x0c, 0, 0x0b}
	aboutRow0 := Cat(Store32(Block, AtReasonCount, I32(1)), Store32(Field(AtReasons), 4, I32(2<<16|8)))
	grant := func(id string) host.Option { return host.WithGrants(map[string][]string{id: {"log"}}) }
	for _, c := range []struct {
		name string
		opts []host.Option
		want string
	}{
		{"traps", []host.Option{plugin(Mini{Site: Trap}, `"site"`)}, "component \"api\": plugin P-1: bailiwick_site: the guest trapped: unreachable, in $2"},
		{"loops", []host.Option{plugin(Mini{Site: loop}, `"site"`)}, "component \"api\": plugin P-1: bailiwick_site: the guest ran out of fuel: it had 100090000, by limits.fuel 100000000 and limits.fuelPerRow 30000 (rows: 3); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow"},
		{
			"answers what was not asked",
			[]host.Option{plugin(Mini{Site: aboutRow0}, `"site"`)},
			"component \"api\": plugin P-1: bailiwick_site: the guest's answer breaks the ABI: reason 0 is about row 0, which it was not asked about",
		},
		{
			"no manifest",
			[]host.Option{host.WithPlugin("p.wasm", Mini{}.Bytes())},
			"host: open: p.wasm: the module carries no manifest; put it in with: bailiwick plugin build DIR",
		},
		{
			"no module",
			[]host.Option{host.WithPlugin("p.wasm", []byte("#!/bin/sh"))},
			"host: open: p.wasm: not a wasm module this host reads: header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module; build the guest again for WebAssembly 2.0",
		},
		{
			"no hook",
			[]host.Option{plugin(Mini{}, `"path"`)},
			"host: open: p.wasm: plugin P-1: the guest's exports are not those of the ABI: function bailiwick_path (i32) -> (i32) is missing",
		},
		{
			"twice",
			[]host.Option{plugin(Mini{}, `"site"`), host.WithPlugin("q.wasm", Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, "")))},
			"host: open: policy id P-1 is used by p.wasm and by q.wasm; rename one, or leave one out",
		},
		{
			"a fact that is none",
			[]host.Option{host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), strings.Replace(manifest("P-1", `"site"`, ""), "site.country", "site.cuontry", 1)))},
			`host: open: p.wasm: manifest: reads: input.site has no field "cuontry"; did you mean "country"?`,
		},
		{
			"too much fuel",
			[]host.Option{host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, `,"limits":{"fuel":9007199254740991}`)))},
			"host: open: p.wasm: manifest: limits.fuel: it asks for 9007199254740991, and this host gives at most 10000000000; let it need less, or allow more with limits.pluginFuel in the configuration (host.WithPluginLimits)",
		},
		{
			"too much memory",
			[]host.Option{host.WithPluginLimits(host.PluginLimits{MemoryPages: 10}), host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, `,"limits":{"memoryPages":11}`)))},
			"host: open: p.wasm: manifest: limits.memoryPages: it asks for 11, and this host gives at most 10; let it need less, or allow more with limits.pluginMemoryPages in the configuration (host.WithPluginLimits)",
		},
		{
			"less memory than it does not ask for",
			[]host.Option{host.WithPluginLimits(host.PluginLimits{MemoryPages: 1023}), plugin(Mini{}, `"site"`)},
			"host: open: p.wasm: manifest: limits.memoryPages: it does not say how much it asks for, which stands for 1024, and this host gives at most 1023; let it say how much it needs, or allow more with limits.pluginMemoryPages in the configuration (host.WithPluginLimits)",
		},
		{
			"less fuel than plugins get",
			[]host.Option{host.WithPluginLimits(host.PluginLimits{Fuel: 1000, FuelPerRow: 20}), plugin(Mini{Site: loop}, `"site"`)},
			"component \"api\": plugin P-1: bailiwick_site: the guest ran out of fuel: it had 1060, by limits.fuel 1000 and limits.fuelPerRow 20 (rows: 3); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow",
		},
		{
			"less memory than there is",
			[]host.Option{host.WithPluginLimits(host.PluginLimits{MemoryPages: -1}), plugin(Mini{}, `"site"`)},
			"host: open: limits.pluginMemoryPages: plugins cannot be given at most -1; give 1 to 65535, or 0 for the default",
		},
		{
			"more fuel than there is",
			[]host.Option{host.WithPluginLimits(host.PluginLimits{Fuel: 30_000_000_001})},
			"host: open: limits.pluginFuel: plugins cannot be given at most 30000000001; give 1 to 30000000000, or 0 for the default",
		},
		{
			"reasons without room",
			[]host.Option{plugin(Mini{Site: Store32(Block, 76, I32(3))}, `"site"`)},
			"component \"api\": plugin P-1: site: 3 reasons found no room; it may give four for each row that it is asked about, and 64 more",
		},
		{"grants to nobody", []host.Option{grant("P-2"), plugin(Mini{}, `"site"`)}, `host: open: grants: there is no plugin "P-2"; did you mean "P-1"?`},
		{"grants of what it does not ask for", []host.Option{grant("P-1"), plugin(Mini{}, `"site"`)}, `host: open: grants: plugin P-1 does not ask for "log"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decided(t, twoCopies, c.opts...)
			if err == nil || err.Error() != c.want {
				t.Errorf("error: %v\nwant:  %s", err, c.want)
			}
		})
	}
}

// TestPluginDigest finds a plugin, and the settings it is given, among what decisions are made from; not its file's name.
func TestPluginDigest(t *testing.T) {
	packed := Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, `,"settings":{"ceiling":3}`))
	p := host.WithPlugin("p.wasm", packed)
	digest := func(opts ...host.Option) string {
		d, err := decided(t, twoCopies, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return d.Inputs.Policies
	}
	none, with := digest(), digest(p)
	set := digest(p, host.WithSettings(map[string]map[string]any{"P-1": {"ceiling": 4}}))
	if renamed := digest(host.WithPlugin("other.wasm", packed)); none == with || with == set || with != renamed {
		t.Errorf("%s %s %s %s", none, with, set, renamed)
	}
	_, err := decided(t, twoCopies, p, host.WithSettings(map[string]map[string]any{"P-1": {"ceiling": "4"}}))
	if want := "host: open: settings: P-1.ceiling must be a number, like its default, not a string"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// another is a request that differs from one by its name.
func another(t *testing.T, n int) *placement.Request {
	t.Helper()
	r, err := placement.Decode("r.yaml", fmt.Appendf(nil, strings.Replace(twoCopies, "{name: r}", "{name: r%d}", 1), n))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPluginBreaks has a plugin that keeps failing: it is not asked the same again, and whatever it is asked is said to be one
// more failure.
func TestPluginBreaks(t *testing.T) {
	h, err := host.Open(context.Background(), host.WithoutStandardPolicies(), plugin(Mini{Site: Trap}, `"site"`))
	if err != nil {
		t.Fatal(err)
	}
	const trapped = "plugin P-1: bailiwick_site: the guest trapped: unreachable, in $2"
	for i, want := range []string{
		trapped,
		trapped + "; plugin P-1 failed so in this very call before, and is not asked again",
		trapped, trapped, trapped, trapped,
		"plugin P-1 keeps failing: in 6 different calls in a row, the last time so: " + trapped,
		"plugin P-1 keeps failing: in 7 different calls in a row, the last time so: " + trapped,
	} {
		if i == 1 {
			i = 0
		}
		_, err := h.Decide(context.Background(), another(t, i))
		if want := `component "api": ` + want; err == nil || err.Error() != want {
			t.Errorf("error: %v\nwant:  %s", err, want)
		}
	}
}

// TestPluginLimitsReloaded lowers what plugins get while a host is open: it counts for plugins that are loaded already.
func TestPluginLimitsReloaded(t *testing.T) {
	ctx := context.Background()
	h, err := host.Open(ctx, host.WithoutStandardPolicies(), host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, `,"limits":{"fuel":5000}`))))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Reload(ctx, host.WithPluginLimits(host.PluginLimits{Fuel: 5000})); err != nil {
		t.Error(err)
	}
	err = h.Reload(ctx, host.WithPluginLimits(host.PluginLimits{Fuel: 4999}))
	if want := "host: reload: p.wasm: manifest: limits.fuel: it asks for 5000, and this host gives at most 4999; let it need less, or allow more with limits.pluginFuel in the configuration (host.WithPluginLimits)"; err == nil || err.Error() != want {
		t.Errorf("error: %v\nwant:  %s", err, want)
	}
}

// words joins values by spaces.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

// TestPluginLastGood replaces a plugin that works by one that fails, and goes on with the one before once it has failed
// often enough; and with the third when that works.
func TestPluginLastGood(t *testing.T) {
	ctx := context.Background()
	good := func(version string) host.Option {
		return host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), strings.Replace(manifest("P-1", `"site"`, ""), "1.0.0", version, 1)))
	}
	bad := Pack(Mini{Site: Trap}.Bytes(), manifest("P-1", `"site"`, ""))
	r, err := placement.Decode("r.yaml", []byte(twoCopies))
	if err != nil {
		t.Fatal(err)
	}
	for outcome, want := range map[host.Outcome]bool{host.FailClosed: false, host.LastGood: true} {
		h, err := host.Open(ctx, host.WithoutStandardPolicies(), good("1.0.0"), host.WithPluginOutcome(outcome))
		if err != nil {
			t.Fatal(err)
		}
		before, err := h.Decide(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Reload(ctx, host.WithPlugin("q.wasm", bad)); err == nil {
			t.Error("two plugins of one id")
		}
		// Options add up, so the bad one has another id and comes beside.
		other := Pack(Mini{Site: Trap}.Bytes(), manifest("P-2", `"site"`, ""))
		if err := h.Reload(ctx, host.WithPlugin("q.wasm", other)); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			if _, err := h.Decide(ctx, another(t, i)); err == nil {
				t.Error("a failure is a decision")
			}
		}
		d, err := h.Decide(ctx, r)
		if want != (err == nil) {
			t.Errorf("outcome %d: %v", outcome, err)
		}
		if err == nil && d.ID != before.ID {
			t.Errorf("it decided from %+v, before from %+v", d.Inputs, before.Inputs)
		}
		if _, err := h.Explain(ctx, r, "eu-central-1"); want != (err == nil) {
			t.Errorf("outcome %d, explain: %v", outcome, err)
		}
	}
	if _, err := host.Open(ctx, host.WithPluginOutcome(7)); err == nil || err.Error() != "host: open: there is no outcome 7 of plugins that fail; give FailClosed or LastGood" {
		t.Error(err)
	}
}
