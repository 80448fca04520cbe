package solve

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// More of what the makers of databases have published, each with its source, read on 2026-11-24.

// after loses numbers of copies, the first so many of each region, of a placement with a copy at every site.
func after(p *Problem, lose ...int) Outcome {
	left := slices.Clone(lose)
	gone := map[uint32]bool{}
	for _, x := range p.Components[0].Candidates {
		if r := int(x.Region); r < len(left) && left[r] > 0 {
			left[r]--
			gone[x.Site] = true
		}
	}
	pl := Placement{Chosen: [][]int{everything(&p.Components[0])}}
	return p.After(&pl, func(_ int, c *Candidate) bool { return gone[c.Site] })
}

// TestPublishedEnsembles: the ZooKeeper Administrator's Guide (zookeeper.apache.org/doc/current/zookeeperAdmin.html, Clustered
// setup) counts on 2F+1 machines to tolerate F failures, and says that six tolerate no more than five do. YugabyteDB's
// documentation (docs.yugabyte.com, Architecture, Replication) lists the fault domains that a replication factor survives
// the loss of.
func TestPublishedEnsembles(t *testing.T) {
	for source, tolerated := range map[string]map[int]int{
		"ZooKeeper":  {3: 1, 5: 2, 6: 2},
		"YugabyteDB": {1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 6: 2},
	} {
		for n, tolerated := range tolerated {
			t.Run(fmt.Sprint(source, " of ", n), func(t *testing.T) {
				// What cannot lose one place of n at all cannot be placed to survive a region.
				one := standing(LoseRegion, true, nil, slices.Repeat([]int{1}, n)...)
				if got := feasible(t, one); got != (tolerated > 0) {
					t.Errorf("survives the loss of any one place: %v", got)
				}
				for lost := range n + 1 {
					p := standing(LoseNothing, true, nil, n)
					if got := after(p, lost).Holds; got != (lost <= tolerated) {
						t.Errorf("goes on without %d: %v, published are %d", lost, got, tolerated)
					}
				}
			})
		}
	}
}

// TestPublishedDataCentres: the MongoDB manual (mongodb.com/docs/manual/core/sharded-cluster-components, Replica set
// distribution, and core/replica-set-architecture-geographically-distributed) says of members in two data centres that the
// set takes writes if the one with the minority is lost, and not if the one with the majority is; in three, either way.
// TiDB's documentation (docs.pingcap.com/tidb, Three availability zones in two regions deployment) places five replicas two,
// two and one: any one place may be lost; of the two in one city both may not, and one replica is left.
func TestPublishedDataCentres(t *testing.T) {
	data := func(n int, more ...Seat) []Seat { return append(slices.Repeat([]Seat{whole}, n), more...) }
	for _, c := range []struct {
		source string
		seats  []Seat
		in     []int // members in each data centre
		lost   []int
		goesOn bool
		left   int
	}{
		{"MongoDB, three members in two", data(3), []int{2, 1}, []int{0, 1}, true, 2},
		{"MongoDB, three members in two", data(3), []int{2, 1}, []int{2, 0}, false, 1},
		{"MongoDB, three members in three", data(3), []int{1, 1, 1}, []int{1}, true, 2},
		{"MongoDB, five members in two", data(5), []int{3, 2}, []int{0, 2}, true, 3},
		{"MongoDB, five members in two", data(5), []int{3, 2}, []int{3, 0}, false, 2},
		{"MongoDB, five members in three", data(5), []int{2, 2, 1}, []int{2}, true, 3},
		{"MongoDB, five members in three", data(5), []int{2, 2, 1}, []int{0, 0, 1}, true, 4},
		{"MongoDB, two members and an arbiter", data(2, witness), []int{1, 1, 1}, []int{1}, true, 2},
		{"MongoDB, two members and an arbiter", data(2, witness), []int{1, 1, 1}, []int{1, 0, 1}, false, 1},
		{"TiDB, without IDC1", data(5), []int{2, 2, 1}, []int{2}, true, 3},
		{"TiDB, without IDC2", data(5), []int{2, 2, 1}, []int{0, 2}, true, 3},
		{"TiDB, without IDC3", data(5), []int{2, 2, 1}, []int{0, 0, 1}, true, 4},
		{"TiDB, without IDC1 and IDC2", data(5), []int{2, 2, 1}, []int{2, 2}, false, 1},
	} {
		t.Run(fmt.Sprint(c.source, ": ", c.lost), func(t *testing.T) {
			p := standing(LoseNothing, true, c.seats, c.in...)
			o := after(p, c.lost...)
			if o.Holds != c.goesOn || len(o.Left[0]) != c.left || !o.Holds && o.Missing[0].What != LackQuorum {
				t.Errorf("%+v", o)
			}
			// And the search places so many in such places if, and only if, the loss of any one of them leaves a majority.
			survives := true
			for r, n := range c.in {
				lost := make([]int, len(c.in))
				lost[r] = n
				survives = survives && after(p, lost...).Holds
			}
			if got := feasible(t, standing(LoseRegion, true, c.seats, c.in...)); got != survives || survives != (len(c.in) > 2) {
				t.Errorf("survives any one loss: %v, placed: %v, data centres: %d", survives, got, len(c.in))
			}
		})
	}
}

