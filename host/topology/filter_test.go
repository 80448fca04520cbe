package topology

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestVariantBeforeItsOfferings: a variant that has offerings of its own is not offered with its service on
// the days before them.
func TestVariantBeforeItsOfferings(t *testing.T) {
	variants := func(offerings string) string {
		return strings.NewReplacer(
			"  - {id: vm, scope: zonal}", "  - {id: vm, scope: zonal}\n  - {id: vm-super, variantOf: vm, aliases: [svm]}",
			"  - {id: mystery,", "  - {id: next, kind: region, partition: acme, since: 2027-06-01}\n  - {id: mystery,",
			"links:\n", offerings+"links:\n",
		).Replace(base)
	}
	for _, c := range []struct {
		name, offerings string
		before, after   string // of vm-super at fra
	}{
		{"named by none", "", "true value", "true value"},
		{"named from a day on", "  - {service: vm-super, sites: [fra], complete: true, since: 2027-06-01}\n", "false unknown", "true value"},
		{"by its other name", "  - {services: [svm], sites: [fra], complete: true, since: 2027-06-01}\n", "false unknown", "true value"},
		{"until a day", "  - {service: vm-super, sites: [fra], until: 2027-06-01}\n", "true value", "false unknown"},
		{"at a site that opens later", "  - {service: vm-super, site: next}\n", "false unknown", "false unknown"},
		{"complete at a site that opens later", "  - {service: vm-super, site: next, complete: true, among: [next]}\n", "false unknown", "false unknown"},
		{"on every day", "  - {service: vm-super, sites: [dub]}\n", "false unknown", "false unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustBuild(t, variants(c.offerings))
			for day, want := range map[string]string{"2027-05-31": c.before, "2027-06-01": c.after} {
				e := s.On(day)
				k, _ := e.Service("vm-super")
				yes, state := e.Offered(k, siteRow(t, e, "fra"))
				if got := fmt.Sprint(yes, state); got != want {
					t.Errorf("%s: %s, want %s", day, got, want)
				}
			}
		})
	}
}

// later adds a country and a bloc that are there from 2027-06-01 on only, and a country that is until then.
const later = `  - {id: XX, since: 2027-06-01}
  - {id: YY, kind: bloc, since: 2027-06-01}
  - {id: ZZ, until: 2027-06-01}
`

func withLater(old, new string) string {
	return strings.NewReplacer("  - {id: JP, name: Japan}\n", "  - {id: JP, name: Japan}\n"+later, old, new).Replace(base)
}

// TestShorterListsClaimNoMore looks at lists that lose a name on days on which what it names does not exist.
func TestShorterListsClaimNoMore(t *testing.T) {
	country := func(s *Snapshot, id string) uint32 {
		j, ok := s.Jurisdiction(id)
		if !ok {
			t.Fatalf("no %s", id)
		}
		return uint32(j)
	}
	t.Run("via", func(t *testing.T) {
		s := mustBuild(t, withLater("rttMs: 25.1,", "rttMs: 25.1, via: [IE, XX, DE],"))
		before, after := s.On("2027-05-31"), s.On("2027-06-01")
		if p := before.Path(siteRow(t, before, "fra"), siteRow(t, before, "dub")); p.Complete || !p.Inferred {
			t.Errorf("what it crosses is known without XX: %+v", p)
		}
		if p := after.Path(siteRow(t, after, "fra"), siteRow(t, after, "dub")); !p.Complete || len(p.Jurisdictions) != 3 {
			t.Errorf("from the day on: %+v", p)
		}
	})
	t.Run("control", func(t *testing.T) {
		s := mustBuild(t, withLater("control: [DE]", "control: [DE, XX]"))
		before, after := s.On("2027-05-31"), s.On("2027-06-01")
		if f := before.Facts(siteRow(t, before, "fra")); f.ControlComplete || !slices.Equal(f.Control, []uint32{country(before, "DE")}) {
			t.Errorf("control before: %+v", f)
		}
		if f := after.Facts(siteRow(t, after, "fra")); !f.ControlComplete || len(f.Control) != 2 {
			t.Errorf("control after: %+v", f)
		}
	})
	t.Run("personnel", func(t *testing.T) {
		s := mustBuild(t, withLater("provider: acme}", "provider: acme, personnel: [DE, XX]}"))
		before, after := s.On("2027-05-31"), s.On("2027-06-01")
		if f := before.Facts(siteRow(t, before, "fra")); f.PersonnelKnown {
			t.Errorf("personnel before: %+v", f)
		}
		if f := after.Facts(siteRow(t, after, "fra")); len(f.Personnel) != 2 {
			t.Errorf("personnel after: %+v", f)
		}
	})
	t.Run("memberOf and risk groups stay complete", func(t *testing.T) {
		s := mustBuild(t, strings.NewReplacer("name: Ireland, memberOf: [EU]", "name: Ireland, memberOf: [EU, YY]").Replace(withLater("", "")))
		before := s.On("2027-05-31")
		if in := before.In(JurisdictionRow(country(before, "IE"))); len(in) != 2 {
			t.Errorf("in %v", in)
		}
	})
}

