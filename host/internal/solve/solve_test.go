package solve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive places all components together by looking at every way to give every seat to every site, with none of the
// search's shortcuts.
func naive(p *Problem, keep int) []Placement {
	all := []Placement{{}}
	for i := range p.Components {
		c := &p.Components[i]
		var sets [][]int
		var seat func(chosen []int)
		seat = func(chosen []int) {
			if len(chosen) >= c.Min && len(chosen) > 0 {
				sets = append(sets, slices.Clone(chosen))
			}
			for k := range c.Candidates {
				if len(chosen) < c.Max && !slices.Contains(chosen, k) {
					seat(append(slices.Clip(chosen), k))
				}
			}
		}
		seat(nil)
		var next []Placement
		for _, chosen := range sets {
			if !meets(c, chosen) {
				continue
			}
			for _, a := range all {
				next = append(next, Placement{Chosen: append(slices.Clone(a.Chosen), chosen)})
			}
		}
		all = next
	}
	all = slices.DeleteFunc(all, func(pl Placement) bool { return !callsMet(p, &pl) })
	for i := range all {
		all[i].Values = figuresOf(p, &all[i])
	}
	// Copies that do the same may change places: of such placements one counts, as the search writes it.
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(pl Placement) bool {
		key := fmt.Sprint(keyOf(p, &pl))
		known := seen[key]
		seen[key] = true
		return known
	})
	slices.SortFunc(all, func(a, b Placement) int {
		copies := func(p Placement) (n int) {
			for _, c := range p.Chosen {
				n += len(c)
			}
			return n
		}
		return cmp.Or(p.compare(a.Values, b.Values), copies(a)-copies(b), compareChosen(keyOf(p, &a), keyOf(p, &b)))
	})
	return all[:min(keep, len(all))]
}

// keyOf names a placement by what sites do, whichever place in the order of roles they have: sites in their order, each with
// the kind of its seat.
func keyOf(p *Problem, pl *Placement) (out [][]int) {
	for i, chosen := range pl.Chosen {
		c := &p.Components[i]
		var kinds []Seat
		for n := range c.Max {
			if !slices.Contains(kinds, c.seat(n)) {
				kinds = append(kinds, c.seat(n))
			}
		}
		var key []int
		for n, k := range chosen {
			key = append(key, k*len(kinds)+slices.Index(kinds, c.seat(n)))
		}
		slices.Sort(key)
		out = append(out, key)
	}
	return out
}

// figuresOf adds objectives up as FORMATS words them.
func figuresOf(p *Problem, pl *Placement) []int64 {
	values := make([]int64, len(p.Objectives))
	for o, objective := range p.Objectives {
		copies := int64(0)
		for i, chosen := range pl.Chosen {
			c := &p.Components[i]
			copies += int64(len(chosen))
			for n, k := range chosen {
				x := &c.Candidates[k]
				switch objective {
				case Carbon:
					values[o] = add(values[o], x.Carbon)
				case Cost:
					values[o] = add(values[o], x.Cost)
					for _, call := range p.Calls {
						if call.From != i || call.Price == nil || !c.seat(n).Serves {
							continue
						}
						serving := int64(0)
						for n := range chosen {
							if c.seat(n).Serves {
								serving++
							}
						}
						to := nearestCallee(p, &call, x, pl)
						if to == nil || call.Price(x, to) >= Unknown {
							values[o] = Unknown
							continue
						}
						values[o] = add(values[o], (call.Price(x, to)+serving/2)/serving)
					}
				case Copies:
					values[o]++
				case Moves:
					values[o] += x.Moves
				}
			}
			if !c.UserFacing {
				continue
			}
			for u, w := range p.Weights {
				if w == 0 {
					continue
				}
				first, at := Unknown, -1
				for n, k := range chosen {
					if t := c.Candidates[k].RTT[u]; c.seat(n).Serves && t < first {
						first, at = t, n
					}
				}
				next := Unknown
				for n, k := range chosen {
					if n != at && (c.seat(n).Serves || c.seat(n).Stands) {
						next = min(next, c.Candidates[k].RTT[u])
					}
				}
				switch {
				case objective == Worst:
					values[o] = max(values[o], first)
				case objective == Latency && first >= Unknown, objective == AfterLoss && next >= Unknown:
					values[o] = Unknown
				case objective == Latency:
					values[o] = add(values[o], w*first)
				case objective == AfterLoss:
					values[o] = add(values[o], w*next)
				}
			}
		}
		if objective == Carbon && values[o] < Unknown {
			values[o] = (values[o] + copies/2) / copies
		}
	}
	return values
}

