package solve

import (
	"fmt"
	"slices"
	"strings"
)

// A program is a problem written as a mixed-integer linear program, for so many copies of each component: sums of
// variables that are at most, at least or exactly so much. It is written from what the requirements mean, and shares no
// code with the search.
type program struct {
	p        *Problem
	copies   []int
	rows     strings.Builder
	binary   []string
	integer  []string
	figure   []linear // of each objective
	stepwise bool     // times to users by steps outwards, not by who serves whom
}

// linear is a sum: what is named so often, and a number.
type linear struct {
	names []string
	times []int64
	plus  int64
}

func (l *linear) add(times int64, name string) {
	l.names, l.times = append(l.names, name), append(l.times, times)
}

func (l *linear) addAll(times int64, of linear) {
	for i, name := range of.names {
		l.add(times*of.times[i], name)
	}
	l.plus += times * of.plus
}

// String writes each name once.
func (l *linear) String() string {
	at := map[string]int{}
	var once linear
	for i, name := range l.names {
		k, ok := at[name]
		if !ok {
			k = len(once.names)
			at[name] = k
			once.add(0, name)
		}
		once.times[k] += l.times[i]
	}
	var b strings.Builder
	for i, name := range once.names {
		fmt.Fprintf(&b, "%+d %s ", once.times[i], name)
		if i%8 == 7 {
			b.WriteString("\n ")
		}
	}
	return b.String()
}

// row demands that a sum compares so with a number.
func (g *program) row(sum linear, is string, with int64) {
	if len(sum.names) == 0 { // no solver reads a sum of nothing
		sum.add(0, g.binary[0])
	}
	fmt.Fprintf(&g.rows, " %s %s %d\n", &sum, is, with-sum.plus)
}

// chosen is the variable that is 1 where a candidate of a component is chosen.
func chosen(component, candidate int) string { return fmt.Sprintf("y%d_%d", component, candidate) }

// count is how many of the candidates of a component are chosen that are so.
func (g *program) count(component int, so func(*Candidate) bool) (sum linear) {
	c := &g.p.Components[component]
	for i := range c.Candidates {
		if so(&c.Candidates[i]) {
			sum.add(1, chosen(component, i))
		}
	}
	return sum
}

// newProgram writes the placements with so many copies of each component. It models no roles, and no prices of calls.
func newProgram(p *Problem, copies []int, stepwise bool) *program {
	g := &program{p: p, copies: copies, stepwise: stepwise}
	for c := range p.Components {
		for i := range p.Components[c].Candidates {
			g.binary = append(g.binary, chosen(c, i))
		}
	}
	for c := range p.Components {
		g.row(g.count(c, func(*Candidate) bool { return true }), "=", int64(copies[c]))
		g.spread(c)
		g.survival(c)
	}
	for k := range p.Calls {
		g.call(&p.Calls[k])
	}
	for _, o := range p.Objectives {
		g.figure = append(g.figure, g.objective(o))
	}
	return g
}

// spread is the most copies that stand in one place.
func (g *program) spread(component int) {
	c := &g.p.Components[component]
	in := func(most int, so func(*Candidate) bool) { g.row(g.count(component, so), "<=", int64(most)) }
	regions, countries, groups := map[int64]bool{}, map[int64]bool{-1: true}, map[int32]bool{}
	for i := range c.Candidates {
		x := &c.Candidates[i]
		regions[x.Region], countries[x.Country] = true, true
		for _, group := range x.Groups {
			groups[group] = true
		}
		for k := range i {
			if c.Spread.Far != nil && !c.Spread.Far(x.Site, c.Candidates[k].Site) {
				var both linear
				both.add(1, chosen(component, i))
				both.add(1, chosen(component, k))
				g.row(both, "<=", 1)
			}
		}
	}
	for r := range regions {
		if c.Spread.PerRegion > 0 {
			in(c.Spread.PerRegion, func(x *Candidate) bool { return x.Region == r })
		}
		for other := range regions {
			if c.Spread.MaxSkew > 0 && r != other {
				more := g.count(component, func(x *Candidate) bool { return x.Region == r })
				more.addAll(-1, g.count(component, func(x *Candidate) bool { return x.Region == other }))
				g.row(more, "<=", int64(c.Spread.MaxSkew))
			}
		}
	}
	for country := range countries {
		if c.Spread.PerCountry > 0 {
			in(c.Spread.PerCountry, func(x *Candidate) bool { return x.Country == country || x.Country < 0 })
		}
	}
	for group := range groups {
		if c.Spread.PerRiskGroup > 0 {
			in(c.Spread.PerRiskGroup, func(x *Candidate) bool { return slices.Contains(x.Groups, group) })
		}
	}
}

// losses are what can be lost of the candidates of some components: each as a test of what it takes; nothing is the first.
func (g *program) losses(of Loss, components ...int) []func(*Candidate) bool {
	all := []func(*Candidate) bool{func(*Candidate) bool { return false }}
	if of == LoseNothing {
		return all
	}
	for _, c := range components {
		for i := range g.p.Components[c].Candidates {
			with := &g.p.Components[c].Candidates[i]
			all = append(all, func(x *Candidate) bool { return lost(of, x, with) })
		}
	}
	return all
}

