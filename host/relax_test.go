package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// tester is a *testing.T or a *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

var segment = regexp.MustCompile(`[^.\[\]]+`)

// put writes a value at a place of a request's text, as whoever reads of a change would; nil takes it out.
func put(t tester, req *placement.Request, changes ...placement.Change) (*placement.Request, error) {
	t.Helper()
	text, err := req.Canonical()
	if err != nil {
		t.Fatalf("%v", err)
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatalf("%v", err)
	}
	for _, c := range changes {
		var at any = whole["spec"]
		path := segment.FindAllString(c.Field, -1)
		for _, key := range path[:len(path)-1] {
			switch in := at.(type) {
			case map[string]any:
				at = in[key]
			case []any:
				n, _ := strconv.Atoi(key)
				at = in[n]
			}
		}
		in, ok := at.(map[string]any)
		if !ok {
			t.Fatalf("there is no place %s", c.Field)
		}
		if c.To == nil {
			delete(in, path[len(path)-1])
		} else {
			in[path[len(path)-1]] = c.To
		}
	}
	if text, err = json.Marshal(whole); err != nil {
		t.Fatalf("%v", err)
	}
	return placement.Decode("changed.json", text)
}

// checkRelaxations decides a request again with each change that a decision lists, and wants what it says.
func checkRelaxations(t tester, h *host.Host, req *placement.Request, d *placement.Decision) {
	t.Helper()
	for _, r := range d.Relaxations {
		changed, err := put(t, req, r.Changes...)
		if err != nil {
			t.Errorf("%s: %v", r.Change, err)
			continue
		}
		again, err := h.Decide(context.Background(), changed)
		if err != nil {
			t.Errorf("%s: %v", r.Change, err)
			continue
		}
		copies, objective := []placement.Copy{}, map[string]float64{}
		if len(again.Placements) > 0 {
			copies, objective = again.Placements[0].Copies, again.Placements[0].Objective
		}
		want := placement.Relaxation{Change: r.Change, Changes: r.Changes, Verdict: again.Verdict, Objective: objective, Copies: copies}
		if diff := cmp.Diff(want, r); diff != "" {
			asked, _ := req.Canonical()
			t.Errorf("%s of %s is not what it says: %s", r.Change, asked, diff)
		}
	}
	if len(d.Relaxations) > 0 && d.Verdict == placement.Permit {
		t.Errorf("changes of what is permitted: %v", d.Relaxations)
	}
}

// TestRelaxationsOfTheCatalogue decides generated requests, and again with each change that is listed.
func TestRelaxationsOfTheCatalogue(t *testing.T) {
	h, _ := bothEngines(t)
	snap, err := h.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := newAsker(snap)
	n := *requests
	if testing.Short() {
		n /= 4
	}
	refused, relaxed := 0, 0
	for i := range min(n, manyRequests) {
		req := a.request(t, i)
		d, err := h.Decide(context.Background(), req)
		if err != nil || d.Verdict == placement.Permit {
			continue
		}
		refused++
		relaxed += min(1, len(d.Relaxations))
		t.Run(fmt.Sprintf("%04d", i), func(t *testing.T) { checkRelaxations(t, h, req, d) })
	}
	t.Logf("of %d refused requests %d have a change that helps", refused, relaxed)
	if relaxed*2 < refused {
		t.Errorf("of %d refused requests only %d have a change that helps", refused, relaxed)
	}
}

