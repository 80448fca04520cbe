package host

import (
	"context"
	"errors"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Choice says whether a site that is permitted is chosen, and what it costs to choose it.
type Choice struct {
	Chosen bool               `json:"chosen"`           // the best placement has a copy of the component here
	Best   map[string]float64 `json:"best,omitempty"`   // objective of the best placement
	Forced map[string]float64 `json:"forced,omitempty"` // objective of the best one that has a copy with data of the component here
	Copies []placement.Copy   `json:"copies,omitempty"` // of that one
	Note   string             `json:"note,omitempty"`   // why there is none, or why it may not be the best
}

// layout is a request's sites, judged, and its best placement.
type layout struct {
	q     *question
	sites [][]judged
	p     *solve.Problem
	best  *solve.Placement // nil: the request is not permitted
}

// layout finds the best placement of the request.
func (q *question) layout(ctx context.Context, e *epoch) (*layout, error) {
	l := &layout{q: q, sites: make([][]judged, len(q.components))}
	for i := range q.components {
		var err error
		if l.sites[i], _, err = q.judge(ctx, e, i); err != nil {
			return nil, err
		}
	}
	l.p = q.problem(l.sites, q.stance(), demands{})
	found, err := q.search(ctx, l.p, q.stance())
	if errors.Is(err, errAllRefused) {
		return l, nil
	}
	if err != nil {
		return nil, q.tooLarge(err)
	}
	if len(found.Placements) > 0 {
		l.best = &found.Placements[0]
	}
	return l, nil
}

// choice says what choosing a site for component i takes.
func (l *layout) choice(ctx context.Context, i int, row topology.SiteRow) (*Choice, error) {
	out := &Choice{}
	if l.best == nil {
		out.Note = "the request as a whole is not permitted, so that nothing is chosen: see decide"
		return out, nil
	}
	out.Best, _ = l.q.objectives(l.best.Values)
	out.Chosen = slices.ContainsFunc(l.best.Chosen[i], func(k int) bool { return l.p.Components[i].Candidates[k].Site == uint32(row) })
	if out.Chosen {
		return out, nil
	}
	pl, ended, err := l.forced(ctx, i, row)
	switch {
	case err != nil:
		return nil, err
	case pl == nil && ended:
		out.Note = "to find a placement with a copy here takes too long"
	case pl == nil:
		out.Note = "no placement that meets all requirements has a copy with data here"
	default:
		out.Forced, _ = l.q.objectives(pl.Values)
		out.Copies = l.q.copies(l.p, pl)
		if ended {
			out.Note = "the search for it ended early: there may be a better one"
		}
	}
	return out, nil
}

// forced is the best placement that has a copy with data of component i at a site: a caller there that waits for nobody else.
// ended reports that it may not be the best.
func (l *layout) forced(ctx context.Context, i int, row topology.SiteRow) (best *solve.Placement, ended bool, err error) {
	here := solve.Candidate{
		Site: uint32(row), Zone: -1, Region: -1, Fate: -1, Country: -1, RTT: make([]int64, len(l.p.Weights)),
	}
	p := *l.p
	p.Steps = relaxationSteps
	p.Components = append(slices.Clone(l.p.Components), solve.Component{Name: "here", Candidates: []solve.Candidate{here}, Min: 1, Max: 1})
	p.Calls = append(slices.Clone(l.p.Calls), solve.Call{From: len(l.p.Components), To: i, MaxMicros: 1, RTT: func(_, to *solve.Candidate) int64 {
		if to.Site == uint32(row) {
			return 0
		}
		return solve.Unknown
	}})
	want := 1
	if l.q.asksOfWholes() {
		want = 16
	}
	for _, n := range l.numbers() {
		for k := range n {
			p.Components[k].Min, p.Components[k].Max = n[k].Min, n[k].Max
		}
		found, err := solve.Search(ctx, &p, want)
		if errors.Is(err, solve.ErrTooLarge) {
			ended = true
			continue
		}
		if err != nil {
			return nil, false, err
		}
		ended = ended || found.Lower != nil
		kept, err := l.pass(ctx, found.Placements)
		if err != nil {
			return nil, false, err
		}
		ended = ended || kept == nil && len(found.Placements) == want && want > 1
		if kept != nil && (best == nil || l.q.compare(kept.Values, best.Values) < 0) {
			best = kept
		}
	}
	return best, ended, nil
}

// numbers are the numbers of copies to look at one by one: of the mean of carbon, to which the caller would count, only the
// number of copies is to be the same in all that are compared.
func (l *layout) numbers() [][]placement.Copies {
	out := [][]placement.Copies{nil}
	for i := range l.q.components {
		c := l.q.components[i].Copies
		var next [][]placement.Copies
		for _, n := range out {
			if !slices.Contains(l.p.Objectives, solve.Carbon) || len(out)*(c.Max-c.Min+1) > maxNumbers {
				next = append(next, append(slices.Clip(n), c))
				continue
			}
			for k := c.Min; k <= c.Max; k++ {
				next = append(next, append(slices.Clip(n), placement.Copies{Min: k, Max: k}))
			}
		}
		out = next
	}
	return out
}

// maxNumbers bounds how many numbers of copies are looked at one by one.
const maxNumbers = 32

// pass is the first of some placements that no policy refuses, without the caller.
func (l *layout) pass(ctx context.Context, list []solve.Placement) (*solve.Placement, error) {
	for k := range list {
		list[k].Chosen = list[k].Chosen[:len(l.p.Components)]
		list[k].Values = l.p.After(&list[k], func(int, *solve.Candidate) bool { return false }).Values
	}
	if len(list) == 0 || !l.q.asksOfWholes() {
		return first(list), nil
	}
	opinions, err := l.q.judgeWholes(ctx, l.p, list)
	if err != nil {
		return nil, err
	}
	for k := range list {
		if len(opinions[k].against(l.q.stance(), nil)) == 0 {
			return &list[k], nil
		}
	}
	return nil, nil
}

func first(list []solve.Placement) *solve.Placement {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}
