package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// WhatIf compares what is decided in two worlds: as things are, and as they would be. Make one with [Compare].
// It goes on with what the hosts held when it was made, and is safe for concurrent use.
type WhatIf struct {
	before, after *generation
	lost          []string // ids of sites and risk groups

	mu     sync.Mutex
	pairs  map[[2]*edition]*reaching
	epochs map[[2]*epoch]bool // whether a policy reads elsewhere what differs between two epochs
}

// Difference is what a change of the world does to the answer to one request.
type Difference struct {
	Request string `json:"request"` // metadata.name
	// Changed says that before and after differ.
	Changed bool `json:"changed"`
	// Decided says that the request was decided again. Nothing that is different bears on one that was not.
	Decided bool            `json:"decided"`
	Before  *SimulationSide `json:"before,omitempty"` // present if they differ
	After   *SimulationSide `json:"after,omitempty"`
	Error   string          `json:"error,omitempty"` // why there is no decision, neither before nor after
}

// SimulationSide is what a simulation compares of a decision: the verdict, the best placement and what stands in the way.
type SimulationSide struct {
	Verdict   placement.Verdict    `json:"verdict,omitempty"` // absent where there is an error
	Copies    []SimulatedCopy      `json:"copies"`
	Objective map[string]float64   `json:"objective"`
	Conflicts []placement.Conflict `json:"conflicts"`
	Current   placement.Verdict    `json:"current,omitempty"` // on where the components run today
	Error     string               `json:"error,omitempty"`   // why there is no decision
}

// SimulatedCopy is where a copy is.
type SimulatedCopy struct {
	Component string `json:"component"`
	Role      string `json:"role"`
	Site      string `json:"site"`
}

// Compare prepares to compare what two hosts decide; they may be one and the same, see [WhatIf.Lose].
func Compare(before, after *Host) (*WhatIf, error) {
	w := &WhatIf{before: before.current.Load(), after: after.current.Load(), pairs: map[[2]*edition]*reaching{}, epochs: map[[2]*epoch]bool{}}
	if w.before == nil || w.after == nil {
		return nil, ErrClosed
	}
	return w, nil
}