// worldSpec draws a request about the small world, most of which cannot be met.
func worldSpec(t *rapid.T) string {
	pick := func(name string, list ...string) string { return rapid.SampledFrom(list).Draw(t, name) }
	var b strings.Builder
	b.WriteString(pick("partitions", "", "", "partitions: [acme]\n", "partitions: [gov]\n"))
	b.WriteString(pick("sites", "", "", "sites: {include: [east, south]}\n", "sites: {include: [fog]}\n", "sites: {exclude: [north, south]}\n", "sites: {include: [north], exclude: [north-1]}\n"))
	b.WriteString(pick("users", "users: [{population: AA}]\n", "users: [{population: AA}, {population: BB}]\n", ""))
	b.WriteString(pick("data", "data: []\n", "data: [{name: d, class: x, residency: [AA]}]\n", "data: [{name: d, class: personal, subjects: [AA], residency: [CC], processing: [AA, CC]}]\n"))
	b.WriteString(pick("carbon", "", "carbon: {maxGramsPerKWh: 60}\n", "carbon: {maxGramsPerKWh: 5}\n"))
	b.WriteString(pick("cost", "", "", "cost: {maxIndex: 1}\n", "cost: {maxIndex: 0.25}\n"))
	b.WriteString(pick("unknown", "", "", "unknown: assume\n"))
	b.WriteString("components:\n")
	for _, name := range []string{"a", "b"}[:rapid.IntRange(1, 2).Draw(t, "components")] {
		var f []string
		add := func(text string) {
			if text != "" {
				f = append(f, text)
			}
		}
		add("name: " + name)
		if strings.Contains(b.String(), "name: d,") {
			add(pick("holds", "data: [d]", ""))
		}
		add(pick("services", "", "services: [kv]", "services: [log, kv]", "services: [zonal, disk]", "services: [odd]"))
		add(pick("tier", "", "", "", "tier: availability-zone", "tier: local-zone"))
		add(pick("survive", "", "survive: zone", "survive: region", "survive: partition", "survive: provider"))
		add(pick("copies", "", "copies: {min: 1, max: 2}", "copies: {min: 2}", "copies: {min: 2, max: 3}", "copies: {min: 4}"))
		add(pick("quorum", "", "", "quorum: majority"))
		add(pick("capacity", "", "", "capacity: {needed: 100, perCopy: 60.5}", "capacity: {needed: 1000, perCopy: 60}"))
		add(pick("spread", "", "", "spread: {separationKm: 900}", "spread: {separationKm: 9000}", "spread: {perCountry: 1, maxSkew: 1}", "spread: {perRegion: 1}"))
		if strings.Contains(b.String(), "users:") {
			add(pick("latency", "", "", "latency: {maxMs: 4}", "latency: {maxMs: 20}", "latency: {maxMs: 44.5}"))
		}
		if name == "b" {
			add(pick("calls", "", "dependsOn: [{component: a, maxMs: 1}]", "dependsOn: [{component: a, maxMs: 41}]"))
		}
		b.WriteString("  - {" + strings.Join(f, ", ") + "}\n")
	}
	return b.String()
}

