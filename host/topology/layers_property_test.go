package topology

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

// said is what a layer says of one field of one site.
type said struct{ value, source string }

// sayings is a layer: site → field → what it says.
type sayings map[string]map[string]said

func drawSayings(t *rapid.T, label string) sayings {
	out := sayings{}
	for _, site := range []string{"fra", "dub", "mystery", "box"} {
		fields := map[string]said{}
		for field, values := range map[string][]string{
			"city": {"A", "B", "Frankfurt"}, "status": {"available", "doubtful", "null"}, "subdivision": {"X", "Y", "null"}, "owner": {"customer", "provider", "null"},
		} {
			if rapid.Bool().Draw(t, label+site+field) {
				fields[field] = said{rapid.SampledFrom(values).Draw(t, "value"), rapid.SampledFrom([]string{"survey", "atlas"}).Draw(t, "source")}
			}
		}
		if len(fields) > 0 {
			out[site] = fields
		}
	}
	return out
}

// text writes the layer as a document without its head.
func (s sayings) text() string {
	var b strings.Builder
	b.WriteString("sites:\n")
	for _, site := range sortedKeys(s) {
		fmt.Fprintf(&b, "  - {id: %s", site)
		var sources []string
		for _, field := range sortedKeys(s[site]) {
			fmt.Fprintf(&b, ", %s: %s", field, s[site][field].value)
			sources = append(sources, field+": "+s[site][field].source)
		}
		fmt.Fprintf(&b, ", sources: {%s}}\n", strings.Join(sources, ", "))
	}
	if len(s) == 0 {
		return ""
	}
	return b.String()
}

// over lays one layer over another by hand.
func (s sayings) over(below sayings) sayings {
	out := sayings{}
	for _, layer := range []sayings{below, s} {
		for site, fields := range layer {
			if out[site] == nil {
				out[site] = map[string]said{}
			}
			for f, v := range fields {
				out[site][f] = v
			}
		}
	}
	return out
}

// forget drops what entries say of lower layers, which rightly depends on how many there were.
func forget(t *Topology) {
	every(&t.Sections, func(e entry) { e.common().past = nil })
}

// TestLayersAreAssociative lays two layers over the base one after the other, and what they say together
// at once.
func TestLayersAreAssociative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := drawSayings(t, "b"), drawSayings(t, "c")
		two, err := loadLayers(base, b.text(), c.text())
		if err != nil {
			t.Fatal(err)
		}
		one, err := loadLayers(base, c.over(b).text())
		if err != nil {
			t.Fatal(err)
		}
		forget(two)
		forget(one)
		x, errX := Compile(two)
		y, errY := Compile(one)
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		if !bytes.Equal(x, y) {
			t.Fatalf("one after the other is not both at once:\n%s\n%s", b.text(), c.text())
		}
	})
}