func nearestCallee(p *Problem, call *Call, from *Candidate, pl *Placement) (to *Candidate) {
	c := &p.Components[call.To]
	for _, k := range slices.Sorted(slices.Values(pl.Chosen[call.To])) {
		x := &c.Candidates[k]
		n := slices.Index(pl.Chosen[call.To], k)
		if t := call.RTT(from, x); c.seat(n).Data && t < Unknown && (to == nil || t < call.RTT(from, to)) {
			to = x
		}
	}
	return to
}

// lost tells whether the loss of one thing takes a copy: the zone, region, partition or operator of another.
func lost(l Loss, x, with *Candidate) bool {
	switch l {
	case LoseZone:
		return !x.SurvivesZone && !with.SurvivesZone && x.Zone == with.Zone
	case LoseRegion:
		return x.Fate >= 0 && x.Fate == with.Fate
	case LosePartition:
		return x.Partition == with.Partition
	case LoseProvider:
		return x.Provider == with.Provider
	}
	return false
}

// callsMet loses each thing in turn that both ends of a call must survive.
func callsMet(p *Problem, pl *Placement) bool {
	for _, call := range p.Calls {
		from, to := &p.Components[call.From], &p.Components[call.To]
		if call.MaxMicros == 0 {
			continue
		}
		loss := min(from.Survive, to.Survive)
		losses := []*Candidate{nil}
		for _, c := range []*Component{from, to} {
			for i := range c.Candidates {
				losses = append(losses, &c.Candidates[i])
			}
		}
		for _, with := range losses {
			gone := func(x *Candidate) bool { return with != nil && lost(loss, x, with) }
			for n, a := range pl.Chosen[call.From] {
				x := &from.Candidates[a]
				if gone(x) || !from.seat(n).Serves && !from.seat(n).Stands {
					continue
				}
				near := false
				for m, b := range pl.Chosen[call.To] {
					y := &to.Candidates[b]
					near = near || to.seat(m).Data && !gone(y) && call.RTT(x, y) <= call.MaxMicros
				}
				if !near {
					return false
				}
			}
		}
	}
	return true
}

// meets states the requirements the way FORMATS counts them: by losing each thing in turn.
func meets(c *Component, chosen []int) bool {
	goesOn := func(gone func(x *Candidate) bool) bool {
		data, votes, all := 0, 0, 0
		for n, k := range chosen {
			s := c.seat(n)
			if s.Votes {
				all++
			}
			if gone(&c.Candidates[k]) {
				continue
			}
			if s.Votes {
				votes++
			}
			if s.Data {
				data++
			}
		}
		if data == 0 || c.Majority && votes <= all/2 || c.Capacity.Needed > 0 && int64(data)*c.Capacity.PerCopy < c.Capacity.Needed {
			return false
		}
		for u := range c.Candidates[0].RTT {
			near := c.MaxMicros == 0
			for n, k := range chosen {
				x := &c.Candidates[k]
				any := false
				for _, k := range chosen {
					any = any || gone(&c.Candidates[k])
				}
				near = near || x.RTT[u] <= c.MaxMicros && !gone(x) && (c.seat(n).Serves || any && c.seat(n).Stands)
			}
			if !near {
				return false
			}
		}
		return true
	}
	if !goesOn(func(*Candidate) bool { return false }) {
		return false
	}
	regions, inGroup := map[int64]int{}, map[int32]int{}
	for i := range c.Candidates {
		regions[c.Candidates[i].Region] += 0
	}
	for _, k := range chosen {
		x := &c.Candidates[k]
		if c.Survive != LoseNothing && !goesOn(func(o *Candidate) bool { return lost(c.Survive, o, x) }) {
			return false
		}
		regions[x.Region]++
		for _, g := range x.Groups {
			if inGroup[g]++; c.Spread.PerRiskGroup > 0 && inGroup[g] > c.Spread.PerRiskGroup {
				return false
			}
		}
		if c.Spread.PerRegion > 0 && regions[x.Region] > c.Spread.PerRegion {
			return false
		}
		same := 0
		for _, i := range chosen {
			if o := &c.Candidates[i]; o.Country == x.Country || o.Country < 0 {
				same++
			}
			if c.Spread.Far != nil && i != k && !c.Spread.Far(x.Site, c.Candidates[i].Site) {
				return false
			}
		}
		if c.Spread.PerCountry > 0 && same > c.Spread.PerCountry {
			return false
		}
	}
	for _, a := range regions {
		for _, b := range regions {
			if c.Spread.MaxSkew > 0 && a-b > c.Spread.MaxSkew {
				return false
			}
		}
	}
	return true
}

