package solve

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A milpSolver is a program that solves mixed-integer linear programs, and how it is asked to.
type milpSolver struct {
	name string
	args func(in, out string) []string
	read func(g *program, said, solution string) (chosen map[string]bool, err error)
}

// milpSolvers are those that Debian has.
var milpSolvers = []milpSolver{
	{"cbc", func(in, out string) []string {
		return []string{in, "-ratio", "0", "-allow", "0", "-solve", "-solution", out}
	}, readCbc},
	{"glpsol", func(in, out string) []string { return []string{"--lp", in, "-w", out} }, readGlpsol},
}

// installed skips a test where a solver is not there.
func (s *milpSolver) installed(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath(s.name); err != nil {
		tb.Skipf("%s is not installed (Debian's coinor-cbc and glpk-utils bring what these tests compare with)", s.name)
	}
}

// solve runs a solver on a program; the answer is what it sets to 1, or nil if it says that nothing does.
func (s *milpSolver) solve(tb testing.TB, g *program, least linear) map[string]bool {
	tb.Helper()
	in, out := filepath.Join(tb.TempDir(), "in.lp"), filepath.Join(tb.TempDir(), "out")
	if err := os.WriteFile(in, []byte(g.text(least)), 0o600); err != nil {
		tb.Fatal(err)
	}
	return s.run(tb, g, in, out)
}

// run runs a solver on a program that is written down.
func (s *milpSolver) run(tb testing.TB, g *program, in, out string) map[string]bool {
	tb.Helper()
	said, err := exec.Command(s.name, s.args(in, out)...).CombinedOutput()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", s.name, err, said)
	}
	solution, _ := os.ReadFile(out) // glpsol writes none where there is none; read says so
	chosen, err := s.read(g, string(said), string(solution))
	if err != nil {
		text, _ := os.ReadFile(in)
		tb.Fatalf("%s: %v\n%s\n%s\n%.2000s", s.name, err, said, solution, text)
	}
	return chosen
}

// readCbc reads a status in the first line, then the variables that are not 0.
func readCbc(_ *program, said, solution string) (map[string]bool, error) {
	lines := bufio.NewScanner(strings.NewReader(solution))
	lines.Scan()
	switch {
	case strings.HasPrefix(lines.Text(), "Infeasible"), strings.HasPrefix(lines.Text(), "Integer infeasible"):
		return nil, nil
	case !strings.HasPrefix(lines.Text(), "Optimal"):
		return nil, fmt.Errorf("neither optimal nor infeasible: %q", lines.Text())
	}
	chosen := map[string]bool{}
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 {
			return nil, fmt.Errorf("a line of %d words: %q", len(f), lines.Text())
		}
		x, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			return nil, err
		}
		chosen[f[1]] = x > 0.5
	}
	return chosen, nil
}

// readGlpsol reads a status in the line "s", then the columns in order, of which the first are those of candidates.
func readGlpsol(g *program, said, solution string) (map[string]bool, error) {
	if strings.Contains(said, "PROBLEM HAS NO PRIMAL FEASIBLE SOLUTION") || strings.Contains(said, "PROBLEM HAS NO INTEGER FEASIBLE SOLUTION") || strings.Contains(said, "LP HAS NO PRIMAL FEASIBLE SOLUTION") {
		return nil, nil
	}
	chosen, optimal := map[string]bool{}, false
	for line := range strings.Lines(solution) {
		f := strings.Fields(line)
		switch {
		case len(f) > 4 && f[0] == "s":
			optimal = f[4] == "o"
		case len(f) == 3 && f[0] == "j":
			n, err := strconv.Atoi(f[1])
			if err != nil {
				return nil, err
			}
			if n <= len(g.binary) {
				chosen[g.binary[n-1]] = f[2] == "1"
			}
		}
	}
	if !optimal {
		return nil, fmt.Errorf("neither optimal nor infeasible")
	}
	return chosen, nil
}

// placement is what a solver chose.
func (g *program) placement(is map[string]bool) Placement {
	var pl Placement
	for c := range g.p.Components {
		var set []int
		for i := range g.p.Components[c].Candidates {
			if is[chosen(c, i)] {
				set = append(set, i)
			}
		}
		pl.Chosen = append(pl.Chosen, set)
	}
	pl.Values = figuresOf(g.p, &pl)
	return pl
}

// best is a best placement with so many copies of each component, found by a solver: objective after objective, or their
// weighted sum at once. It is nil if there is none.
func (s *milpSolver) best(tb testing.TB, p *Problem, copies []int, stepwise bool) *Placement {
	tb.Helper()
	g := newProgram(p, copies, stepwise)
	if p.Weighted != nil {
		var sum linear
		for o := range p.Objectives {
			sum.addAll(p.Weighted[o], g.figure[o])
		}
		is := s.solve(tb, g, sum)
		if is == nil {
			return nil
		}
		pl := g.placement(is)
		return &pl
	}
	var best *Placement
	for o := range p.Objectives {
		is := s.solve(tb, g, g.figure[o])
		if is == nil {
			if o > 0 {
				tb.Fatalf("%s: what was possible is no longer, with objective %d held", s.name, o)
			}
			return nil
		}
		pl := g.placement(is)
		best = &pl
		g.row(g.figure[o], "<=", pl.Values[o])
	}
	return best
}

// bestOfAll is the best placement with any number of copies that the problem lets.
func (s *milpSolver) bestOfAll(tb testing.TB, p *Problem, stepwise bool) (best *Placement) {
	tb.Helper()
	var copies []int
	var each func(component int)
	each = func(component int) {
		if component == len(p.Components) {
			if pl := s.best(tb, p, slices.Clone(copies), stepwise); pl != nil && (best == nil || p.compare(pl.Values, best.Values) < 0) {
				best = pl
			}
			return
		}
		for n := p.Components[component].Min; n <= p.Components[component].Max; n++ {
			copies = append(copies, n)
			each(component + 1)
			copies = copies[:component]
		}
	}
	each(0)
	return best
}

// version is the first line that a solver says of itself.
func (s *milpSolver) version() string {
	said, _ := exec.Command(s.name, map[string]string{"cbc": "-quit", "glpsol": "--version"}[s.name]).Output()
	for line := range bytes.Lines(said) {
		if text := string(bytes.TrimSpace(line)); strings.Contains(text, "ersion") || strings.Contains(text, "Solver ") {
			return text
		}
	}
	return s.name
}