// TestRegimesOfOtherDays: a regime asks no less on days when something it names does not exist.
func TestRegimesOfOtherDays(t *testing.T) {
	regimes := func(fields string) string {
		return withLater("sites:\n", "regimes:\n  - {id: r, ref: Act, reviewed: 2026-01-01, "+fields+"}\nsites:\n")
	}
	for _, c := range []struct{ name, fields, want string }{
		{"one of two places", "subjects: [DE], storeIn: [DE, XX], processIn: [XX, DE]", "[DE] [DE] [DE]"},
		{"nothing listed", "subjects: [DE], storeIn: []", "[DE] [] []"},
		{"not in force yet", "subjects: [DE], storeIn: [XX], since: 2027-06-01", "left out"},
		{"the only subjects", "subjects: [XX], storeIn: [DE], until: 2027-06-01", `t.yaml:20:5: regime "r": jurisdiction "XX" is not there on these days, and nothing can be said without it; give both the same since and until`},
		{"the only place", "subjects: [DE], storeIn: [XX]", `t.yaml:20:5: regime "r": jurisdiction "XX" is not there on these days, and nothing can be said without it; give both the same since and until`},
		{"the only place, at present there", "subjects: [DE], storeIn: [ZZ]", `t.yaml:20:5: regime "r": jurisdiction "ZZ" is not there on these days, and nothing can be said without it; give both the same since and until (from 2027-06-01)`},
		{"in force for a day of them", "subjects: [DE], processIn: [XX], since: 2027-05-31", `t.yaml:20:5: regime "r": jurisdiction "XX" is not there on these days, and nothing can be said without it; give both the same since and until`},
	} {
		t.Run(c.name, func(t *testing.T) {
			top, err := loadText(t, map[string]string{"t.yaml": regimes(c.fields)})
			if err != nil {
				t.Fatal(err)
			}
			s, err := Build(top)
			if err != nil {
				if err.Error() != c.want {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
				return
			}
			e, got := s.On("2027-05-31"), "left out"
			for r := range e.Regimes() {
				got = fmt.Sprint(e.jurisdictionIDs(r.Subjects), e.jurisdictionIDs(r.StoreIn), e.jurisdictionIDs(r.ProcessIn))
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestNothingIsInheritedInPlaceOfWhatIsLost: what would be filled in from elsewhere is refused instead.
func TestNothingIsInheritedInPlaceOfWhatIsLost(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a zone's country", withLater("parent: fra}\n  - {id: dub", "parent: fra, country: XX}\n  - {id: dub"), `t.yaml:22:5: site "fra-2": country "XX" is not there on these days, and nothing can be said without it; give both the same since and until`},
		{
			"a variant's control plane", strings.NewReplacer(
				"  - {id: vm, scope: zonal}", "  - {id: vm, scope: zonal, controlPlane: local}\n  - {id: vm-super, variantOf: vm, controlPlane: next}",
				"  - {id: mystery,", "  - {id: next, kind: region, partition: acme, since: 2027-06-01}\n  - {id: mystery,",
			).Replace(base), `t.yaml:27:5: service "vm-super": controlPlane site "next" is not there on these days, and nothing can be said without it; give both the same since and until`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			top, err := loadText(t, map[string]string{"t.yaml": c.text})
			if err == nil {
				_, err = Compile(top)
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