func drawProblem(t *rapid.T) *Problem {
	users := rapid.IntRange(1, 3).Draw(t, "users")
	p := &Problem{}
	for range users {
		p.Weights = append(p.Weights, rapid.Int64Range(0, 5).Draw(t, "weight"))
	}
	all := rapid.Permutation([]Objective{Latency, Worst, AfterLoss, Carbon, Cost, Copies, Moves}).Draw(t, "objectives")
	p.Objectives = all[:rapid.IntRange(1, 3).Draw(t, "n")]
	if rapid.Bool().Draw(t, "weighted") {
		for range p.Objectives {
			p.Weighted = append(p.Weighted, rapid.Int64Range(1, 9).Draw(t, "factor"))
		}
	}
	known := func(hi int64, label string) int64 {
		if rapid.IntRange(0, 9).Draw(t, label+"?") == 0 {
			return Unknown
		}
		return rapid.Int64Range(0, hi).Draw(t, label)
	}
	components := rapid.IntRange(1, 3).Draw(t, "components")
	most := []int{0, 6, 5, 4}[components]
	for range components {
		c := Component{
			Name: "c", Min: rapid.IntRange(1, 2).Draw(t, "min"), Max: rapid.IntRange(2, 3).Draw(t, "max"),
			Survive: Loss(rapid.IntRange(0, 4).Draw(t, "survive")), Majority: rapid.Bool().Draw(t, "majority"),
			UserFacing: rapid.Bool().Draw(t, "facing"), Spread: Spread{
				PerRegion: rapid.IntRange(0, 2).Draw(t, "perRegion"), PerCountry: rapid.IntRange(0, 2).Draw(t, "perCountry"),
				PerRiskGroup: rapid.IntRange(0, 2).Draw(t, "perRiskGroup"), MaxSkew: rapid.IntRange(0, 2).Draw(t, "maxSkew"),
			},
		}
		if rapid.Bool().Draw(t, "roles") {
			c.Seats = []Seat{whole}
			for range c.Max - 1 {
				c.Seats = append(c.Seats, rapid.SampledFrom([]Seat{whole, {Stands: true, Data: true}, {Votes: true}, {Serves: true}}).Draw(t, "seat"))
			}
		}
		if rapid.Bool().Draw(t, "goal") {
			c.MaxMicros = rapid.Int64Range(1, 9).Draw(t, "maxMicros")
		}
		if rapid.Bool().Draw(t, "capacity") {
			c.Capacity = Capacity{Needed: rapid.Int64Range(1, 4).Draw(t, "needed"), PerCopy: rapid.Int64Range(1, 3).Draw(t, "perCopy")}
		}
		if rapid.Bool().Draw(t, "far") {
			c.Spread.Far = func(a, b uint32) bool { return (a+b)%3 != 0 }
		}
		for i := range rapid.IntRange(1, most).Draw(t, "candidates") {
			cand := Candidate{
				Site: uint32(i), Zone: int64(i), Partition: rapid.Int64Range(0, 2).Draw(t, "partition"), Provider: rapid.Int64Range(0, 1).Draw(t, "provider"),
				Country: rapid.Int64Range(-1, 2).Draw(t, "country"), Groups: rapid.SliceOfNDistinct(rapid.Int32Range(0, 2), 0, 2, rapid.ID).Draw(t, "groups"),
				Region: rapid.Int64Range(0, 3).Draw(t, "region"), Fate: rapid.Int64Range(-1, 3).Draw(t, "fate"), Carbon: known(9, "carbon"), Cost: known(9, "cost"),
				SurvivesZone: rapid.Bool().Draw(t, "zone"),
			}
			for range users {
				cand.RTT = append(cand.RTT, known(9, "rtt"))
			}
			c.Candidates = append(c.Candidates, cand)
		}
		p.Components = append(p.Components, c)
	}
	turned := rapid.Bool().Draw(t, "turned") // whether calls go from the first to the last, or the other way
	for from := range components {
		for to := range from {
			if !rapid.Bool().Draw(t, "calls") {
				continue
			}
			call := Call{From: from, To: to, MaxMicros: rapid.Int64Range(0, 6).Draw(t, "maxCall")}
			if turned {
				call.From, call.To = components-1-from, components-1-to
			}
			seed := rapid.Uint32Range(1, 1000).Draw(t, "seed")
			odd := func(a, b *Candidate, salt uint32) int64 {
				return int64((a.Site*7919+b.Site*104729+salt)*seed>>3) % 10
			}
			call.RTT = func(a, b *Candidate) int64 {
				if t := odd(a, b, 1); t < 9 {
					return t
				}
				return Unknown
			}
			if rapid.Bool().Draw(t, "price") {
				call.Price = func(a, b *Candidate) int64 {
					if price := odd(a, b, 2); price < 9 {
						return price
					}
					return Unknown
				}
			}
			p.Calls = append(p.Calls, call)
		}
	}
	return p
}

func TestSearchAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, keep := drawProblem(t), rapid.IntRange(1, 4).Draw(t, "keep")
		got, err := Search(context.Background(), p, keep)
		if err != nil {
			t.Fatal(err)
		}
		want := naive(p, keep)
		if len(want) != len(got.Placements) {
			t.Fatalf("%d placements, naive finds %d", len(got.Placements), len(want))
		}
		for i := range want {
			if d := gocmp.Diff(want[i].Values, got.Placements[i].Values); d != "" {
				t.Fatalf("rank %d (-naive +search):\n%s", i+1, d)
			}
			// Which of the copies that do the same is named first is another matter.
			if d := gocmp.Diff(keyOf(p, &want[i]), keyOf(p, &got.Placements[i])); d != "" {
				t.Fatalf("rank %d (-naive +search):\n%s", i+1, d)
			}
			if o := p.After(&got.Placements[i], func(int, *Candidate) bool { return false }); !o.Holds || !slices.Equal(o.Values, want[i].Values) {
				t.Fatalf("rank %d: with nothing lost %+v, want %v", i+1, o, want[i].Values)
			}
		}
		_, ok, err := Feasible(context.Background(), p)
		if err != nil || ok != (len(want) > 0) {
			t.Fatalf("Feasible says %v, %v; naive finds %d placements", ok, err, len(want))
		}
	})
}

func threeRegions() *Problem {
	p := &Problem{Weights: []int64{60, 40}, Objectives: []Objective{Latency}}
	c := Component{Name: "api", Min: 2, Max: 2, Survive: LoseRegion, UserFacing: true}
	for i, rtt := range [][]int64{{30, 10}, {10, 30}, {50, 50}} {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Region: int64(i), Fate: int64(i), RTT: rtt})
	}
	p.Components = []Component{c}
	return p
}

