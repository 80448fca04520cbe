package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// more adds to the world what its lists are too short to show: groups that fail together, programmes, laws, prices of traffic.
const more = `apiVersion: bailiwick/v1
kind: Topology
sources:
  - {id: gazetteer, title: A gazetteer, asOf: 2026-02-01}
jurisdictions:
  - {id: LEAGUE, kind: bloc}
  - {id: DD, name: Deland, memberOf: [LEAGUE, UNION]}
sites:
  - {id: west, kind: region, partition: acme, country: DD, lat: 8, lon: -20, status: available, optIn: false, zoneCount: 2, source: gazetteer}
  - {id: west-1, kind: availability-zone, parent: west}
  - {id: west-2, kind: availability-zone, parent: west}
services:
  - {id: queue, aliases: [mq, amqp], scope: regional, controlPlane: north, zones: {copies: 2, synchronous: true}}
offerings:
  - {services: [queue, kv, disk], sites: [west, north, east]}
links:
  - {from: west, to: north, rttMs: 50, via: [DD, AA], riskGroups: [cable]}
  - {from: north, to: west, rttMs: 51, via: [DD, AA], riskGroups: [cable]}
  - {from: east, to: north, rttMs: 80}
  - {from: north, to: east, rttMs: 80}
  - {from: east, to: west, rttMs: 90}
  - {from: west, to: east, rttMs: 90}
  - {from: south, to: west, rttMs: 55}
  - {from: west, to: south, rttMs: 55}
  - {from: south, to: east, rttMs: 60}
  - {from: east, to: south, rttMs: 60}
access:
  - {from: AA, to: west, rttMs: 45}
  - {from: BB, to: west, rttMs: 47}
programmes:
  - {id: gold, sites: [north, west, south]}
  - {id: silver, sites: [west, east], complete: true, among: [acme, vault]}
carbon:
  - {site: west, gridGramsPerKWh: 300, source: gazetteer}
prices:
  - {site: west, index: 1.05}
riskGroups:
  - {id: cable, kind: conduit, links: [[west, north], [north, west]]}
  - {id: river, kind: hazard, sites: [south, west]}
`

// shuffled returns a YAML document with the entries of its lists, and the keys of its mappings, in another order. Where keep
// names a list by its key, the order of its entries means something.
func shuffled(t *rapid.T, text string, keep ...string) string {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	shuffle(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)), &doc, "", keep)
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func shuffle(r *rand.Rand, n *yaml.Node, key string, keep []string) {
	switch n.Kind {
	case yaml.SequenceNode:
		if !slices.Contains(keep, key) {
			r.Shuffle(len(n.Content), func(i, k int) { n.Content[i], n.Content[k] = n.Content[k], n.Content[i] })
		}
		for _, x := range n.Content {
			if x.Kind != yaml.SequenceNode { // from and to
				shuffle(r, x, key, keep)
			}
		}
	case yaml.MappingNode:
		pairs := slices.Collect(slices.Chunk(n.Content, 2))
		r.Shuffle(len(pairs), func(i, k int) { pairs[i], pairs[k] = pairs[k], pairs[i] })
		n.Content = slices.Concat(pairs...)
		for _, p := range pairs {
			shuffle(r, p[1], p[0].Value, keep)
		}
	default:
		for _, x := range n.Content {
			shuffle(r, x, key, keep)
		}
	}
}

// dealt deals the entries of a topology's lists to two files.
func dealt(t *rapid.T, text string) fstest.MapFS {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	root := doc.Content[0]
	rest := *root
	rest.Content = nil
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if value.Kind != yaml.SequenceNode {
			if key.Value != "metadata" { // which one file has
				rest.Content = append(rest.Content, key, value)
			}
			continue
		}
		here := rapid.IntRange(0, len(value.Content)).Draw(t, "of "+key.Value)
		there := *value
		there.Content, value.Content = value.Content[here:], value.Content[:here]
		rest.Content = append(rest.Content, key, &there)
	}
	files := fstest.MapFS{}
	for name, node := range map[string]*yaml.Node{"a.yaml": root, "b.yaml": &rest} {
		out, err := yaml.Marshal(node)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: out}
	}
	return files
}

