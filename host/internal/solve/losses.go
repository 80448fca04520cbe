package solve

// Outcome is what remains of a placement after a loss.
type Outcome struct {
	Left   [][]int // the chosen candidates of each component that live, in role order
	Holds  bool    // every component goes on: a copy, or a majority, is left and carries the load
	Values []int64 // the objectives with what is left; nil where some component has no copy
}

// After tells what remains when gone is lost.
func (p *Problem) After(pl *Placement, gone func(component int, c *Candidate) bool) Outcome {
	out := Outcome{Left: make([][]int, len(p.Components)), Holds: true}
	total, whole := tally{sum: make([]int64, len(p.Objectives))}, true
	for i := range p.Components {
		c := &p.Components[i]
		for _, k := range pl.Chosen[i] {
			if !gone(i, &c.Candidates[k]) {
				out.Left[i] = append(out.Left[i], k)
			}
		}
		out.Holds = out.Holds && c.lives(len(pl.Chosen[i]), len(out.Left[i]))
		if len(out.Left[i]) == 0 {
			whole = false
			continue
		}
		total = p.join(total, p.tally(c, out.Left[i]))
	}
	if whole {
		out.Values = p.values(total)
	}
	return out
}

// Nearest returns the index among the component's candidates of the chosen copy nearest to user u, or
// -1 where no time is known. The earlier in role order wins a tie.
func (c *Component) Nearest(chosen []int, u int) int {
	best, at := Unknown, -1
	for _, i := range chosen {
		if t := c.Candidates[i].RTT[u]; t < best {
			best, at = t, i
		}
	}
	return at
}