// TestPublishedParts counts stores that need a number of their parts, more than a majority or fewer. They ask for it as
// capacity, each part carrying its own.
//
// Aurora (A. Verbitski et al., Amazon Aurora: Design considerations for high throughput cloud-native relational databases,
// SIGMOD 2017) keeps six copies, two in each of three zones; four of them take a write and three are enough for reading: a
// zone may be lost with writes going on, and one copy more with nothing lost.
//
// YDB (ydb.tech/docs/en/concepts/topology) keeps eight parts in eight racks in its mode block-4-2, of which two may fail and
// six are needed; in mirror-3-dc nine in three zones of three racks, and goes on without a zone and a rack of another one.
func TestPublishedParts(t *testing.T) {
	for _, c := range []struct {
		name     string
		in       []int
		needed   int64
		lost     []int
		goesOn   bool
		survives bool // the loss of any one place
	}{
		{"Aurora writes without a zone", []int{2, 2, 2}, 4, []int{2}, true, true},
		{"Aurora writes without a zone and a copy", []int{2, 2, 2}, 4, []int{2, 1}, false, true},
		{"Aurora reads without a zone and a copy", []int{2, 2, 2}, 3, []int{2, 1}, true, true},
		{"Aurora reads without two zones", []int{2, 2, 2}, 3, []int{2, 2}, false, true},
		{"block-4-2 without two racks", slices.Repeat([]int{1}, 8), 6, []int{1, 1}, true, true},
		{"block-4-2 without three racks", slices.Repeat([]int{1}, 8), 6, []int{1, 1, 1}, false, true},
		{"block-4-2 in three zones", []int{3, 3, 2}, 6, []int{2}, true, false},
		{"mirror-3-dc without a zone and a rack", []int{3, 3, 3}, 5, []int{3, 1}, true, true},
		{"mirror-3-dc of three nodes without a zone", []int{1, 1, 1}, 2, []int{1}, true, true},
		{"mirror-3-dc of three nodes without two", []int{1, 1, 1}, 2, []int{1, 1}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := standing(LoseNothing, false, nil, c.in...)
			p.Components[0].Capacity = Capacity{Needed: c.needed, PerCopy: 1}
			if o := after(p, c.lost...); o.Holds != c.goesOn || !o.Holds && o.Missing[0].What != LackCapacity {
				t.Errorf("%+v", o)
			}
			p = standing(LoseRegion, false, nil, c.in...)
			p.Components[0].Capacity = Capacity{Needed: c.needed, PerCopy: 1}
			if got := feasible(t, p); got != c.survives {
				t.Errorf("placed to survive the loss of any one: %v", got)
			}
		})
	}
}

// TestPublishedSpreadOfReplicas lets the search choose the places that TiDB's and MongoDB's documentation choose: of five
// replicas, in three places with room for three each, no place gets more than two.
func TestPublishedSpreadOfReplicas(t *testing.T) {
	p := standing(LoseRegion, true, slices.Repeat([]Seat{whole}, 5), 3, 3, 3)
	r, err := Search(context.Background(), p, 1000)
	if err != nil || len(r.Placements) == 0 {
		t.Fatal(r, err)
	}
	// Two, two and one, whichever place has one: 3 × (3 × 3 × 3).
	if len(r.Placements) != 81 {
		t.Errorf("%d placements", len(r.Placements))
	}
	for _, pl := range r.Placements {
		in := make([]int, 3)
		for _, i := range pl.Chosen[0] {
			in[p.Components[0].Candidates[i].Region]++
		}
		if slices.Sort(in); !slices.Equal(in, []int{1, 2, 2}) {
			t.Errorf("%v in the places", in)
		}
	}
}
