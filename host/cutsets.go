package host

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// mostTogether is the largest number of failures that a cut set is looked for among. More at once is beyond what anyone plans for.
const mostTogether = 3

// mostCutSets is how many cut sets of each sort a decision lists, and mostCutsFound how many are gathered before the search for
// them ends.
const (
	mostCutSets   = 24
	mostCutsFound = 4096
)

// copySet is a set of a placement's copies, by their numbers.
type copySet []uint64

func newCopySet(n int) copySet { return make(copySet, (n+63)/64) }

func (s copySet) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s copySet) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }

func (s copySet) empty() bool { return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) }

// common counts the members that two sets share.
func (s copySet) common(o copySet) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] & o[i])
	}
	return n
}

func (s copySet) union(o copySet) copySet {
	out := slices.Clone(s)
	for i := range o {
		out[i] |= o[i]
	}
	return out
}

// blow is failures that together take copies, some of which each alone would not take: a service that lives without one zone
// may not live without two.
type blow struct {
	losses []int // sorted
	takes  copySet
}

// goal is a way in which service ends: so many of these copies are taken.
type goal struct {
	of   copySet
	need int
}

// cutSet is a sorted set of at most mostTogether losses; what is not used is -1.
type cutSet [mostTogether]int

func cutOf(losses []int) cutSet {
	c := cutSet{-1, -1, -1}
	copy(c[:], losses)
	return c
}

func (c cutSet) losses() []int {
	n := 0
	for n < mostTogether && c[n] >= 0 {
		n++
	}
	return c[:n:n]
}

// minimalCuts lists the smallest sets of at most mostTogether losses whose blows reach a goal: none has a part that does, too.
// They are ordered by size, then by their losses. whole is false where the search ended before it had all.
func minimalCuts(blows []blow, goals []goal) (cuts []cutSet, whole bool) {
	found := map[cutSet]bool{}
	for _, g := range goals {
		if g.need > 0 {
			c := cutting{blows: blows, goal: g, found: found}
			part := map[int]copySet{} // what each loss takes, alone and as part of any blow
			for i := range blows {
				for _, l := range blows[i].losses {
					part[l] = blows[i].takes.union(part[l])
					c.most = max(c.most, part[l].common(g.of))
				}
			}
			c.search(nil, make(copySet, len(g.of)))
		}
	}
	for c := range found {
		if !slices.ContainsFunc(parts(c.losses()), func(p []int) bool { return found[cutOf(p)] }) {
			cuts = append(cuts, c)
		}
	}
	slices.SortFunc(cuts, func(a, b cutSet) int {
		return cmp.Or(cmp.Compare(len(a.losses()), len(b.losses())), slices.Compare(a[:], b[:]))
	})
	return cuts, len(found) < mostCutsFound
}

// parts lists the parts of a set of at most three, without the empty one and itself.
func parts(set []int) (out [][]int) {
	for m := 1; m < 1<<len(set)-1; m++ {
		var p []int
		for i, x := range set {
			if m>>i&1 == 1 {
				p = append(p, x)
			}
		}
		out = append(out, p)
	}
	return out
}

// cutting is the search for the sets that reach one goal.
type cutting struct {
	blows []blow
	goal  goal
	most  int // the most of the goal's copies that one loss takes part in taking
	found map[cutSet]bool
}

// search adds blows to losses that take copies, until the goal is reached. Of the copies that are not taken so many may be left
// over as the goal spares; so one of the first of them, one more than that, is taken by every set there is to find.
func (c *cutting) search(losses []int, taken copySet) {
	have := taken.common(c.goal.of)
	if have >= c.goal.need {
		if len(c.found) < mostCutsFound {
			c.found[cutOf(losses)] = true
		}
		return
	}
	room := mostTogether - len(losses)
	if room == 0 || have+room*c.most < c.goal.need || len(c.found) >= mostCutsFound {
		return
	}
	spared := c.goal.of.size() - c.goal.need
	var open []int
	for i := range len(c.goal.of) * 64 {
		if len(open) > spared {
			break
		}
		if c.goal.of.has(i) && !taken.has(i) {
			open = append(open, i)
		}
	}
	for i := range c.blows {
		b := &c.blows[i]
		if !slices.ContainsFunc(open, b.takes.has) {
			continue
		}
		if with := joined(losses, b.losses); len(with) <= mostTogether {
			c.search(with, c.struck(with))
		}
	}
}

