package solve

import (
	"context"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var orLibrary = flag.String("orlib", "", "a directory with pmed1.txt to pmed40.txt of OR-Library, for TestORLibrary to place as well")

// pMedian reads a problem in OR-Library's format: the numbers of vertices, of edges and of copies, then edges with their
// lengths. Every vertex is a site and a user; the times between them are those of the shortest paths. As its page says, of
// several edges between the same two the last counts.
func pMedian(text string) (*Problem, error) {
	r := strings.NewReader(text)
	var n, edges, copies int
	if _, err := fmt.Fscan(r, &n, &edges, &copies); err != nil {
		return nil, err
	}
	const far = 1 << 40
	d := make([][]int64, n)
	for i := range d {
		d[i] = make([]int64, n)
		for k := range d[i] {
			if i != k {
				d[i][k] = far
			}
		}
	}
	for range edges {
		var i, k int
		var length int64
		if _, err := fmt.Fscan(r, &i, &k, &length); err != nil {
			return nil, err
		}
		d[i-1][k-1], d[k-1][i-1] = length, length
	}
	for via := range n {
		for i := range n {
			for k := range n {
				d[i][k] = min(d[i][k], d[i][via]+d[via][k])
			}
		}
	}
	p := &Problem{Objectives: []Objective{Latency}}
	c := Component{Name: "median", Min: copies, Max: copies, UserFacing: true}
	for i := range n {
		p.Weights = append(p.Weights, 1)
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Zone: int64(i), Region: int64(i), Fate: int64(i), RTT: d[i]})
	}
	p.Components = []Component{c}
	return p, nil
}

// orLibraryOptima are those of pmed1 to pmed40, the uncapacitated p-median problems of J. E. Beasley, A note on solving large
// p-median problems, European Journal of Operational Research 21 (1985), 270–273, as OR-Library's file pmedopt has them
// (people.brunel.ac.uk/~mastjjb/jeb/orlib/pmedinfo.html, read on 2026-11-24; MIT licence, copyright 2010 J. E. Beasley).
var orLibraryOptima = []int64{
	5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789,
	9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013, 10400, 9934, 5057, 11060, 9423, 5128,
}

// orLibraryProven are those of which the search proves the optimum; of the others, of many sites to choose, it ends with a
// bound.
var orLibraryProven = []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 16, 17, 21, 26, 31, 35}

// TestORLibrary places problems in OR-Library's format. Its own, which are not part of this repository, are placed where -orlib
// says where they are; what is always placed is written below.
func TestORLibrary(t *testing.T) {
	for _, c := range []struct {
		name, text string
		optimum    int64
	}{
		{"two stars", "6 5 2\n1 2 1\n2 3 1\n3 4 10\n4 5 1\n5 6 1\n", 4},
		{"the last of two edges counts, and not the shorter", "6 6 2\n1 2 1\n2 3 1\n1 2 3\n3 4 10\n4 5 1\n5 6 1\n", 6},
		{"whichever end it begins with", "6 6 2\n1 2 3\n2 3 1\n2 1 1\n3 4 10\n4 5 1\n5 6 1\n", 4},
		{"a way through others is shorter", "4 4 1\n1 2 1\n2 3 1\n3 4 1\n4 1 9\n", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := placeMedian(t, c.text); r.Lower != nil || r.Placements[0].Values[0] != c.optimum {
				t.Errorf("%v, bound %v; the best is %d", r.Placements, r.Lower, c.optimum)
			}
		})
	}
	if *orLibrary == "" {
		return
	}
	for i, optimum := range orLibraryOptima {
		name := fmt.Sprintf("pmed%d.txt", i+1)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(*orLibrary, name))
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			r := placeMedian(t, string(text))
			value := r.Placements[0].Values[0]
			t.Logf("published %d, found %d, bound %v, %d nodes, %v", optimum, value, r.Lower, r.Nodes, time.Since(begin))
			switch {
			case value < optimum:
				t.Errorf("%d is better than the published optimum", value)
			case r.Lower == nil && value != optimum:
				t.Errorf("%d is said to be the best", value)
			case r.Lower != nil && r.Lower.Cmp(big.NewInt(optimum)) > 0:
				t.Errorf("nothing is said to be better than %v", r.Lower)
			case r.Lower != nil && slices.Contains(orLibraryProven, i+1):
				t.Errorf("not proved: nothing is better than %v", r.Lower)
			}
		})
	}
}

func placeMedian(t *testing.T, text string) Result {
	t.Helper()
	p, err := pMedian(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Search(context.Background(), p, 1)
	if err != nil || len(r.Placements) != 1 {
		t.Fatal(r, err)
	}
	return r
}

// TestPublishedMedian: the p-median problem of the manual of ILOG's OPL, of four customers and three warehouses of which two are
// opened, as the MiniZinc collection of H. Kjellerstrand restates it (hakank.org/minizinc/p_median.mzn): the first and the
// third, for 100 × 2 + 80 × 2 + 80 × 3 + 70 × 1.
func TestPublishedMedian(t *testing.T) {
	p := &Problem{Weights: []int64{100, 80, 80, 70}, Objectives: []Objective{Latency}}
	c := Component{Name: "warehouse", Min: 2, Max: 2, UserFacing: true}
	for i, times := range [][]int64{{2, 2, 50, 40}, {10, 10, 60, 60}, {50, 52, 3, 1}} {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Zone: int64(i), Region: int64(i), Fate: int64(i), RTT: times})
	}
	p.Components = []Component{c}
	r, err := Search(context.Background(), p, 1)
	if err != nil || len(r.Placements) != 1 || r.Lower != nil {
		t.Fatal(r, err)
	}
	if chosen := slices.Sorted(slices.Values(r.Placements[0].Chosen[0])); !slices.Equal(chosen, []int{0, 2}) || r.Placements[0].Values[0] != 670 {
		t.Errorf("%v", r.Placements)
	}
}