// openLayers opens topologies, each a layer of its own over those before.
func openLayers(t *rapid.T, layers ...fstest.MapFS) *host.Host {
	options := []host.Option{host.WithoutCatalogue(), southOptedIn}
	for i, files := range layers {
		options = append(options, host.WithTopology(fmt.Sprint("layer", i), files))
	}
	h, err := host.Open(context.Background(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func oneFile(text string) fstest.MapFS {
	return fstest.MapFS{"a.yaml": {Data: []byte(text)}}
}

// drawnRequest draws a request about the world, or about all that is added to it too: which of its lists are how long, and what
// they ask.
func drawnRequest(t *rapid.T, all bool) string {
	places, services, west := []string{"UNION", "AA", "BB", "CC"}, []string{"kv", "disk", "single"}, "south"
	if all {
		places, services, west = append(places, "DD", "LEAGUE"), append(services, "mq"), "west"
	}
	some := func(label string, least, most int, of ...string) string {
		return strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(of), least, most, rapid.ID).Draw(t, label), ", ")
	}
	maybe := func(label, text string) string {
		if rapid.Bool().Draw(t, label) {
			return text
		}
		return ""
	}
	var b strings.Builder
	b.WriteString("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: drawn}\nspec:\n")
	b.WriteString(maybe("assume", "  unknown: assume\n"))
	b.WriteString(maybe("partitions", "  partitions: [acme, gov]\n"))
	b.WriteString(maybe("exclude", "  sites: {exclude: ["+some("excluded", 1, 2, "fog", "vault", "north-3")+"]}\n"))
	fmt.Fprintf(&b, "  objective: [%s]\n", some("objective", 1, 3, "latency", "carbon", "cost", "copies"))
	b.WriteString("  users: [{population: AA, weight: 3}, {population: BB, weight: 2.5}, {population: north, weight: 1}]\n")
	b.WriteString("  data:\n")
	for _, name := range []string{"people", "logs"} {
		fmt.Fprintf(&b, "    - {name: %s, class: plain", name)
		b.WriteString(maybe("residency", ", residency: ["+some("in", 2, 4, places...)+"]"))
		b.WriteString(maybe("processing", ", processing: ["+some("processed in", 2, 4, places...)+"]"))
		b.WriteString("}\n")
	}
	b.WriteString("  components:\n")
	for _, name := range []string{"api", "store"} {
		least := rapid.IntRange(1, 2).Draw(t, "copies")
		fmt.Fprintf(&b, "    - {name: %s, tier: region, services: [%s], copies: {min: %d, max: %d}", name, some("services", 1, 3, services...), least, least+1)
		b.WriteString(maybe("holds", ", data: ["+some("data", 1, 2, "people", "logs")+"]"))
		b.WriteString(maybe("survives", ", survive: "+rapid.SampledFrom([]string{"none", "zone", "region"}).Draw(t, "loss")))
		b.WriteString(maybe("near", ", latency: {maxMs: 60}"))
		b.WriteString(maybe("spread", ", spread: {perRiskGroup: 1}"))
		if name == "api" {
			b.WriteString(maybe("calls", ", dependsOn: [{component: store, maxMs: 70}]"))
		}
		b.WriteString("}\n")
	}
	b.WriteString(maybe("waivers", "  waivers: [{policy: SOV-01, component: api, site: east, until: 2030-01-01, reason: r, by: b}, {policy: SOV-01, component: store, site: "+west+", until: 2030-01-01, reason: r, by: b}]\n"))
	return b.String()
}

func decideDrawn(t *rapid.T, h *host.Host, text string) *placement.Decision {
	req, err := placement.Decode("drawn.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	d, err := h.Decide(context.Background(), req)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

func canonical(t *rapid.T, d *placement.Decision) []byte {
	text, err := d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTopologyOrderChangesNothing writes the same topology in another order: entries, what entries list, keys, and which of two
// files an entry is in. The snapshot is the same to the byte, and with it the decision. Where a layer corrects another one the
// snapshot says in which line; then only the digests that name it are others.
func TestTopologyOrderChangesNothing(t *testing.T) {
	alone, layered := openWorld(t), openWorld(t, host.WithTopology("more", oneFile(more)))
	seen := map[placement.Verdict]int{}
	rapid.Check(t, func(t *rapid.T) {
		var want, got *placement.Decision
		if rapid.Bool().Draw(t, "alone") {
			text := drawnRequest(t, false)
			want, got = decideDrawn(t, alone, text), decideDrawn(t, openLayers(t, dealt(t, shuffled(t, world))), text)
		} else {
			text := drawnRequest(t, true)
			want, got = decideDrawn(t, layered, text), decideDrawn(t, openLayers(t, dealt(t, shuffled(t, world)), dealt(t, shuffled(t, more))), text)
			for _, d := range []*placement.Decision{want, got} {
				d.ID, d.Inputs.Snapshot = "", ""
			}
		}
		seen[want.Verdict]++
		if a, b := canonical(t, want), canonical(t, got); !bytes.Equal(a, b) {
			from, at := firstDifference(a, b)
			t.Fatalf("they differ from byte %d on:\nwritten  …%s\nshuffled …%s", from, a[at:min(len(a), from+200)], b[at:min(len(b), from+200)])
		}
	})
	t.Log(seen)
	if !t.Failed() && (seen[placement.Permit] == 0 || fewVerdicts(seen)) {
		t.Errorf("verdicts %v show too little", seen)
	}
}

// fewVerdicts reports whether requests came out too much alike. The few of a short run may all be met by chance.
func fewVerdicts(seen map[placement.Verdict]int) bool { return len(seen) < 2 && !testing.Short() }

// orderless is a decision without what names the request's bytes, with its lists of users sorted, which are in the order of
// the request, and with the words of messages sorted, which quote lists of the request. Relaxations are left out: they are
// changes of the request as it is written, which name places in its lists and are tried in its order.
func orderless(t *rapid.T, d *placement.Decision) string {
	var doc map[string]any
	if err := json.Unmarshal(canonical(t, d), &doc); err != nil {
		t.Fatal(err)
	}
	delete(doc, "id")
	delete(doc["inputs"].(map[string]any), "request")
	delete(doc, "relaxations")
	delete(doc, "moreRelaxations")
	var walk func(x any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, v := range x {
				walk(v)
			}
		case map[string]any:
			for key, v := range x {
				walk(v)
				if list, ok := v.([]any); ok && key == "users" {
					slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
				}
				if text, ok := v.(string); ok && key == "message" {
					words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;()", r) })
					slices.Sort(words)
					x[key] = strings.Join(words, " ")
				}
			}
		}
	}
	walk(doc)
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestRequestOrderChangesNothing writes the same request in another order: its data sets, waivers and groups of users, what
// they and components list, and the keys of mappings. The decision is the same but for the digests that name the request, for
// the groups of users, which are listed in the order in which the request has them, for messages that quote lists, and for
// changes of the request that would help. The order of components is not
// changed: placements are written in it, and of placements alike in every objective it decides which is first; nor is that of
// roles, of objectives, and of where a component runs today.
func TestRequestOrderChangesNothing(t *testing.T) {
	seen := map[placement.Verdict]int{}
	changed := 0
	h := openWorld(t, host.WithTopology("more", oneFile(more)))
	rapid.Check(t, func(t *rapid.T) {
		text := drawnRequest(t, true)
		other := shuffled(t, text, "components", "roles", "objective", "current")
		want, got := decideDrawn(t, h, text), decideDrawn(t, h, other)
		seen[want.Verdict]++
		if want.Inputs.Request != got.Inputs.Request {
			changed++
		}
		if a, b := orderless(t, want), orderless(t, got); a != b {
			from, at := firstDifference([]byte(a), []byte(b))
			t.Fatalf("they differ from byte %d on:\nwritten  …%s\nshuffled …%s\n%s\n%s", from, a[at:min(len(a), from+200)], b[at:min(len(b), from+200)], text, other)
		}
	})
	t.Log(seen, changed)
	if !t.Failed() && (seen[placement.Permit] == 0 || fewVerdicts(seen) || changed == 0) {
		t.Errorf("verdicts %v and %d requests in another order show too little", seen, changed)
	}
}

// TestComponentOrderChangesNoFigure turns the order of components around: which verdict there is, what the placements are worth
// and what is said of each site stay the same.
func TestComponentOrderChangesNoFigure(t *testing.T) {
	h := openWorld(t, host.WithTopology("more", oneFile(more)))
	permits := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawnRequest(t, true)
		lines := strings.SplitAfter(text, "\n")
		at := slices.Index(lines, "  components:\n") + 1
		lines[at], lines[at+1] = lines[at+1], lines[at]
		want, got := decideDrawn(t, h, text), decideDrawn(t, h, strings.Join(lines, ""))
		figures := func(d *placement.Decision) string {
			out := string(d.Verdict)
			for _, p := range d.Placements {
				out += fmt.Sprint("\n", p.Rank, p.Objective, len(p.Copies))
			}
			var sites []string
			for _, s := range d.Sites {
				line := fmt.Sprint("\n", s.Component, " ", s.Site, " ", s.Verdict)
				for _, r := range s.Reasons {
					line += fmt.Sprint(" ", r.Policy, r.Message)
				}
				sites = append(sites, line)
			}
			slices.Sort(sites)
			return out + strings.Join(sites, "")
		}
		if a, b := figures(want), figures(got); a != b {
			t.Fatalf("written %s\nturned %s\n%s", a, b, text)
		}
		if want.Verdict == placement.Permit {
			permits++
		}
	})
	if !t.Failed() && !testing.Short() && permits < 10 {
		t.Errorf("%d requests that can be met show too little", permits)
	}
}
