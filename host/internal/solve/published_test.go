package solve

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// What the makers of databases, schedulers and clouds have published about how many copies survive what, each with its
// source, read in November 2026.

var (
	witness = Seat{Votes: true}
	reader  = Seat{Serves: true} // a replica that does not vote and that nothing can be recovered from
)

// standing is a component that has a copy at every site, and sites that are given as regions with a number of zones each.
func standing(survive Loss, majority bool, seats []Seat, zones ...int) *Problem {
	c := Component{Name: "db", Survive: survive, Majority: majority, Seats: seats}
	for region, n := range zones {
		for range n {
			i := int64(len(c.Candidates))
			c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Zone: i, Region: int64(region), Fate: int64(region)})
		}
	}
	c.Min = max(len(seats), 1)
	c.Max = max(c.Min, len(c.Candidates))
	if seats != nil {
		c.Max = len(seats)
	} else {
		c.Min = len(c.Candidates)
	}
	return &Problem{Components: []Component{c}, Objectives: []Objective{Copies}}
}

func feasible(t *testing.T, p *Problem) bool {
	t.Helper()
	_, ok, err := Feasible(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestPublishedMajorities: "Fault-tolerance" in the MySQL 8.0 Reference Manual (group-replication-fault-tolerance) gives, for
// groups of one to seven, the failures they tolerate at once. The FAQ of etcd says the same of four members and of five.
func TestPublishedMajorities(t *testing.T) {
	for n, tolerated := range map[int]int{1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3} {
		p := standing(LoseNothing, true, nil, slices.Repeat([]int{1}, n)...)
		pl := Placement{Chosen: [][]int{everything(&p.Components[0])}}
		for lost := range n + 1 {
			after := p.After(&pl, func(_ int, c *Candidate) bool { return int(c.Site) < lost })
			if after.Holds != (lost <= tolerated) {
				t.Errorf("%d members, %d of them lost: goes on is %v, published are %d", n, lost, after.Holds, tolerated)
			}
		}
	}
}

// TestPublishedSurvival places copies as tables of replicas have them: what they say survives is found, and with one copy, or
// one place, less is not.
func TestPublishedSurvival(t *testing.T) {
	votes := func(n int, more ...Seat) []Seat { return append(slices.Repeat([]Seat{whole}, n), more...) }
	for _, c := range []struct {
		source   string
		what     string
		survive  Loss
		seats    []Seat
		zones    []int // of each region
		most     int   // copies in one region; 0: no limit
		survives bool
	}{
		{"CockroachDB, When to Use ZONE vs. REGION Survival Goals", "ZONE: three voters in the home region", LoseZone, votes(3), []int{3}, 0, true},
		{"CockroachDB, the same", "ZONE: and a replica without a vote in each other region", LoseZone, votes(3, reader, reader), []int{3, 1, 1}, 0, true},
		{"CockroachDB, the same", "REGION: two voters at home, three elsewhere", LoseRegion, votes(5), []int{2, 3, 3}, 2, true},
		{"CockroachDB, the same", "REGION: at least three regions", LoseRegion, votes(5), []int{5, 5}, 0, false},
		{"Spanner, Instance configurations", "regional: three replicas in three zones", LoseZone, votes(3), []int{3}, 0, true},
		{"Spanner, the same", "regional: no region's loss", LoseRegion, votes(3), []int{3}, 0, false},
		{"Spanner, Region types", "multi-region: two regions of two replicas, and a witness", LoseRegion, votes(4, witness), []int{2, 2, 1}, 2, true},
		{"Spanner, Region types", "without the witness's region", LoseRegion, votes(4, witness), []int{3, 2}, 0, false},
		{"DynamoDB, multi-Region strong consistency", "three replicas", LoseRegion, votes(3), []int{1, 1, 1}, 0, true},
		{"DynamoDB, the same", "two and a witness", LoseRegion, votes(2, witness), []int{1, 1, 1}, 0, true},
		{"DynamoDB, the same", "not two regions", LoseRegion, votes(2, witness), []int{2, 1}, 0, false},
	} {
		t.Run(c.source+": "+c.what, func(t *testing.T) {
			p := standing(c.survive, true, c.seats, c.zones...)
			p.Components[0].Spread.PerRegion = c.most
			if got := feasible(t, p); got != c.survives {
				t.Errorf("survives is %v", got)
			}
		})
	}
}

// TestPublishedHome: CockroachDB's three voters at home survive the loss of a zone and not that of their region, whatever
// stands elsewhere without a vote.
func TestPublishedHome(t *testing.T) {
	p := standing(LoseZone, true, []Seat{whole, whole, whole, reader, reader}, 3, 1, 1)
	r, err := Search(context.Background(), p, 1)
	if err != nil || len(r.Placements) != 1 {
		t.Fatal(r, err)
	}
	pl := Placement{Chosen: [][]int{{0, 1, 2, 3, 4}}}
	for zone := range uint32(5) {
		if o := p.After(&pl, func(_ int, c *Candidate) bool { return c.Site == zone }); !o.Holds {
			t.Errorf("zone %d lost: %v", zone, o.Missing)
		}
	}
	if o := p.After(&pl, func(_ int, c *Candidate) bool { return c.Region == 0 }); o.Holds || o.Missing[0] != (Lack{0, LackCopies}) {
		t.Errorf("the home region lost: %+v", o)
	}
}

// TestPublishedHomeVoters: of CockroachDB's five voters that survive a region two may be at home, and not three.
func TestPublishedHomeVoters(t *testing.T) {
	for home, survives := range map[int]bool{1: true, 2: true, 3: false} {
		p := standing(LoseRegion, true, nil, home, 2, 2)
		c := &p.Components[0]
		c.Candidates = c.Candidates[:min(5, len(c.Candidates))]
		c.Min, c.Max = len(c.Candidates), len(c.Candidates)
		if got := feasible(t, p); got != survives {
			t.Errorf("%d of %d voters at home: survives is %v", home, c.Min, got)
		}
	}
}

// TestPublishedSpread: "Pod Topology Spread Constraints" in the Kubernetes documentation counts the skew of a zone as its
// pods less the fewest of any eligible zone. With two pods in A and one in B, one more goes to B under maxSkew 1; under 2 it
// may go to either.
func TestPublishedSpread(t *testing.T) {
	for _, c := range []struct {
		skew int
		in   []int // of each zone
		ok   bool
	}{{1, []int{2, 1}, true}, {1, []int{2, 2}, true}, {1, []int{3, 1}, false}, {2, []int{3, 1}, true}, {1, []int{1, 1, 0}, true}, {1, []int{2, 1, 0}, false}} {
		p := standing(LoseNothing, false, nil, 3, 3, 3)
		p.Components[0].Candidates = p.Components[0].Candidates[:3*len(c.in)]
		p.Components[0].Spread.MaxSkew = c.skew
		var chosen []int
		for zone, n := range c.in {
			for k := range n {
				chosen = append(chosen, 3*zone+k)
			}
		}
		if got := p.laidOut().Components[0].even(chosen); got != c.ok {
			t.Errorf("%v under maxSkew %d: %v", c.in, c.skew, got)
		}
	}
}

// TestPublishedStaticStability: "Static stability using Availability Zones" in the Amazon Builders' Library provisions for the
// loss of a zone beforehand: in three zones half as much again as is needed, in two twice as much.
func TestPublishedStaticStability(t *testing.T) {
	for _, c := range []struct {
		zones   int
		perCopy int64
		holds   bool
	}{{3, 50, true}, {3, 49, false}, {3, 34, false}, {2, 100, true}, {2, 99, false}, {4, 34, true}, {4, 33, false}} {
		t.Run(fmt.Sprintf("%d zones of %d", c.zones, c.perCopy), func(t *testing.T) {
			p := standing(LoseZone, false, nil, c.zones)
			p.Components[0].Capacity = Capacity{Needed: 100, PerCopy: c.perCopy}
			if got := feasible(t, p); got != c.holds {
				t.Errorf("carries the load after the loss of a zone: %v", got)
			}
		})
	}
}