// TestOrderInLayers shuffles the entries of every layer before they are laid over each other.
func TestOrderInLayers(t *testing.T) {
	texts := []string{datedText(), documentHead + `offerings:
  - {service: vm, sites: [dub, box], complete: true}
  - {service: store, sites: [dub]}
sites:
  - {id: fra, city: Offenbach, subdivision: Hesse, status: doubtful}
  - {id: dub, city: Dublin}
prices:
  - {site: fra, index: 1.4, since: 2026-11-01, until: 2026-12-01}
  - {site: fra, index: 1.5, since: 2026-12-01, until: 2027-05-01}
programmes:
  - {id: iso, sites: [dub]}
`, documentHead + `sites:
  - {id: fra, city: Hanau, lat: 50, lon: 8, until: 2026-12-15}
  - {id: fra, city: Maintal, since: 2026-12-15}
  - {id: dub, status: null}
prices:
  - {site: fra, index: 1.6, since: 2026-12-20}
offerings:
  - {service: vm, sites: [fra]}
`}
	layers := func() []Topology {
		all := make([]Topology, len(texts))
		for i, text := range texts {
			if err := all[i].add("t.yaml", []byte(text), i > 0); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var want []byte
	var wantOver []Override
	for range 50 {
		l := layers()
		o := overlay{Topology: &l[0]}
		for i := range l {
			s := &l[i].Sections
			shuffle(rng, s.Sites)
			shuffle(rng, s.Offerings)
			shuffle(rng, s.Prices)
			shuffle(rng, s.Links)
			shuffle(rng, s.Programmes)
			shuffle(rng, s.Services)
			if i > 0 {
				o.lay(s, i)
			}
		}
		if len(o.errs) > 0 {
			t.Fatal(o.errs)
		}
		got, err := Compile(&l[0])
		if err != nil {
			t.Fatal(err)
		}
		over := l[0].Overridden()
		if want == nil {
			want, wantOver = got, over
		}
		if !bytes.Equal(got, want) {
			t.Fatal("another order of the same facts gave other bytes")
		}
		if !slices.Equal(over, wantOver) {
			t.Fatalf("another order of the same facts overrode\n%v\nnot\n%v", over, wantOver)
		}
	}
}

func shuffle[T any](rng *rand.Rand, s []T) {
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// item is an entry of a random world: what it is called, what it must refer to, what it lists and the
// text around the list.
type item struct {
	section    string
	name       string // "": nothing refers to it
	needs      []string
	list       []string // nil: it has none
	head, tail string
	period     period
}

var worldDays = []string{"2026-03-01", "2026-06-01", "2026-09-01", "2027-01-01"}

// drawItems draws a world in which anything may hold on some days only.
func drawItems(t *rapid.T) []item {
	drawSpan := func() period {
		i, j := rapid.IntRange(-3, 3).Draw(t, "since"), rapid.IntRange(0, 6).Draw(t, "until")
		s := period{}
		if i >= 0 {
			s.since = worldDays[i]
		}
		if j < len(worldDays) && worldDays[j] > s.since {
			s.until = worldDays[j]
		}
		return s
	}
	some := func(of ...string) []string {
		list := []string{}
		for _, s := range of {
			if rapid.Bool().Draw(t, "lists "+s) {
				list = append(list, s)
			}
		}
		return list
	}
	regions := []string{"r0", "r1", "r2"}
	var all []item
	put := func(i item) {
		i.period = drawSpan()
		all = append(all, i)
	}
	put(item{section: "jurisdictions", name: "BB", list: some("EU"), head: "{id: BB, memberOf: [", tail: "]"})
	for _, r := range regions {
		put(item{section: "sites", name: r, head: "{id: " + r + ", kind: region, partition: p, country: AA, lat: 1, lon: 2"})
		put(item{section: "sites", name: r + "-a", needs: []string{r}, head: "{id: " + r + "-a, kind: availability-zone, parent: " + r})
		put(item{section: "sites", name: r + "-box", needs: []string{r + "-a"}, head: "{id: " + r + "-box, kind: outpost, parent: " + r + "-a"})
		put(item{section: "carbon", needs: []string{r}, head: "{site: " + r + ", pue: 1.2"})
		first := drawSpan()
		all = append(all, item{section: "prices", needs: []string{r}, head: "{site: " + r + ", index: 1.5", period: first})
		if first.until != "" {
			all = append(all, item{section: "prices", needs: []string{r}, head: "{site: " + r + ", index: 2", period: period{since: first.until}})
		}
		put(item{section: "links", needs: []string{r, "r0"}, head: "{from: " + r + ", to: r0, rttMs: 9"})
	}
	for _, k := range []string{"k0", "k1"} {
		put(item{section: "services", name: k, head: "{id: " + k + ", aliases: [" + k + "x]"})
		put(item{section: "services", name: k + "v", needs: []string{k}, head: "{id: " + k + "v, variantOf: " + k})
		if list := some("k0", "k1", "k0v"); len(list) > 0 {
			put(item{section: "offerings", needs: []string{"r2"}, list: list, head: "{site: r2, services: [", tail: "]"})
		}
		if list := some(append(regions, "r0-a")...); len(list) > 0 {
			put(item{section: "offerings", needs: []string{k}, list: list, head: "{service: " + k + ", sites: [", tail: "]"})
		}
		if among := some("r0", "r1"); len(among) > 0 {
			put(item{section: "offerings", needs: []string{k}, list: among, head: "{service: " + k + ", complete: true, among: [", tail: "]"})
		}
	}
	put(item{section: "populations", name: "pop", head: "{id: pop, lat: 1, lon: 1"})
	put(item{section: "access", needs: []string{"pop", "r1"}, head: "{from: pop, to: r1, rttMs: 8"})
	put(item{section: "egress", needs: []string{"r0"}, head: "{from: r0, to: internet, usdPerGB: 0.1"})
	put(item{section: "riskGroups", list: some(regions...), head: "{id: g, kind: grid, sites: [", tail: "]"})
	put(item{section: "programmes", list: some(regions...), head: "{id: iso, sites: [", tail: "]"})
	return all
}

// write writes the world; on a day, only what is there on that day, found by hand.
func write(all []item, day string) string {
	gone := map[string]bool{}
	there := func(i item) bool {
		return day == "" || i.period.holds(day) && !slices.ContainsFunc(i.needs, func(n string) bool { return gone[n] })
	}
	for range 4 { // what needs something that needs something that is gone is gone
		for _, i := range all {
			if i.name != "" && !there(i) {
				gone[i.name] = true
			}
		}
	}
	sections := map[string]string{
		"providers": "  - {id: p}\n", "partitions": "  - {id: p, provider: p}\n",
		"jurisdictions": "  - {id: AA}\n  - {id: EU, kind: bloc}\n",
	}
	for _, i := range all {
		list := i.list
		if day != "" {
			list = slices.DeleteFunc(slices.Clone(i.list), func(n string) bool { return gone[n] })
		}
		if !there(i) || i.section == "offerings" && len(list) == 0 {
			continue
		}
		line := "  - " + i.head + strings.Join(list, ", ") + i.tail
		if day == "" && i.period.since != "" {
			line += ", since: " + i.period.since
		}
		if day == "" && i.period.until != "" {
			line += ", until: " + i.period.until
		}
		sections[i.section] += line + "}\n"
	}
	text := documentHead + "metadata: {name: w, asOf: 2026-06-01}\n"
	for _, name := range sortedKeys(sections) {
		text += name + ":\n" + sections[name]
	}
	return text
}

// TestEditionIsTheTopologyOfItsDay compares each edition with what is compiled from a text in which only
// what holds on that day was ever written, to the byte. One thing of other days counts: whether a variant
// has offerings of its own.
func TestEditionIsTheTopologyOfItsDay(t *testing.T) {
	load := func(t *rapid.T, text string) *Topology {
		top, err := Load(Input{FS: fstest.MapFS{"t.yaml": file(text)}})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return top
	}
	build := func(t *rapid.T, top *Topology, text string) *Snapshot {
		s, err := Build(top)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		world := drawItems(t)
		all := write(world, "")
		whole := load(t, all)
		s := build(t, whole, all)
		for _, day := range append([]string{"2026-01-01"}, worldDays...) {
			byHand := write(world, day)
			top := load(t, byHand)
			ever := whole.names()
			top.ever = &ever
			if got, want := s.On(day), build(t, top, byHand); !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Fatalf("on %s it is not\n%s\nof\n%s", day, byHand, all)
			}
		}
	})
}

// FuzzLayers lays anything over the base: an error or a snapshot, never a panic, and the same twice.
func FuzzLayers(f *testing.F) {
	f.Add([]byte(documentHead+"sites:\n  - {id: fra, lat: 50, lon: 8, city: null, since: 2027-01-01}\n"), []byte(documentHead+"offerings:\n  - {service: vm, sites: [mystery], complete: true}\n"))
	f.Add([]byte(datedText()), []byte(documentHead+"prices:\n  - {site: fra, index: 2, since: 2026-12-01, until: 2027-02-01}\nprogrammes:\n  - {id: iso, sites: []}\n"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		load := func() ([]byte, error) {
			top, err := Load(
				Input{Name: "l0", FS: fstest.MapFS{"t.yaml": {Data: []byte(base)}}},
				Input{Name: "l1", FS: fstest.MapFS{"t.yaml": {Data: one}}},
				Input{Name: "l2", FS: fstest.MapFS{"t.yaml": {Data: two}}},
			)
			if err != nil {
				return nil, err
			}
			return Compile(top)
		}
		a, errA := load()
		b, errB := load()
		if (errA == nil) != (errB == nil) || errA != nil && errA.Error() != errB.Error() {
			t.Fatalf("once %v, once %v", errA, errB)
		}
		if errA != nil {
			return
		}
		if !bytes.Equal(a, b) {
			t.Fatal("the same files gave other bytes")
		}
		s, err := FromBytes(a)
		if err != nil {
			t.Fatal(err)
		}
		readAll(s)
		for _, day := range s.Changes() {
			readAll(s.On(day))
		}
	})
}
