package solve

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

// regions places three copies in the catalogue's regions, those of restricted partitions included, for the 200 largest
// cities it lists, weighted by thousands of people. Times are those that decisions count with; to regions whose place is
// not published they are unknown.
func regions(tb testing.TB) *Problem {
	tb.Helper()
	top, err := topology.Load(topology.Input{FS: aws.FS()})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		tb.Fatal(err)
	}
	var users []topology.PopulationRow
	weight := func(p topology.PopulationRow) int64 { return int64(s.PopulationFacts(p).Weight+500) / 1000 }
	for i := range s.Populations() {
		if p := topology.PopulationRow(i); s.PopulationFacts(p).Kind == "metro" {
			users = append(users, p)
		}
	}
	slices.SortStableFunc(users, func(a, b topology.PopulationRow) int { return cmp.Compare(weight(b), weight(a)) })
	users = users[:200]
	p := &Problem{Objectives: []Objective{Latency}}
	for _, u := range users {
		p.Weights = append(p.Weights, weight(u))
	}
	c := Component{Name: "api", Min: 3, Max: 3, UserFacing: true}
	for r := range s.Regions() {
		if status, _ := s.Status(r); status != "available" && status != "restricted" {
			continue
		}
		x := Candidate{Site: uint32(r), Zone: int64(r), Region: int64(r), Fate: int64(r)}
		for _, u := range users {
			reach := s.Access(topology.User{Population: u}, r)
			if x.RTT = append(x.RTT, int64(reach.Micros)); reach.Basis == topology.UnknownBasis {
				x.RTT[len(x.RTT)-1] = Unknown
			}
		}
		c.Candidates = append(c.Candidates, x)
	}
	p.Components = []Component{c}
	return p
}

// TestRegionsAgainstMILP places three copies in the catalogue's 46 regions for 200 cities, and finds what solvers do.
func TestRegionsAgainstMILP(t *testing.T) {
	p := regions(t)
	if n := len(p.Components[0].Candidates); n != 46 || len(p.Weights) != 200 {
		t.Fatalf("%d regions and %d cities", n, len(p.Weights))
	}
	got, err := Search(context.Background(), p, 1)
	if err != nil || len(got.Placements) != 1 || got.Lower != nil {
		t.Fatal(got, err)
	}
	for _, s := range milpSolvers {
		t.Run(s.name, func(t *testing.T) {
			s.installed(t)
			if want := s.best(t, p, []int{3}, s.name == "glpsol"); want == nil || p.compare(want.Values, got.Placements[0].Values) != 0 {
				t.Errorf("(-%s +search):\n%s", s.name, gocmp.Diff(want, &got.Placements[0]))
			}
		})
	}
}

// BenchmarkMILP places three copies in the catalogue's regions, by the search and by every solver that is installed, in both
// formulations. A solver's time is that of its process, which reads the program as well; each reports how many times as
// long as the search it takes.
func BenchmarkMILP(b *testing.B) {
	for _, of := range []struct {
		name string
		p    *Problem
	}{{"catalogue", regions(b)}, {"scattered", scattered(46, 200, 3, 0, 0.5)}} {
		var search time.Duration
		b.Run(of.name+"/search", func(b *testing.B) {
			begin := time.Now()
			for b.Loop() {
				if r, err := Search(context.Background(), of.p, 1); err != nil || r.Lower != nil {
					b.Fatal(err, r.Lower)
				}
			}
			search = time.Since(begin) / time.Duration(b.N)
		})
		for _, s := range milpSolvers {
			for _, stepwise := range []bool{false, true} {
				b.Run(of.name+"/"+s.name+map[bool]string{false: ", who serves whom", true: ", steps outwards"}[stepwise], func(b *testing.B) {
					s.installed(b)
					g := newProgram(of.p, []int{3}, stepwise)
					dir := b.TempDir()
					in, out := filepath.Join(dir, "in.lp"), filepath.Join(dir, "out")
					if err := os.WriteFile(in, []byte(g.text(g.figure[0])), 0o600); err != nil {
						b.Fatal(err)
					}
					begin := time.Now()
					for b.Loop() {
						if s.run(b, g, in, out) == nil {
							b.Fatal("no placement")
						}
					}
					b.ReportMetric(float64(time.Since(begin))/float64(b.N)/float64(search), "×search")
				})
			}
		}
	}
}
