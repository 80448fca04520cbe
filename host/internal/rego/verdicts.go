package rego

import (
	"context"
	"errors"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// Verdicts is a case prepared for telling only which sites policies speak against:
// no message is made. It is safe for concurrent use.
type Verdicts struct {
	of     *Case
	blocks []verdictBlock
}

// verdictBlock is a block of rows.
type verdictBlock struct {
	sites  []SiteDoc
	index  [lane.Width]int16
	lanes  lane.Lanes
	q      *lane.Question
	inputs []lane.Value
}

// Verdicts prepares the documents of sites, which come in order of their rows.
func (c *Case) Verdicts(sites []SiteDoc) *Verdicts {
	v := &Verdicts{of: c}
	for from := 0; from < len(sites); {
		number := sites[from].Row / lane.Width
		to := from
		for to < len(sites) && sites[to].Row/lane.Width == number {
			to++
		}
		b := verdictBlock{sites: sites[from:to], q: c.engine.lanes().NewQuestion()}
		own := make([]lane.Doc, lane.Width)
		for i, s := range b.sites {
			l := s.Row % lane.Width
			b.lanes.Add(l)
			b.index[l] = int16(i)
			own[l] = s.Own
		}
		sites := b.sites
		index := b.index
		b.inputs = c.inputs(b.q, b.q.Rows(number, own, func(l int) lane.Doc {
			s := &sites[index[l]]
			if s.Row%lane.Width != l {
				return lane.Doc{}
			}
			return lane.Doc{Term: s.Term, Unknown: s.Unknown}
		}))
		v.blocks = append(v.blocks, b)
		from = to
	}
	return v
}

// Rules is how many rule bodies are asked about.
func (v *Verdicts) Rules() int {
	n := 0
	for _, p := range v.of.engine.program.policies {
		n += len(p.rules[0]) + len(p.rules[1]) + len(p.rules[2])
	}
	return n
}

// judge evaluates policies; without names, all of them. It returns how many bodies
// and sites the machine hands back, which it leaves so.
func (v *Verdicts) judge(ctx context.Context, ids []string) (left int, err error) {
	e := v.of.engine
	m := e.meter(ctx)
	env := e.env(ctx, m)
	for i := range v.blocks {
		b := &v.blocks[i]
		r := b.q.NewRun(env, e.laneLimits())
		for n, p := range e.program.policies {
			if ids != nil && !slices.Contains(ids, p.policy.ID) {
				continue
			}
			m.reset()
			r.Steps(m.limit)
			for kind := range p.rules {
				for _, body := range p.rules[kind] {
					if body.entry.vector == nil {
						r.Close()
						return 0, errors.New(body.location + ": OPA's planner cannot plan it")
					}
					a, ok, err := r.Marks(body.entry.vector, body.entry.index, b.inputs[n], b.q.Data(), b.lanes)
					if !ok && err == nil {
						a, err = r.Rule(body.entry.vector, body.entry.index, b.inputs[n], b.q.Data(), b.lanes)
					}
					if err != nil {
						r.Close()
						return 0, err
					}
					back := a.Left()
					left += back.Count()
					a.Fired()
				}
			}
		}
		r.Close()
	}
	return left, nil
}