// survival asks after each loss for what the component needs.
func (g *program) survival(component int) {
	c := &g.p.Components[component]
	n := int64(g.copies[component])
	for _, gone := range g.losses(c.Survive, component) {
		left := g.count(component, func(x *Candidate) bool { return !gone(x) })
		need := int64(1)
		if c.Majority {
			need = n/2 + 1
		}
		if c.Capacity.Needed > 0 {
			need = max(need, (c.Capacity.Needed+c.Capacity.PerCopy-1)/c.Capacity.PerCopy)
		}
		g.row(left, ">=", need)
		for u := range c.Candidates[0].RTT {
			if c.MaxMicros > 0 {
				g.row(g.count(component, func(x *Candidate) bool { return !gone(x) && x.RTT[u] <= c.MaxMicros }), ">=", 1)
			}
		}
	}
}

// call asks that every copy of the caller has one of the callee near enough, after each loss that both survive and that
// does not take it.
func (g *program) call(call *Call) {
	from, to := &g.p.Components[call.From], &g.p.Components[call.To]
	for _, gone := range g.losses(min(from.Survive, to.Survive), call.From, call.To) {
		for i := range from.Candidates {
			if x := &from.Candidates[i]; call.MaxMicros > 0 && !gone(x) {
				near := g.count(call.To, func(y *Candidate) bool { return !gone(y) && call.RTT(x, y) <= call.MaxMicros })
				near.add(-1, chosen(call.From, i))
				g.row(near, ">=", 0)
			}
		}
	}
}

// objective is a figure of the problem as a sum.
func (g *program) objective(o Objective) (sum linear) {
	p := g.p
	all := int64(0)
	for _, n := range g.copies {
		all += int64(n)
	}
	for c := range p.Components {
		facing := p.Components[c].UserFacing
		switch {
		case o == Latency && facing:
			for u, w := range p.Weights {
				sum.addAll(w, g.time(c, u, 1))
			}
		case o == AfterLoss && facing:
			for u, w := range p.Weights {
				sum.addAll(w, g.time(c, u, 2))
			}
		case o == Worst && facing:
			for u, w := range p.Weights {
				if w > 0 {
					time := g.time(c, u, 1)
					time.add(-1, "worst")
					g.row(time, "<=", 0)
				}
			}
		case o == Copies:
			sum.plus += int64(g.copies[c])
		}
		for i := range p.Components[c].Candidates {
			x := &p.Components[c].Candidates[i]
			if each := map[Objective]int64{Carbon: x.Carbon, Cost: x.Cost, Moves: x.Moves}[o]; each != 0 {
				sum.add(each, chosen(c, i))
			}
		}
	}
	switch o {
	case Worst:
		sum.add(1, "worst")
	case Carbon: // the mean, rounded half up: the least whole number that is more than the sum and a half less one
		sum.add(-all, "carbon")
		g.row(sum, "<=", all-1-all/2)
		g.integer = append(g.integer, "carbon")
		sum = linear{}
		sum.add(1, "carbon")
	}
	return sum
}

// time is that of a user to the nearest copy of a component, or to the second nearest. Minimised, the sum is that time.
func (g *program) time(component, user, nth int) linear {
	if nth == 1 && !g.stepwise {
		return g.served(component, user)
	}
	return g.outwards(component, user, nth)
}

// served is the classical formulation: each user is served by one copy, by shares.
func (g *program) served(component, user int) (time linear) {
	var whole linear
	for i := range g.p.Components[component].Candidates {
		t := g.p.Components[component].Candidates[i].RTT[user]
		if t >= Unknown {
			continue
		}
		share := fmt.Sprintf("x%d_%d_%d", component, user, i)
		whole.add(1, share)
		time.add(t, share)
		var open linear
		open.add(1, share)
		open.add(-1, chosen(component, i))
		g.row(open, "<=", 0)
	}
	g.row(whole, "=", 1)
	return time
}

// outwards goes from the nearest candidate to those farther away, and pays for each step before which not enough are
// chosen.
func (g *program) outwards(component, user, nth int) (time linear) {
	candidates := g.p.Components[component].Candidates
	var times []int64
	for i := range candidates {
		if t := candidates[i].RTT[user]; t < Unknown {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	time.plus = times[0]
	for k, t := range times {
		step := fmt.Sprintf("z%d_%d_%d_%d", component, user, nth, k)
		within := g.count(component, func(x *Candidate) bool { return x.RTT[user] <= t })
		if k+1 < len(times) {
			time.add(times[k+1]-t, step)
			within.add(1, step)
		}
		if nth == 1 || k+1 == len(times) { // the last step reaches as many as there must be
			g.row(within, ">=", int64(nth))
			continue
		}
		// Whichever one is left out, another is within, or the step is taken.
		g.row(within, ">=", 1)
		for i := range candidates {
			if candidates[i].RTT[user] <= t {
				others := linear{names: slices.Clone(within.names), times: slices.Clone(within.times)}
				others.add(-1, chosen(component, i))
				g.row(others, ">=", 1)
			}
		}
	}
	return time
}

// text is the program that makes a sum small, as CPLEX's LP format has it.
func (g *program) text(least linear) string {
	first := linear{}
	for _, name := range g.binary { // so that they are the first columns
		first.add(0, name)
	}
	first.addAll(1, least)
	var b strings.Builder
	fmt.Fprintf(&b, "Minimize\n obj: %s\nSubject To\n%sBinary\n", &first, g.rows.String())
	for _, name := range g.binary {
		fmt.Fprintf(&b, " %s\n", name)
	}
	if len(g.integer) > 0 {
		fmt.Fprintf(&b, "General\n %s\n", strings.Join(g.integer, " "))
	}
	b.WriteString("End\n")
	return b.String()
}