// simpleChanges are changes of one field, by field: the values that are tried hang on no search.
func simpleChanges(req *placement.Request) map[string][]any {
	out := map[string][]any{}
	s := &req.Spec
	for i := range s.Components {
		c := &s.Components[i]
		at := func(name string) string { return fmt.Sprintf("components[%d].%s", i, name) }
		if k := slices.Index([]string{"none", "zone", "region", "partition", "provider"}, c.Survive); k > 0 {
			for _, v := range []any{"none", "zone", "region", "partition"}[:k] {
				out[at("survive")] = append(out[at("survive")], v)
			}
		}
		if c.Quorum == "majority" {
			out[at("quorum")] = []any{"none"}
		}
		for n := 1; n < c.Copies.Min; n++ {
			field, v := at("copies.min"), any(n)
			if c.Copies.Min == c.Copies.Max {
				field, v = at("copies"), map[string]any{"min": n, "max": c.Copies.Max}
			}
			out[field] = append(out[field], v)
		}
		for n := c.Copies.Max + 1; n <= 5; n++ {
			out[at("copies.max")] = append(out[at("copies.max")], n)
		}
		if c.Capacity != nil {
			for n := range 5 {
				if v := float64(n) * c.Capacity.PerCopy; v < c.Capacity.Needed {
					out[at("capacity.needed")] = append(out[at("capacity.needed")], v)
				}
			}
		}
		for name, v := range map[string]float64{"separationKm": c.Spread.SeparationKm, "perRegion": float64(c.Spread.PerRegion), "perCountry": float64(c.Spread.PerCountry), "maxSkew": float64(c.Spread.MaxSkew)} {
			if v > 0 {
				out[at("spread."+name)] = []any{0}
			}
		}
		if c.Latency.MaxMs != nil {
			out[at("latency.maxMs")] = []any{nil, 5, 30, 45, 70, 80}
		}
		for k, d := range c.DependsOn {
			if d.MaxMs != nil {
				out[at(fmt.Sprintf("dependsOn[%d].maxMs", k))] = []any{nil, 40, 42}
			}
		}
		for k := range c.Services {
			out[at("services")] = append(out[at("services")], slices.Delete(slices.Clone(c.Services), k, k+1))
		}
		for _, tier := range []string{"region", "availability-zone", "local-zone"} {
			if tier != c.Tier {
				out[at("tier")] = append(out[at("tier")], tier)
			}
		}
	}
	for k, d := range s.Data {
		for _, country := range []string{"AA", "BB", "CC"} {
			for name, list := range map[string][]string{"residency": d.Residency, "processing": d.Processing} {
				if len(list) > 0 && !slices.Contains(list, country) {
					field := fmt.Sprintf("data[%d].%s", k, name)
					out[field] = append(out[field], append(slices.Clone(list), country))
				}
			}
		}
	}
	if len(s.Partitions) > 0 {
		out["partitions"] = []any{[]string{"acme", "gov"}}
	}
	for _, site := range []string{"east", "fog", "north", "south", "vault", "north-2", "south-1"} {
		if len(s.Sites.Include) > 0 && !slices.Contains(s.Sites.Include, site) {
			out["sites.include"] = append(out["sites.include"], append(slices.Clone(s.Sites.Include), site))
		}
		if k := slices.Index(s.Sites.Exclude, site); k >= 0 {
			out["sites.exclude"] = append(out["sites.exclude"], slices.Delete(slices.Clone(s.Sites.Exclude), k, k+1))
		}
	}
	if s.Carbon != nil && s.Carbon.MaxGramsPerKWh != nil {
		out["carbon.maxGramsPerKWh"] = []any{10, 51, 100}
	}
	if s.Cost != nil && s.Cost.MaxIndex != nil {
		out["cost.maxIndex"] = []any{nil, 0.9, 1.2, 2}
	}
	return out
}

// TestRelaxationsOfTheWorld draws requests. Every change that is listed does what it says; and of every field of which some
// value makes the request pass, one is listed.
func TestRelaxationsOfTheWorld(t *testing.T) {
	h := openWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		spec := worldSpec(t)
		text := "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: test}\nspec:\n"
		for line := range strings.Lines(spec) {
			text += "  " + line
		}
		req, err := placement.Decode("test.yaml", []byte(text))
		if err != nil {
			t.Skip(err)
		}
		d, err := h.Decide(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		checkRelaxations(t, h, req, d)
		if d.Verdict == placement.Permit || d.MoreRelaxations {
			return
		}
		listed := map[string]bool{}
		for _, r := range d.Relaxations {
			if len(r.Changes) == 1 && r.Verdict == placement.Permit {
				listed[r.Changes[0].Field] = true
			}
		}
		simple := simpleChanges(req)
		unlisted := slices.DeleteFunc(slices.Sorted(maps.Keys(simple)), func(field string) bool { return listed[field] })
		if len(unlisted) == 0 {
			return
		}
		for range 2 { // all of them would take long
			field := rapid.SampledFrom(unlisted).Draw(t, "field")
			for _, v := range simple[field] {
				changed, err := put(t, req, placement.Change{Field: field, To: v})
				if err != nil {
					continue
				}
				if again, err := h.Decide(context.Background(), changed); err == nil && again.Verdict == placement.Permit {
					t.Fatalf("%s\n%s: %v makes it pass, and is not listed: %v", spec, field, v, d.Relaxations)
				}
			}
		}
	})
}

