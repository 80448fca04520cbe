package topology

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// dated adds to the base what begins and ends: a region that opens with all that refers to it, a price
// that changes, a service that is withdrawn somewhere.
const dated = base + `  - {site: next, gridGramsPerKWh: 20}
prices:
  - {site: fra, index: 1.2, until: 2027-01-01, source: survey}
  - {site: fra, index: 1.3, since: 2027-01-01, source: atlas}
  - {site: next, index: 0.9}
programmes:
  - {id: iso, sites: [fra, next], complete: true, among: [fra, next]}
riskGroups:
  - {id: rhine, kind: hazard, sites: [next, fra], links: [[fra, next], [fra, dub]]}
`

var datedReplacer = strings.NewReplacer(
	"  - {id: mystery,", "  - {id: next, kind: region, partition: acme, country: DE, lat: 51, lon: 7, status: available, launched: 2027-03-01, since: 2027-03-01}\n  - {id: next-1, kind: availability-zone, parent: next}\n  - {id: next-box, kind: outpost, parent: next-1}\n  - {id: mystery,",
	"  - {service: vm, sites: [fra, dub]}", "  - {service: vm, sites: [fra]}\n  - {service: vm, site: dub, until: 2026-12-01}\n  - {services: [store, vm], sites: [next]}\n  - {service: vm, complete: true, among: [next]}",
	"  - {from: fra, to: dub, rttMs: 25.1, source: survey}", "  - {from: fra, to: dub, rttMs: 25.1, source: survey}\n  - {from: next, to: fra, rttMs: 4}\n  - {from: next, to: next, rttMs: 1}",
)

func datedText() string { return datedReplacer.Replace(dated) }

func TestEditions(t *testing.T) {
	s := mustBuild(t, datedText())
	if got := s.Changes(); !slices.Equal(got, []string{"2026-12-01", "2027-01-01", "2027-03-01"}) {
		t.Fatalf("changes on %v", got)
	}
	vm := func(s *Snapshot, site string) string {
		k, _ := s.Service("vm")
		yes, state := s.Offered(k, siteRow(t, s, site))
		return fmt.Sprint(yes, state)
	}
	for _, c := range []struct {
		day   string
		sites int
		price float64
		dub   string
	}{
		{"2026-08-20", 6, 1.2, "true value"},
		{"2026-11-30", 6, 1.2, "true value"},
		{"2026-12-01", 6, 1.2, "false unknown"},
		{"2027-01-01", 6, 1.3, "false unknown"},
		{"2027-03-01", 9, 1.3, "false unknown"},
		{"9999-12-31", 9, 1.3, "false unknown"},
	} {
		e := s.On(c.day)
		price, _ := e.PriceIndex(siteRow(t, e, "fra"))
		if e.Sites() != c.sites || price != c.price || vm(e, "dub") != c.dub {
			t.Errorf("%s: %d sites, price %v, vm at dub %s", c.day, e.Sites(), price, vm(e, "dub"))
		}
		if e.Name() != "base" || e.AsOf() != "2026-08-20" || e.Digest() == s.Digest() || e.On("2030-01-01") != e || e.Changes() != nil {
			t.Errorf("%s: the edition is %s of %s", c.day, e.Name(), e.AsOf())
		}
	}
	now, later := s.On(s.AsOf()), s.On("2027-03-01")
	if s.On("") != now || s.Sites() != now.Sites() {
		t.Error("the whole does not show the edition of its own day")
	}
	next := siteRow(t, later, "next")
	if vm(later, "next") != "true value" || vm(later, "next-1") != "true value" {
		t.Errorf("vm at next: %s", vm(later, "next"))
	}
	if us, basis := later.RTT(next, siteRow(t, later, "fra")); us != 4000 || basis != Measured {
		t.Errorf("next to fra: %d, %v", us, basis)
	}
	for g := range now.RiskGroups() {
		if !slices.Equal(g.Sites, []string{"fra"}) {
			t.Errorf("risk group %+v", g)
		}
	}
	for g := range later.RiskGroups() {
		if !slices.Equal(g.Sites, []string{"fra", "next"}) {
			t.Errorf("risk group %+v", g)
		}
	}
	readAll(s)
	for _, e := range s.editions {
		readAll(e)
	}
}

// TestUndatedIsPlain keeps editions out of a topology that has none.
func TestUndatedIsPlain(t *testing.T) {
	s := mustBuild(t, base)
	if s.On("2030-01-01") != s || s.Changes() != nil {
		t.Error("an undated topology has editions")
	}
	if _, err := s.img.Table("editions"); err == nil {
		t.Error("there is a table of editions")
	}
}

