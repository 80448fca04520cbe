package topology

import (
	"cmp"
	"iter"
	"slices"
)

// Op is what happened to an entity or a fact between two topologies.
type Op string

// The operations. Only whole entities are added and removed; a fact that becomes known is changed.
const (
	Added   Op = "added"
	Removed Op = "removed"
	Changed Op = "changed"
)

// Change is one difference between two topologies. It holds from the day Since until the day before Until,
// both YYYY-MM-DD. A change that holds at present has no Since; without Until it holds from then on.
type Change struct {
	Section string // as topology files name it, or "topology", "adequacy", "snapshot"
	ID      string // the entity: a site's id, "a → b" for a link
	Op      Op
	Fact    string // path of the fact; "" where the whole entity was added or removed
	Old     Stated // zero for an entity that was added
	New     Stated // zero for an entity that was removed
	Since   string
	Until   string
}

// Diff returns what distinguishes b from a on any day: first what does at present, which is the later one
// of their days, and then what only does on other days, by the days; and that in the order of sections, ids
// and facts. A fact whose source alone differs is changed too. The facts of an entity that is in only one of
// them are not listed.
//
// A service at a site is the fact "offers.SERVICE" of the site, and a programme "programmes.PROGRAMME",
// each yes, no or unknown. What an availability zone has from its region is left to the region. Should two
// snapshots of different digests show no change but those of their names and days, one of section
// "snapshot" says that there may be others: not everything is compared.
func Diff(a, b *Snapshot) []Change {
	if a.Digest() == b.Digest() {
		return nil
	}
	out := diffEntities(nil, "topology", a.listMeta(), b.listMeta())
	facts := diffSpans(a, b)
	if len(facts) == 0 {
		facts = []Change{{
			Section: "snapshot", Op: Changed, Fact: "digest",
			Old: Stated{State: Known, Value: a.Digest()}, New: Stated{State: Known, Value: b.Digest()},
		}}
	}
	return append(out, facts...)
}

// diffSpans compares two topologies on every span of days on which both stay as they are.
func diffSpans(a, b *Snapshot) []Change {
	starts := slices.Concat([]string{""}, a.Changes(), b.Changes())
	slices.Sort(starts)
	starts = slices.Compact(starts)
	spans := make([][]Change, len(starts))
	holds := make([]map[Change]bool, len(starts))
	present := 0
	for i, day := range starts {
		if day <= max(a.AsOf(), b.AsOf()) {
			present = i
		}
		spans[i] = diffEdition(a.On(day), b.On(day))
		holds[i] = make(map[Change]bool, len(spans[i]))
		for _, c := range spans[i] {
			holds[i][c] = true
		}
	}
	// until is the first span after i in which a change of i no longer holds.
	until := func(c Change, i int) int {
		for i < len(spans) && holds[i][c] {
			i++
		}
		return i
	}
	day := func(i int) string {
		if i == len(starts) {
			return ""
		}
		return starts[i]
	}
	var now, other []Change
	for _, c := range spans[present] {
		c.Until = day(until(c, present))
		now = append(now, c)
	}
	for i := range spans {
		for _, c := range spans[i] {
			if i > 0 && holds[i-1][c] {
				continue // told already
			}
			end := until(c, i)
			if i <= present && present < end {
				continue // told of the present
			}
			c.Since, c.Until = starts[i], day(end)
			other = append(other, c)
		}
	}
	byDays := func(x, y Change) int { return cmp.Or(cmp.Compare(x.Since, y.Since), cmp.Compare(x.Until, y.Until)) }
	slices.SortStableFunc(now, byDays)
	slices.SortStableFunc(other, byDays)
	return append(now, other...)
}

// DiffEditions returns what distinguishes b from a where each is the edition of one day, see [Snapshot.On]: in the order of
// sections, ids and facts. The names and days of topologies are left out.
func DiffEditions(a, b *Snapshot) []Change {
	if a == b {
		return nil
	}
	return diffEdition(a, b)
}

// diffEdition compares two topologies, each as it is on one day.
func diffEdition(a, b *Snapshot) []Change {
	var out []Change
	for _, section := range diffSections {
		found := diffEntities(nil, section.name, section.list(a), section.list(b))
		if section.name == "sites" {
			found = diffSets(slices.DeleteFunc(found, func(c Change) bool { return inherited(a, b, c) }), a, b)
			slices.SortStableFunc(found, func(x, y Change) int { return cmp.Compare(x.ID, y.ID) })
		}
		out = append(out, found...)
	}
	return out
}

// entity is something with an id and facts.
type entity struct {
	id    string
	facts []NamedFact
}

// diffEntities compares two lists, each of which it sorts by id.
func diffEntities(out []Change, section string, a, b []entity) []Change {
	for old, new := range merge(a, b, func(e entity) string { return e.id }) {
		switch {
		case old == nil:
			out = append(out, Change{Section: section, ID: new.id, Op: Added})
		case new == nil:
			out = append(out, Change{Section: section, ID: old.id, Op: Removed})
		default:
			out = diffFacts(out, section, old, new)
		}
	}
	return out
}

