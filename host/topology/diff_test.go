package topology

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// buildText compiles one topology file.
func buildText(t testing.TB, text string) *Snapshot {
	t.Helper()
	top, err := Load(Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wholeText(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDiff changes one thing of the whole example at a time.
func TestDiff(t *testing.T) {
	whole := wholeText(t)
	a := buildText(t, whole)
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"nothing", "", "", nil},
		{"date", "asOf: 2026-08-20}", "asOf: 2026-08-21}", []string{"topology  asOf: 2026-08-20 → 2026-08-21", "snapshot  digest: A → B"}},
		{"source", "title: \"The operator's own pages\"", "title: Pages", []string{"sources operator title: The operator's own pages → Pages"}},
		{"control", "control: [US], source", "control: [US, DE], source", []string{"providers aws control: US → DE, US"}},
		{"personnel", ", personnel: [US]", "", []string{"partitions aws-us-gov personnel: US → absent"}},
		{"bloc", "name: France, memberOf: [EU, EEA]", "name: France, memberOf: [EU]", []string{"jurisdictions FR memberOf: EEA, EU → EU"}},
		{"adequacy", "since: 2019-01-23", "since: 2019-01-24", []string{"adequacy EU of JP since: 2019-01-23 → 2019-01-24"}},
		{"regime", "copiesAbroad: true, ", "", []string{"regimes ru-152fz-18-5 copiesAbroad: true → unknown"}},
		{"a site's fact", "city: Frankfurt, ", "city: Hanau, ", []string{"sites eu-central-1 city: Frankfurt → Hanau"}},
		{"a fact its zone follows", "launched: 2014-10-23, status: available", "launched: 2014-10-23, status: restricted", []string{"sites eu-central-1 status: available → restricted"}},
		{"the zone alone", "kind: availability-zone, parent: eu-central-1", "kind: availability-zone, parent: eu-central-1, status: retired", []string{"sites euc1-az1 status: available → retired"}},
		{"becomes unknown", ", pops: 17", "", []string{"sites FRA pops: 17 → unknown"}},
		{"a source alone", "zoneCount: 3, source: operator}", "zoneCount: 3, source: operator, sources: {city: cloudping-2025}}", []string{"sites eu-central-1 city: Frankfurt → Frankfurt"}},
		{"a site that is gone", "  - {id: FRA, kind: edge-location, partition: aws, country: DE, lat: 50.03, lon: 8.56, pops: 17}\n", "", []string{"sites FRA removed"}},
		{"services lost and unknown", "sites: [eu-central-1, us-east-1], complete: true", "sites: [us-east-1, us-west-2]", []string{
			"sites FRA offers.dynamodb: no → unknown", "sites FRA offers.dynamodb-global-tables: no → unknown",
			"sites eu-central-1 offers.dynamodb: yes → unknown", "sites eu-central-1 offers.dynamodb-global-tables: yes → unknown",
			"sites eu-central-1-wl1-ber offers.dynamodb: no → unknown", "sites eu-central-1-wl1-ber offers.dynamodb-global-tables: no → unknown",
			"sites eu-west-1 offers.dynamodb: no → unknown", "sites eu-west-1 offers.dynamodb-global-tables: no → unknown",
			"sites plant-7 offers.dynamodb: no → unknown", "sites plant-7 offers.dynamodb-global-tables: no → unknown",
			"sites us-west-2 offers.dynamodb: no → yes", "sites us-west-2 offers.dynamodb-global-tables: no → yes",
			"sites us-west-2-lax-1 offers.dynamodb: no → unknown", "sites us-west-2-lax-1 offers.dynamodb-global-tables: no → unknown",
		}},
		{"programmes", "sites: [us-east-1], complete: true, source: operator", "sites: [us-east-1, us-west-2], complete: true, source: operator", []string{"sites us-west-2 programmes.fedramp-high: no → yes"}},
		{"a service's semantics", "rpoSeconds: 2}", "rpoSeconds: 3}", []string{"services dynamodb crossRegion.rpoSeconds: 2 → 3", "services dynamodb-global-tables crossRegion.rpoSeconds: 2 → 3"}},
		{"an alias", "aliases: [ddb]", "aliases: [ddb, dyn]", []string{"services dynamodb aliases: ddb → ddb, dyn"}},
		{"a link", "rttMs: 25.1", "rttMs: 25.25", []string{"links eu-central-1 → eu-west-1 rttMs: 25.1 → 25.25"}},
		{"a population", "weight: 83000000", "weight: 84000000", []string{"populations DE weight: 83000000 → 84000000"}},
		{"access", "rttMs: 9.0", "rttMs: 9.5", []string{"access DE → eu-central-1 rttMs: 9 → 9.5"}},
		{"carbon, and the zone follows", "gridGramsPerKWh: 338", "gridGramsPerKWh: 311", []string{"sites eu-central-1 carbon.gridGramsPerKWh: 338 → 311"}},
		{"egress", "usdPerGB: 0.02", "usdPerGB: 0.03", []string{"egress eu-central-1 → eu-west-1 usdPerGB: 0.02 → 0.03"}},
		{"risk group", "kind: conduit, sites: []", "kind: conduit, sites: [FRA]", []string{"sites FRA riskGroups: absent → med-cables", "riskGroups med-cables sites: absent → FRA"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(whole, c.old) {
				t.Fatalf("the example has no %q", c.old)
			}
			b := buildText(t, strings.Replace(whole, c.old, c.new, 1))
			var got []string
			for _, change := range Diff(a, b) {
				got = append(got, strings.NewReplacer(a.Digest(), "A", b.Digest(), "B").Replace(change.String()))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("changes (- want, + got):\n%s", diff)
			}
		})
	}
}

// TestDiffSources checks that a change tells both sources.
func TestDiffSources(t *testing.T) {
	whole := wholeText(t)
	b := buildText(t, strings.Replace(whole, "rttMs: 25.1, private: true, via: [DE, FR, GB, IE], riskGroups: [], source: cloudping-2025", "rttMs: 25.5, source: operator", 1))
	got := Diff(buildText(t, whole), b)
	want := []Change{{
		Section: "links", ID: "eu-central-1 → eu-west-1", Op: Changed, Fact: "rttMs",
		Old: Stated{Known, "25.1", "cloudping-2025"}, New: Stated{Known, "25.5", "operator"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (- want, + got):\n%s", diff)
	}
}

// TestDiffUncompared checks that a difference Diff does not look at is not passed over.
func TestDiffUncompared(t *testing.T) {
	whole := wholeText(t)
	a, b := buildText(t, whole), buildText(t, strings.Replace(whole, "private: true, ", "", 1))
	want := []Change{{Section: "snapshot", Op: Changed, Fact: "digest", Old: Stated{State: Known, Value: a.Digest()}, New: Stated{State: Known, Value: b.Digest()}}}
	if diff := cmp.Diff(want, Diff(a, b)); diff != "" {
		t.Errorf("changes (- want, + got):\n%s", diff)
	}
}

// TestDiffMirrors checks over random pairs that swapping the two topologies swaps every change, and that
// nothing differs from itself.
func TestDiffMirrors(t *testing.T) {
	whole := wholeText(t)
	lines := strings.Split(whole, "\n")
	var optional []int
	for i, l := range lines {
		for _, id := range []string{"{id: FRA,", "{id: plant-7,", "{id: berlin-de", "{service: dynamodb", "{id: fedramp", "{site: eu-central-1, grid", "{from: eu-central-1, to: eu-west-1, rtt", "{id: ru-152"} {
			if strings.Contains(l, id) {
				optional = append(optional, i)
			}
		}
	}
	some := rapid.Custom(func(t *rapid.T) string {
		kept := append([]string(nil), lines...)
		for _, i := range optional {
			if rapid.Bool().Draw(t, "left out") {
				kept[i] = "#"
				if alone := !strings.HasPrefix(lines[i+1], "  -"); alone && strings.HasSuffix(kept[i-1], ":") {
					kept[i-1] += " []"
				}
			}
		}
		return strings.Join(kept, "\n")
	})
	rapid.Check(t, func(rt *rapid.T) {
		a, b := buildText(t, some.Draw(rt, "a")), buildText(t, some.Draw(rt, "b"))
		if d := Diff(a, a); len(d) > 0 {
			rt.Fatalf("differs from itself: %v", d)
		}
		there, back := Diff(a, b), Diff(b, a)
		for i := range back {
			back[i].Old, back[i].New = back[i].New, back[i].Old
			switch back[i].Op {
			case Added:
				back[i].Op = Removed
			case Removed:
				back[i].Op = Added
			}
		}
		if diff := cmp.Diff(there, back); diff != "" {
			rt.Fatalf("the way back differs:\n%s", diff)
		}
	})
}

// TestDiffDays compares what holds on some days only.
func TestDiffDays(t *testing.T) {
	from := func(old, new string) string { return strings.Replace(datedText(), old, new, 1) }
	for _, c := range []struct {
		name, a, b string
		want       []string
	}{
		{"the same on every day", datedText(), datedText(), nil},
		{"opens later", base, strings.Replace(base, "  - {id: mystery,", "  - {id: next, kind: region, partition: acme, since: 2027-03-01}\n  - {id: mystery,", 1), []string{
			"sites next added (from 2027-03-01)",
		}},
		{"opens later still", datedText(), from("launched: 2027-03-01, since: 2027-03-01", "launched: 2027-03-01, since: 2027-04-01"), []string{
			"sites next removed (from 2027-03-01 until 2027-04-01)",
			"sites next-1 removed (from 2027-03-01 until 2027-04-01)",
			"sites next-box removed (from 2027-03-01 until 2027-04-01)",
			"links next → fra removed (from 2027-03-01 until 2027-04-01)",
			"links next → next removed (from 2027-03-01 until 2027-04-01)",
			"riskGroups rhine sites: fra, next → fra (from 2027-03-01 until 2027-04-01)",
		}},
		{"at present, and then no longer", datedText(), from("index: 1.2,", "index: 1.1,"), []string{
			"sites fra price.index: 1.2 → 1.1 (until 2027-01-01)",
		}},
		{"later only", datedText(), from("index: 1.3,", "index: 1.4,"), []string{
			"sites fra price.index: 1.3 → 1.4 (from 2027-01-01)",
		}},
		{"it changes on another day", datedText(), strings.ReplaceAll(datedText(), "2027-01-01", "2027-02-01"), []string{
			"sites fra price.index: 1.3 → 1.2 (from 2027-01-01 until 2027-02-01)",
		}},
		{"in the past only", base + "prices:\n  - {site: fra, index: 1, since: 2026-01-01}\n", base + "prices:\n  - {site: fra, index: 1}\n", []string{
			"sites fra price.index: unknown → 1 (until 2026-01-01)",
		}},
		{"on every day", datedText(), from("country: IE, lat: 53", "country: IE, city: Dublin, lat: 53"), []string{
			"sites dub city: unknown → Dublin",
		}},
		{"present first", datedText(), strings.NewReplacer("index: 1.3,", "index: 1.4,", "title: A survey", "title: A poll").Replace(datedText()), []string{
			"sources survey title: A survey → A poll",
			"sites fra price.index: 1.3 → 1.4 (from 2027-01-01)",
		}},
		{"the name alone", datedText(), from("name: base", "name: other"), []string{
			"topology  name: base → other", "snapshot  digest: A → B",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := mustBuild(t, c.a), mustBuild(t, c.b)
			var got []string
			for _, change := range Diff(a, b) {
				got = append(got, strings.NewReplacer(a.Digest(), "A", b.Digest(), "B").Replace(change.String()))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("changes (- want, + got):\n%s", diff)
			}
		})
	}
}