// struck are the copies that a set of losses takes by every blow that it makes up.
func (c *cutting) struck(losses []int) copySet {
	out := make(copySet, len(c.goal.of))
	for i := range c.blows {
		if !slices.ContainsFunc(c.blows[i].losses, func(l int) bool { return !slices.Contains(losses, l) }) {
			out = out.union(c.blows[i].takes)
		}
	}
	return out
}

func (s copySet) size() int { return s.common(s) }

// joined is the union of two sorted lists.
func joined(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// goals are the ways in which service ends: a component has no copy with data left, or asks for a majority that is not there.
func (f *footing) goals() []goal {
	var out []goal
	for i := range f.q.components {
		data, voters := newCopySet(len(f.copies)), newCopySet(len(f.copies))
		for n, s := range f.of(i) {
			if s.seat.Data {
				data.add(f.first[i] + n)
			}
			if s.seat.Votes {
				voters.add(f.first[i] + n)
			}
		}
		out = append(out, goal{data, data.size()})
		if f.q.components[i].Quorum == placement.QuorumMajority {
			out = append(out, goal{voters, voters.size() - voters.size()/2})
		}
	}
	return out
}

// cuts are the smallest sets of losses that end service: surely, and if what is not known turns out badly.
func (f *footing) cuts(losses []loss) placement.Cuts {
	goals := f.goals()
	sure, whole := minimalCuts(f.blows(losses, no), goals)
	possible, all := minimalCuts(f.blows(losses, maybe), goals)
	possible = slices.DeleteFunc(possible, func(c cutSet) bool { return slices.Contains(sure, c) })
	out := placement.Cuts{}
	write := func(cuts []cutSet) (ids [][]string) {
		for _, c := range cuts[:min(len(cuts), mostCutSets)] {
			var set []string
			for _, l := range c.losses() {
				set = append(set, losses[l].id)
			}
			ids = append(ids, set)
		}
		out.MoreCutSets += max(len(cuts)-mostCutSets, 0)
		return ids
	}
	out.CutSets, out.PossibleCutSets = write(sure), write(possible)
	if !whole || !all {
		out.MoreCutSets = max(out.MoreCutSets, 1)
	}
	return out
}

// blows are what losses do to copies, alone and together, where a copy that goes on no better than so counts as taken. Together
// losses take a copy in a region if each takes zones of the region.
func (f *footing) blows(losses []loss, most answer) []blow {
	var out []blow
	add := func(set []int, takes func(i int) bool) {
		b := blow{losses: set, takes: newCopySet(len(f.copies))}
		for i := range f.copies {
			if takes(i) {
				b.takes.add(i)
			}
		}
		if !b.takes.empty() {
			out = append(out, b)
		}
	}
	zonal := []int{}
	for n := range losses {
		l := &losses[n]
		add([]int{n}, func(i int) bool { return l.goes[i] <= most })
		if len(l.zones) > 0 {
			zonal = append(zonal, n)
		}
	}
	// together adds what several losses do and no part of them does.
	together := func(set []int) {
		add(set, func(i int) bool {
			s := &f.copies[i]
			if s.site != s.region || f.hit(losses, set, s) > most {
				return false
			}
			return !slices.ContainsFunc(parts(set), func(p []int) bool { return f.hit(losses, p, s) <= most })
		})
	}
	for a := range zonal {
		for b := a + 1; b < len(zonal); b++ {
			if !f.neighbours(&losses[zonal[a]], &losses[zonal[b]]) {
				continue
			}
			together([]int{zonal[a], zonal[b]})
			for c := b + 1; c < len(zonal); c++ {
				if f.neighbours(&losses[zonal[b]], &losses[zonal[c]]) {
					together([]int{zonal[a], zonal[b], zonal[c]})
				}
			}
		}
	}
	return out
}

// neighbours reports whether two losses take zones of one region.
func (f *footing) neighbours(a, b *loss) bool {
	return slices.ContainsFunc(a.zones, func(x topology.SiteRow) bool {
		return slices.ContainsFunc(b.zones, func(y topology.SiteRow) bool {
			r, ok := f.q.snap.Region(x)
			o, too := f.q.snap.Region(y)
			return ok && too && r == o
		})
	})
}

// hit tells whether a copy in a region goes on when several losses come together.
func (f *footing) hit(losses []loss, set []int, s *stand) answer {
	result := yes
	var zones []topology.SiteRow
	at := f.first[s.component] + s.n
	for _, l := range set {
		result = min(result, losses[l].goes[at])
		for _, z := range losses[l].zones {
			if region, ok := f.q.snap.Region(z); ok && region == s.region && !slices.Contains(zones, z) {
				zones = append(zones, z)
			}
		}
	}
	return min(result, f.withoutZones(s, len(zones)))
}