// diffFacts compares facts by path. Lists of one section have their facts in one order, but a list may
// lack some of the other's.
func diffFacts(out []Change, section string, a, b *entity) []Change {
	find := func(facts []NamedFact, path string) Stated {
		i := slices.IndexFunc(facts, func(f NamedFact) bool { return f.Path == path })
		if i < 0 {
			return Stated{State: Absent}
		}
		return facts[i].Stated
	}
	put := func(path string, old, new Stated) {
		if old != new {
			out = append(out, Change{Section: section, ID: a.id, Op: Changed, Fact: path, Old: old, New: new})
		}
	}
	for _, f := range a.facts {
		put(f.Path, f.Stated, find(b.facts, f.Path))
	}
	for _, f := range b.facts {
		if !slices.ContainsFunc(a.facts, func(g NamedFact) bool { return g.Path == f.Path }) {
			put(f.Path, Stated{State: Absent}, f.Stated)
		}
	}
	return out
}

// merge walks two lists side by side, sorted by key; the side that lacks a key is nil.
func merge[T any](a, b []T, key func(T) string) iter.Seq2[*T, *T] {
	byKey := func(x, y T) int { return cmp.Compare(key(x), key(y)) }
	slices.SortStableFunc(a, byKey)
	slices.SortStableFunc(b, byKey)
	return func(yield func(*T, *T) bool) {
		for i, j := 0, 0; i < len(a) || j < len(b); {
			var old, new *T
			if j == len(b) || i < len(a) && key(a[i]) <= key(b[j]) {
				old = &a[i]
			}
			if i == len(a) || j < len(b) && key(b[j]) <= key(a[i]) {
				new = &b[j]
			}
			if old != nil {
				i++
			}
			if new != nil {
				j++
			}
			if !yield(old, new) {
				return
			}
		}
	}
}

// member is one row of a set column, by name.
type member struct {
	id  string
	row int
}

// diffSets compares what the sites that both have offer and hold.
func diffSets(out []Change, a, b *Snapshot) []Change {
	type set struct {
		prefix string
		rows   func(s *Snapshot) []member
		at     func(s *Snapshot, k int, r SiteRow) Stated
	}
	sets := []set{
		{
			"offers.",
			func(s *Snapshot) []member {
				return each(s.t.services, func(i int) member { return member{s.t.serviceID.At(i), i} })
			},
			func(s *Snapshot, k int, r SiteRow) Stated {
				return membership(s.t.offered.At(k).Get(int(r)), s.t.offeredKnown.At(k).Get(int(r)))
			},
		},
		{
			"programmes.",
			func(s *Snapshot) []member {
				return each(s.t.programmes, func(i int) member { return member{s.t.programmeID.At(i), i} })
			},
			func(s *Snapshot, k int, r SiteRow) Stated {
				return membership(s.t.held.At(k).Get(int(r)), s.t.heldKnown.At(k).Get(int(r)))
			},
		},
	}
	for rowA, id := range a.SiteIDs() {
		rowB, ok := b.Site(id)
		if !ok {
			continue
		}
		upA, upB, zone := followed(a, b, rowA, rowB)
		for _, x := range sets {
			for old, new := range merge(x.rows(a), x.rows(b), func(m member) string { return m.id }) {
				value := func(s *Snapshot, m *member, r SiteRow) Stated {
					if m == nil {
						return Stated{} // a service this one has never heard of
					}
					return x.at(s, m.row, r)
				}
				was, is := value(a, old, rowA), value(b, new, rowB)
				if was == is || zone && was == value(a, old, upA) && is == value(b, new, upB) {
					continue
				}
				name := cmp.Or(new, old).id
				if x.prefix == "offers." {
					was.Source, is.Source = a.FactSource(rowA, "offers."+name), b.FactSource(rowB, "offers."+name)
				}
				out = append(out, Change{Section: "sites", ID: id, Op: Changed, Fact: x.prefix + name, Old: was, New: is})
			}
		}
	}
	return out
}

// followed returns the regions of an availability zone that has one in both snapshots.
func followed(a, b *Snapshot, rowA, rowB SiteRow) (upA, upB SiteRow, ok bool) {
	upA, okA := a.Parent(rowA)
	upB, okB := b.Parent(rowB)
	ok = okA && okB && a.Kind(rowA) == AvailabilityZone && b.Kind(rowB) == AvailabilityZone
	return upA, upB, ok
}

// inherited tells whether a change of a fact is its region's, which the availability zone follows.
func inherited(a, b *Snapshot, c Change) bool {
	rowA, okA := a.Site(c.ID)
	rowB, okB := b.Site(c.ID)
	if !okA || !okB || c.Op != Changed {
		return false
	}
	upA, upB, zone := followed(a, b, rowA, rowB)
	same := func(s *Snapshot, up SiteRow, v Stated) bool {
		return slices.ContainsFunc(s.FactList(up), func(f NamedFact) bool { return f.Path == c.Fact && f.Stated == v })
	}
	return zone && same(a, upA, c.Old) && same(b, upB, c.New)
}

func each[T any](n int, at func(int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = at(i)
	}
	return out
}