// TestCopiesThatWouldDo asks for fewer copies than the load, or the users, need: that the most is too few is what stands in the
// way, however many that would have to be.
func TestCopiesThatWouldDo(t *testing.T) {
	h, _ := bothEngines(t)
	far := "users: [{population: DE}, {population: JP}, {population: US}, {population: BR}, {population: IN}, {population: AU}, {population: SG}]\npartitions: [aws]\n"
	for _, c := range []struct{ name, spec, conflict, change string }{
		{
			"a load", "components: [{name: a, capacity: {needed: 100, perCopy: 10}, copies: {min: 2, max: 3}}]",
			"components[0].capacity components[0].copies.max", "components[0].copies.max: 3 → 10",
		},
		{
			"a load after a loss", "components: [{name: a, survive: region, capacity: {needed: 100, perCopy: 10}, copies: {min: 2, max: 10}}]",
			"components[0].capacity components[0].copies.max components[0].survive", "components[0].copies.max: 10 → 11",
		},
		{
			"users far apart", far + "components: [{name: a, copies: {min: 1, max: 5}, latency: {maxMs: 30}}]",
			"components[0].copies.max components[0].latency.maxMs", "components[0].copies.max: 5 → 7",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, c.spec)
			d, err := h.Decide(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Conflicts) != 1 || strings.Join(d.Conflicts[0].Requirements, " ") != c.conflict {
				t.Errorf("conflicts %v, want %s", d.Conflicts, c.conflict)
			}
			if !slices.ContainsFunc(d.Relaxations, func(r placement.Relaxation) bool { return r.Change == c.change }) {
				t.Errorf("%v do not have %s", d.Relaxations, c.change)
			}
			checkRelaxations(t, h, req, d)
		})
	}
}

// TestWhatWasFoundIsTold asks for more copies than two regions have zones. One of the changes that would help takes longer to
// find out about than the search may: the others are told all the same.
func TestWhatWasFoundIsTold(t *testing.T) {
	h, _ := bothEngines(t)
	req := request(t, "partitions: [aws]\nsites: {include: [eu-central-1, eu-west-1]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 7}, spread: {maxSkew: 1}}]")
	d, err := h.Decide(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if want := "components[0].copies: {min: 7, max: 7} → {min: 6, max: 7}"; len(d.Relaxations) == 0 || d.Relaxations[0].Change != want {
		t.Errorf("%v do not begin with %s", d.Relaxations, want)
	}
	if !d.MoreRelaxations {
		t.Error("it does not say that the search was ended")
	}
	checkRelaxations(t, h, req, d)
}

// TestPartitionsThatAreNotNamed asks for what the policies refuse because the request names no partitions: to name them helps.
func TestPartitionsThatAreNotNamed(t *testing.T) {
	h, _ := bothEngines(t)
	x, err := h.Explain(context.Background(), request(t, "components: [{name: a, services: [ec2]}]"), "us-gov-west-1")
	if err != nil {
		t.Fatal(err)
	}
	if f := x.Components[0].Flip; f == nil || f.Change != "partitions: none → [aws-us-gov]" {
		t.Errorf("%+v is not the partition of the site", f)
	}
	req := request(t, "components: [{name: a, services: [ec2], survive: provider, copies: {min: 2}}]")
	d, err := h.Decide(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if want := "partitions: none → [aws, aws-cn]"; !slices.ContainsFunc(d.Relaxations, func(r placement.Relaxation) bool { return r.Change == want }) {
		t.Errorf("%v do not have %s", d.Relaxations, want)
	}
	checkRelaxations(t, h, req, d)
}