// TestEditionsInPlace reads editions out of a mapped file that nothing else holds any more.
func TestEditionsInPlace(t *testing.T) {
	top, err := loadText(t, map[string]string{"t.yaml": datedText()})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Compile(top)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "t.bwi")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	whole, inner := s.Bytes(), s.On("2027-03-01").Bytes()
	if at := bytes.Index(whole, inner); at < 0 || &whole[at] != &inner[0] {
		t.Error("the edition was copied")
	}
	if plain, err := FromBytes(slices.Clone(inner)); err != nil || plain.Digest() != s.On("2027-03-01").Digest() {
		t.Errorf("the edition is no image of its own: %v", err)
	}
	e := s.On("2027-03-01")
	s, whole, inner = nil, nil, nil
	for range 5 {
		runtime.GC()
	}
	readAll(e)
	runtime.KeepAlive(e)
}

func TestCloseEndsEditions(t *testing.T) {
	s := mustBuild(t, datedText())
	e := s.On("2027-03-01")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if e.Bytes() != nil {
		t.Error("an edition is open and the whole is not")
	}
}

// TestEditionsLargerThanAColumn puts more into an edition than one column holds.
func TestEditionsLargerThanAColumn(t *testing.T) {
	files := synthetic(60_000)
	files["prices.csv"] = file("site,index,since\nregion-0,1,\nregion-1,2,2027-01-01\n")
	top, err := Load(Input{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	e := s.On("2027-01-01")
	if len(e.Bytes()) <= image.MaxRows {
		t.Fatalf("an edition of %d bytes fits one column", len(e.Bytes()))
	}
	if p, _ := e.PriceIndex(siteRow(t, e, "region-1")); p != 2 {
		t.Errorf("price %v", p)
	}
}

func TestBadDates(t *testing.T) {
	price := func(rest string) string { return base + "prices:\n" + rest }
	var many strings.Builder
	for i := range 64 {
		fmt.Fprintf(&many, "  - {site: fra, index: 1, since: %d-01-01, until: %d-01-01}\n", 2000+i, 2001+i)
	}
	for _, c := range []struct{ name, text, want string }{
		{
			"never", price("  - {site: fra, index: 1, since: 2027-01-01, until: 2026-01-01}\n"),
			`t.yaml:36:5: price of site "fra": until 2026-01-01 is not after since 2027-01-01`,
		},
		{
			"overlap", price("  - {site: fra, index: 1, since: 2026-06-01}\n  - {site: fra, index: 2, until: 2027-01-01}\n"),
			`t.yaml:36:5: price of site "fra" holds from 2026-06-01 until 2027-01-01, and so does what is at t.yaml:37:5; give them since and until so that no day is in both`,
		},
		{
			"overlap with what always holds", price("  - {site: fra, index: 1}\n  - {site: fra, index: 2, since: 2027-01-01}\n"),
			`t.yaml:37:5: price of site "fra" holds from 2027-01-01, and so does what is at t.yaml:36:5; give them since and until so that no day is in both`,
		},
		{
			"overlap of three", price("  - {site: fra, index: 1, until: 2029-01-01}\n  - {site: fra, index: 2, since: 2027-01-01, until: 2027-02-01}\n  - {site: fra, index: 2, since: 2028-01-01}\n"),
			"t.yaml:37:5: price of site \"fra\" holds from 2027-01-01 until 2027-02-01, and so does what is at t.yaml:36:5; give them since and until so that no day is in both\n" +
				"t.yaml:38:5: price of site \"fra\" holds from 2028-01-01 until 2029-01-01, and so does what is at t.yaml:36:5; give them since and until so that no day is in both",
		},
		{
			"a name of no day, once", price("  - {site: frb, index: 1}\n  - {site: fra, index: 1, since: 2027-01-01}\n"),
			`t.yaml:36:5: price: site "frb" is not defined; did you mean "fra"?`,
		},
		{
			"wrong on later days only", price("  - {site: fra, index: 1, since: 2027-01-01}\nlinks:\n  - {from: dub, to: fra, rttMs: 5, since: 2028-01-01}\n"),
			`t.yaml:38:5: link dub → fra: 5 ms is faster than light in fibre, which needs 10.7 ms for 1088 km and back; correct the time or the coordinates (from 2028-01-01)`,
		},
		{
			"wrong on earlier days only", price("  - {site: fra, index: 1, since: 2027-01-01}\nlinks:\n  - {from: dub, to: fra, rttMs: 5, until: 2020-01-01}\n"),
			`t.yaml:38:5: link dub → fra: 5 ms is faster than light in fibre, which needs 10.7 ms for 1088 km and back; correct the time or the coordinates (before 2020-01-01)`,
		},
		{
			"launched after it is there", strings.Replace(datedText(), "launched: 2027-03-01, since: 2027-03-01", "launched: 2027-04-01, since: 2027-03-01", 1),
			`t.yaml:21:5: site "next": launched 2027-04-01 is after 2027-03-01, yet its status is available (from 2027-03-01)`,
		},
		{
			"too many editions", price(many.String()),
			"topology: since and until name 65 days, which make more than 64 editions; leave out bounds that no decision asks about, such as those long past, or let changes that lie close together begin on one day",
		},
		{
			"no date", price("  - {site: fra, index: 1, since: 2027-02-30}\n"),
			`t.yaml:36:34: /prices/0/since: "2027-02-30" is not a date (YYYY-MM-DD)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.text
			if strings.Count(text, "\nlinks:\n") == 2 { // a section once: move the base's link below
				text = strings.Replace(text, "links:\n  - {from: fra, to: dub, rttMs: 25.1, source: survey}\n", "\n\n", 1)
			}
			top, err := loadText(t, map[string]string{"t.yaml": text})
			if err == nil {
				_, err = Compile(top)
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestDatedLayers corrects what holds on some days only, and on some days only.
func TestDatedLayers(t *testing.T) {
	s := buildLayers(t, datedText(), `
sources:
  - {id: mine, title: Ours, asOf: 2026-09-01}
prices:
  - {site: fra, index: 1.25, since: 2026-10-01, until: 2027-02-01, source: mine}
sites:
  - {id: next, city: Essen}
  - {id: dub, city: Dublin, since: 2028-01-01}
`)
	if got := s.Changes(); !slices.Equal(got, []string{"2026-10-01", "2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01", "2028-01-01"}) {
		t.Fatalf("changes on %v", got)
	}
	for _, c := range []struct {
		day    string
		price  float64
		source string
	}{
		{"2026-09-30", 1.2, "survey"}, {"2026-10-01", 1.25, "mine"}, {"2027-01-01", 1.25, "mine"}, {"2027-02-01", 1.3, "atlas"},
	} {
		e := s.On(c.day)
		fra := siteRow(t, e, "fra")
		if p, _ := e.PriceIndex(fra); p != c.price || e.FactSource(fra, "price.index") != c.source {
			t.Errorf("%s: price %v from %s", c.day, p, e.FactSource(fra, "price.index"))
		}
		n := 0
		for o := range e.OverridesOf(fra) {
			if n++; o.Field != "price.index" || o.Is != "1.25" {
				t.Errorf("%s: %+v", c.day, o)
			}
		}
		if want := map[bool]int{true: 1}[c.source == "mine"]; n != want {
			t.Errorf("%s: %d corrections, not %d", c.day, n, want)
		}
	}
	if e := s.On("2027-12-31"); e.Facts(siteRow(t, e, "dub")).City.State != Unknown || e.Facts(siteRow(t, e, "next")).City.Value != "Essen" {
		t.Error("the corrections do not hold on their days")
	}
	if e := s.On("2028-01-01"); e.Facts(siteRow(t, e, "dub")).City.Value != "Dublin" {
		t.Error("dub is not corrected")
	}
	_, err := loadLayers(datedText(), "sites:\n  - {id: next, city: Essen, until: 2027-01-01}\n")
	const want = `/some/where/l1/t.yaml:4:5: site "next": field "kind" is missing; no lower layer has it until 2027-01-01, so the entry must be complete; if it is meant to correct one, give it other dates`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCorrectionOfNoDay looks at the order of a correction's days before it looks for what it corrects.
func TestCorrectionOfNoDay(t *testing.T) {
	for _, c := range []struct{ upper, want string }{
		{"sites:\n  - {id: fra, city: Mainz, since: 2027-01-01, until: 2026-01-01}\n", `/some/where/l1/t.yaml:4:5: site "fra": until 2026-01-01 is not after since 2027-01-01`},
		{"sites:\n  - {id: fra, city: Mainz, since: 2027-01-01, until: 2027-01-01}\n", `/some/where/l1/t.yaml:4:5: site "fra": until 2027-01-01 is not after since 2027-01-01`},
		{"sites:\n  - {id: new, kind: region, partition: acme, since: 2027-01-01, until: 2026-01-01}\n", `/some/where/l1/t.yaml:4:5: site "new": until 2026-01-01 is not after since 2027-01-01`},
	} {
		if _, err := loadLayers(base, c.upper); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// TestForgedEditions damages the table of editions in every way that an image allows, and seals it.
func TestForgedEditions(t *testing.T) {
	top, err := loadText(t, map[string]string{"t.yaml": datedText()})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := loadText(t, map[string]string{"t.yaml": base})
	if err != nil {
		t.Fatal(err)
	}
	other, err := loadText(t, map[string]string{"t.yaml": strings.Replace(base, "name: base", "name: other", 1)})
	if err != nil {
		t.Fatal(err)
	}
	whole, errW := Compile(top)
	one, errO := Compile(plain)
	stranger, errS := Compile(other)
	if err := errors.Join(errW, errO, errS); err != nil {
		t.Fatal(err)
	}
	broken := slices.Clone(one)
	broken[len(broken)-70] ^= 1
	c, err := resolve(plain, plain.Metadata.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	forge := func(since []string, size []int32, inner ...[]byte) error {
		b := c.lay()
		for i := range inner {
			b.Table(editionTable(i), len(inner[i])).Uint8s(editionColumn(0), inner[i], image.States{})
		}
		table := b.Table("editions", len(since))
		table.Strings("since", since, image.States{})
		table.Int32s("bytes", size, image.States{})
		img, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		_, err = FromBytes(img)
		return err
	}
	n := int32(len(one))
	for _, f := range []struct {
		name string
		err  error
		want string
	}{
		{"sound", forge([]string{"", "2027-01-01"}, []int32{n, n}, one, one), ""},
		{"one edition only", forge([]string{""}, []int32{n}, one), "table editions has 1 rows; it has 2 to 64"},
		{"no first one", forge([]string{"2026-01-01", "2027-01-01"}, []int32{n, n}, one, one), "the days of table editions are not in order at row 0"},
		{"out of order", forge([]string{"", "2027-01-01", "2027-01-01"}, []int32{n, n, n}, one, one, one), "the days of table editions are not in order at row 2"},
		{"one missing", forge([]string{"", "2027-01-01"}, []int32{n, n}, one), `edition 1: image: unexpected contents: no table "edition.01"`},
		{"no bytes", forge([]string{"", "2027-01-01"}, []int32{n, 0}, one, one), "edition 1: 0 bytes in "},
		{"fewer than none", forge([]string{"", "2027-01-01"}, []int32{n, -1}, one, one), "edition 1: -1 bytes in "},
		{"cut short", forge([]string{"", "2027-01-01"}, []int32{n, n - 64}, one, one), "edition 1: image: corrupt"},
		{"more than there are", forge([]string{"", "2027-01-01"}, []int32{n, n + 64}, one, one), `edition 1: image: unexpected contents: table "edition.01" has no column "image.001"`},
		{"not what it says it hashes to", forge([]string{"", "2027-01-01"}, []int32{n, n}, one, broken), "edition 1: image: corrupt"},
		{"another topology's", forge([]string{"", "2027-01-01"}, []int32{n, int32(len(stranger))}, one, stranger), `edition 1: it is called "other" as of 2026-08-20, and the whole "base" as of 2026-08-20`},
		{"editions within editions", forge([]string{"", "2027-01-01"}, []int32{n, int32(len(whole))}, one, whole), "edition 1: it has editions itself"},
	} {
		t.Run(f.name, func(t *testing.T) {
			switch {
			case f.want == "" && f.err != nil:
				t.Error(f.err)
			case f.want != "" && (f.err == nil || !strings.Contains(f.err.Error(), f.want) || !errors.Is(f.err, ErrSchema)):
				t.Errorf("got  %v\nwant …%s…", f.err, f.want)
			}
		})
	}
	// Any byte at all, one in 97 of them: the images inside are verified like the one around them.
	for i := 0; i < len(whole); i += 97 {
		b := slices.Clone(whole)
		b[i] ^= byte(1 << (i % 8))
		reseal(b)
		s, err := FromBytes(b)
		if err != nil {
			continue
		}
		readAll(s)
		for _, e := range s.editions {
			readAll(e)
		}
	}
}
