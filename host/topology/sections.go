package topology

import (
	"cmp"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// view is one section of a topology, whatever its entries are.
type view struct {
	n  int
	at func(int) entry
}

func viewOf[T any, P entryOf[T]](s []T) view {
	return view{len(s), func(i int) entry { return P(&s[i]) }}
}

// keyed are the sections whose entries have keys: all but the offerings.
func keyed(s *Sections) []view {
	return []view{
		viewOf(s.Sources), viewOf(s.Providers), viewOf(s.Partitions), viewOf(s.Jurisdictions), viewOf(s.Regimes),
		viewOf(s.Sites), viewOf(s.Services), viewOf(s.Links), viewOf(s.Populations), viewOf(s.Access),
		viewOf(s.Programmes), viewOf(s.Carbon), viewOf(s.Prices), viewOf(s.Egress), viewOf(s.RiskGroups),
	}
}

// every yields every entry of a topology.
func every(s *Sections, yield func(entry)) {
	for _, v := range append(keyed(s), viewOf(s.Offerings)) {
		for i := range v.n {
			yield(v.at(i))
		}
	}
}

// failer reports a fault at a place.
type failer func(pos decode.Pos, format string, args ...any)

// overlaps refuses entries of one section that have the same key on the same day, naming both places.
// undated tells whether to look also at those that hold on every day.
func overlaps(v view, undated bool, fail failer) {
	first := make(map[string]int, v.n)
	var same map[string][]entry // only of keys that occur more than once
	for i := range v.n {
		e := v.at(i)
		_, key := e.name()
		at, dup := first[key]
		if !dup {
			first[key] = i
			continue
		}
		if same == nil {
			same = map[string][]entry{}
		}
		if same[key] == nil {
			same[key] = []entry{v.at(at)}
		}
		same[key] = append(same[key], e)
	}
	for _, key := range sortedKeys(same) {
		list := same[key]
		slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(a.days().since, b.days().since) })
		widest := list[0] // the one before that holds longest
		for _, e := range list[1:] {
			what, _ := e.name()
			both, meet := e.days().meet(widest.days())
			pos, other := e.common().Pos, widest.common().Pos
			switch {
			case key == "" || !meet:
			case e.days() == period{} && widest.days() == period{}:
				if undated {
					fail(pos, "%s %q is already defined at %s; remove one of them or rename it", what, key, other)
				}
			default:
				fail(pos, "%s %q holds %s, and so does what is at %s; give them since and until so that no day is in both", what, key, both, other)
			}
			if until := widest.days().until; until != "" && (e.days().until == "" || e.days().until > until) {
				widest = e
			}
		}
	}
}

// checkKeys refuses keys that occur twice in one layer.
func (o *overlay) checkKeys(s *Sections) {
	for _, v := range keyed(s) {
		overlaps(v, true, o.fail)
	}
}