func TestRolesGoToTheBestAlone(t *testing.T) {
	r, err := Search(context.Background(), threeRegions(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Placement{{Chosen: [][]int{{1, 0}}, Values: []int64{60*10 + 40*10}}}
	if d := gocmp.Diff(want, r.Placements); d != "" {
		t.Error(d)
	}
}

func TestAfter(t *testing.T) {
	p := threeRegions()
	r, _ := Search(context.Background(), p, 1)
	lose := func(regions ...int64) Outcome {
		return p.After(&r.Placements[0], func(_ int, c *Candidate) bool { return slices.Contains(regions, c.Region) })
	}
	for _, c := range []struct {
		name    string
		outcome Outcome
		want    Outcome
	}{
		{"the primary's region", lose(1), Outcome{Left: [][]int{{0}}, Holds: true, Values: []int64{60*30 + 40*10}}},
		{"a region without a copy", lose(2), Outcome{Left: [][]int{{1, 0}}, Holds: true, Values: []int64{1000}}},
		{"both regions", lose(0, 1), Outcome{Left: [][]int{nil}, Missing: []Lack{{0, LackCopies}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := gocmp.Diff(c.want, c.outcome); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSearchStops(t *testing.T) {
	p := threeRegions()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Search(ctx, p, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled search: %v", err)
	}
	if _, _, err := Feasible(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled question: %v", err)
	}
}

// TestSearchEndsWithAGap joins components that pull apart, each of so many sets that not all can be looked at: the answer is
// the best that was found, and how much better another may be.
func TestSearchEndsWithAGap(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes a minute over it")
	}
	p := threeRegions()
	p.Objectives = []Objective{Carbon, Cost, Latency}
	c := p.Components[0]
	c.Min, c.Max, c.Survive, c.Candidates = 1, 3, LoseNothing, nil
	for i := range int64(700) {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Zone: i, Region: i, Fate: i, RTT: []int64{i * 7919 % 709, i * 104729 % 701}, Carbon: i * 7907 % 719, Cost: i * 7901 % 727})
	}
	p.Components = []Component{c, c}
	r, err := Search(context.Background(), p, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Placements) != 1 || r.Placements[0].Values[0] != 0 {
		t.Errorf("found %v; site 0 has no carbon", r.Placements)
	}
	if r.Lower != nil && r.Lower.Sign() != 0 {
		t.Errorf("a bound of %v, and the best is 0", r.Lower)
	}
}

func BenchmarkSearch(b *testing.B) {
	p := threeRegions()
	c := &p.Components[0]
	c.Min, c.Max = 1, 3
	for i := 3; i < 37; i++ {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Region: int64(i), Fate: int64(i), RTT: []int64{int64(i * 7 % 31), int64(i * 5 % 29)}})
	}
	for b.Loop() {
		if _, err := Search(context.Background(), p, 3); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJoin places several components over the same regions, with objectives that pull apart.
func BenchmarkJoin(b *testing.B) {
	for _, c := range []struct {
		components int
		objectives []Objective
	}{{2, []Objective{Latency, Carbon, Cost}}, {3, []Objective{Latency, Carbon, Cost}}, {3, []Objective{Latency, Carbon}}, {8, []Objective{Latency, Carbon}}, {20, []Objective{Latency, Cost}}} {
		components := c.components
		b.Run(fmt.Sprint(components, " components, ", len(c.objectives), " objectives"), func(b *testing.B) {
			p := &Problem{Weights: []int64{60, 40}, Objectives: c.objectives}
			for i := range components {
				c := Component{Name: fmt.Sprint("c", i), Min: 2, Max: 3, Survive: LoseRegion, UserFacing: true}
				for k := range 34 {
					c.Candidates = append(c.Candidates, Candidate{
						Site: uint32(k), Region: int64(k), Fate: int64(k), RTT: []int64{int64(k*7919%310 + 10), int64(k*104729%290 + 10)},
						Carbon: int64(k * 7907 % 900), Cost: int64(k*7901%70 + 100),
					})
				}
				p.Components = append(p.Components, c)
			}
			var nodes int64
			for b.Loop() {
				r, err := Search(context.Background(), p, 3)
				if err != nil {
					b.Fatal(err)
				}
				nodes = r.Nodes
			}
			b.ReportMetric(float64(nodes), "nodes")
		})
	}
}