// Lose takes sites and risk groups from the world that would be. With a site everything is lost that is in it or hangs off it,
// with a risk group its sites and, of the private links in it, the way over them: how long what goes around takes is not known.
// It is called before the first request is compared. On an error nothing is lost.
func (w *WhatIf) Lose(names ...string) error {
	var errs []error
	for _, name := range names {
		errs = append(errs, w.after.loses(name))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	w.lost = append(w.lost, names...)
	return nil
}

// loses checks that a name is of a site or of a risk group on some day.
func (g *generation) loses(name string) error {
	known := map[string]bool{}
	for _, e := range g.editions {
		_, site := e.snap.Site(name)
		group := slices.ContainsFunc(slices.Collect(e.snap.RiskGroups()), func(r topology.RiskGroupFacts) bool { return r.ID == name })
		switch {
		case site && group:
			return fmt.Errorf("%q is both a site and a risk group; rename one of them", name)
		case site || group:
			return nil
		}
		for _, id := range e.snap.SiteIDs() {
			known[id] = true
		}
		for r := range e.snap.RiskGroups() {
			known[r.ID] = true
		}
	}
	return fmt.Errorf("there is no site or risk group %q in the topology%s", name, decode.DidYouMean(name, slices.Sorted(maps.Keys(known))))
}

// lose takes what is lost from a question.
func (w *WhatIf) lose(q *question) {
	if len(w.lost) == 0 {
		return
	}
	q.lost, q.severed = map[topology.SiteRow]bool{}, map[string]bool{}
	for _, name := range w.lost {
		if r, ok := q.snap.Site(name); ok {
			q.lost[r] = true
		}
	}
	for g := range q.snap.RiskGroups() {
		if !slices.Contains(w.lost, g.ID) {
			continue
		}
		q.severed[g.ID] = true
		for _, id := range g.Sites {
			if r, ok := q.snap.Site(id); ok {
				q.lost[r] = true
			}
		}
	}
	// A region all of whose zones are lost is lost itself.
	for r := range q.snap.Regions() {
		if n, state := q.zonesLeft(r); state == topology.Known && n == 0 {
			if all, _ := q.snap.ZoneCount(r); all > 0 {
				q.lost[r] = true
			}
		}
	}
}

// cut reports whether the private way between two sites is lost.
func (q *question) cut(a, b topology.SiteRow) bool {
	return len(q.severed) > 0 && slices.ContainsFunc(q.link(a, b).groups, func(id string) bool { return q.severed[id] })
}

// Decide compares what is decided on one request. An error means that the comparison itself failed; that a request cannot be
// decided in one of the two worlds is part of the answer.
func (w *WhatIf) Decide(ctx context.Context, req *placement.Request) (*Difference, error) {
	c, err := w.compare(ctx, req)
	if err != nil {
		return nil, err
	}
	d := &Difference{Decided: c.decided}
	if req != nil {
		d.Request = req.Metadata.Name
	}
	switch {
	case c.before == nil:
	case !c.before.same(c.after):
		d.Changed, d.Before, d.After = true, c.before, c.after
	case c.before.Error != "":
		d.Error = c.before.Error
	}
	return d, nil
}

// comparison is one request in two worlds.
type comparison struct {
	w             *WhatIf
	qb, qa        *question
	eb, ea        *epoch
	reach         *reaching
	before, after *SimulationSide
	decided       bool
}

// compare decides as little as shows what changes.
func (w *WhatIf) compare(ctx context.Context, req *placement.Request) (*comparison, error) {
	c := &comparison{w: w}
	var errB, errA error
	c.qb, c.eb, errB = w.before.ask(req)
	c.qa, c.ea, errA = w.after.ask(req)
	if errB != nil || errA != nil {
		return c, c.eachAlone(ctx, errB, errA)
	}
	c.qb.brief, c.qb.quiet = true, true
	c.qa.brief, c.qa.quiet = true, true
	w.lose(c.qa)
	c.reach = w.reaching(c.qb.edition, c.qa.edition)
	b, err := c.bears(ctx)
	if err != nil || !b.feasible && !b.choice {
		return c, err
	}
	c.decided = true
	c.qb.ifMet = !b.feasible // then what cannot be met before cannot be met after, for the same reasons
	d, err := c.qb.decide(ctx, c.eb)
	if errors.Is(err, errUnmet) {
		return c, nil
	}
	if c.before, err = side(d, err); err != nil {
		return nil, err
	}
	if c.before.Verdict == placement.Permit && (!b.choice || c.stays(b, d)) {
		c.before = nil
		return c, nil
	}
	c.after, err = side(c.qa.decide(ctx, c.ea))
	return c, err
}

// eachAlone answers a request that cannot be asked in one of the worlds.
func (c *comparison) eachAlone(ctx context.Context, errB, errA error) (err error) {
	c.decided = true
	one := func(q *question, e *epoch, failed error) (*SimulationSide, error) {
		if failed != nil {
			return side(nil, failed)
		}
		q.brief, q.quiet = true, true
		return side(q.decide(ctx, e))
	}
	if c.before, err = one(c.qb, c.eb, errB); err != nil {
		return err
	}
	if errA == nil {
		c.w.lose(c.qa)
	}
	c.after, err = one(c.qa, c.ea, errA)
	return err
}

// side is what is compared of a decision, or of there being none. What ends the whole comparison is returned as an error.
func side(d *placement.Decision, err error) (*SimulationSide, error) {
	s := &SimulationSide{Copies: []SimulatedCopy{}, Objective: map[string]float64{}, Conflicts: []placement.Conflict{}}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, guest.ErrBroken):
		return nil, err
	case err != nil:
		s.Error = err.Error()
		return s, nil
	}
	s.Verdict = d.Verdict
	s.Conflicts = append(s.Conflicts, d.Conflicts...)
	if len(d.Placements) > 0 {
		for _, x := range d.Placements[0].Copies {
			s.Copies = append(s.Copies, SimulatedCopy{x.Component, x.Role, x.Site})
		}
		s.Objective = d.Placements[0].Objective
	}
	if d.Current != nil {
		s.Current = d.Current.Verdict
	}
	return s, nil
}

// same reports whether nothing differs.
func (s *SimulationSide) same(t *SimulationSide) bool {
	return s.Verdict == t.Verdict && s.Error == t.Error && s.Current == t.Current && slices.Equal(s.Copies, t.Copies) && maps.Equal(s.Objective, t.Objective) &&
		slices.EqualFunc(s.Conflicts, t.Conflicts, func(a, b placement.Conflict) bool {
			return slices.Equal(a.Policies, b.Policies) && slices.Equal(a.Requirements, b.Requirements)
		})
}
