package rego

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// lanes returns the documents as the lane machine reads them, made when they are
// first needed.
func (e *Engine) lanes() *lane.World {
	e.worldOnce.Do(func() {
		d := lane.Data{Topology: e.docs.Topology, Gaps: plan.Under("topology", e.topologyGaps)}
		for _, r := range e.docs.Rows {
			d.Rows = append(d.Rows, lane.Doc{Term: r.Term, Unknown: r.Unknown})
			d.Keys = append(d.Keys, r.ID)
		}
		e.world = lane.NewWorld(d, e.program.vectors...)
	})
	return e.world
}

// Sites judges many sites at once, and returns the results of each, in the order
// given: what [Case.Site] would return for it, to the letter.
func (c *Case) Sites(ctx context.Context, sites []SiteDoc) ([][]Result, error) {
	out := make([][]Result, len(sites))
	blocks := map[int][]int{}
	var order []int
	for i := range sites {
		b := i / lane.Width
		if c.engine.docs.Rows != nil {
			b = sites[i].Row / lane.Width
		}
		if blocks[b] == nil {
			order = append(order, b)
		}
		blocks[b] = append(blocks[b], i)
	}
	for _, b := range order {
		if err := c.block(ctx, b, blocks[b], sites, out); err != nil {
			// Whatever went wrong, the site that the reference comes to first says it.
			for i := range sites {
				if out[i], err = c.Site(ctx, sites[i]); err != nil {
					return nil, err
				}
			}
			return out, nil
		}
	}
	return out, nil
}

// block is the evaluation of some of the sites of one block.
type block struct {
	*Case
	ctx   context.Context
	run   *lane.Run
	all   []SiteDoc
	at    []int // index of the site on each lane; -1: none
	lanes lane.Lanes
	site  lane.Value
}

// block judges the sites with these indexes, all of one block of rows.
func (c *Case) block(ctx context.Context, number int, which []int, all []SiteDoc, out [][]Result) error {
	m := c.engine.meter(ctx)
	r := c.engine.lanes().NewRun(c.engine.env(ctx, m), m.limit)
	defer r.Close()
	b := &block{Case: c, ctx: ctx, run: r, all: all, at: make([]int, lane.Width)}
	for i := range b.at {
		b.at[i] = -1
	}
	rows := c.engine.docs.Rows != nil
	for n, i := range which {
		l := n
		if rows {
			l = all[i].Row % lane.Width
		}
		b.at[l] = i
		b.lanes.Add(l)
	}
	b.site = b.documents(number, rows)
	for i, p := range c.engine.program.policies {
		m.reset()
		r.Steps(m.limit)
		if err := b.policy(i, p, out); err != nil {
			return err
		}
	}
	return nil
}

// documents makes input.site of all lanes.
func (b *block) documents(number int, rows bool) lane.Value {
	docs := make([]lane.Doc, lane.Width)
	if !rows {
		for l, i := range b.at {
			if i >= 0 {
				docs[l] = lane.Doc{Term: b.all[i].Term, Unknown: b.all[i].Unknown}
			}
		}
		return b.run.Documents(docs)
	}
	for l, i := range b.at {
		if i >= 0 {
			docs[l] = b.all[i].Own
		}
	}
	return b.run.Rows(number, docs, func(l int) lane.Doc {
		if i := b.at[l]; i >= 0 {
			return lane.Doc{Term: b.all[i].Term, Unknown: b.all[i].Unknown}
		}
		return lane.Doc{}
	})
}

// policy judges all lanes by one policy.
func (b *block) policy(n int, p *compiledPolicy, out [][]Result) error {
	input := b.run.Object(
		lane.Field{Name: "component", Value: b.run.Known(termOf(b.in.Component))},
		lane.Field{Name: "request", Value: b.run.Known(termOf(b.in.Request))},
		lane.Field{Name: "settings", Value: b.run.Known(p.settings)},
		lane.Field{Name: "site", Value: b.site},
	)
	results := make([]Result, lane.Width)
	for kind := range kindNames {
		found := make([]collector, lane.Width)
		for _, body := range p.rules[kind] {
			if err := b.body(n, p, body, input, found); err != nil {
				return err
			}
		}
		b.lanes.Each(func(l int) {
			r := &results[l]
			*[3]*[]Finding{&r.Denies, &r.Warnings, &r.Obligations}[kind] = found[l].sorted()
		})
	}
	if p.score != nil {
		if err := b.score(n, p, input, results); err != nil {
			return err
		}
	}
	b.lanes.Each(func(l int) {
		r := &results[l]
		r.Policy, r.Facts = p.policy, p.facts
		r.decide()
		out[b.at[l]] = append(out[b.at[l]], *r)
	})
	return nil
}

func termOf(t *ast.Term) *ast.Term {
	if t == nil {
		return ast.ObjectTerm()
	}
	return t
}

// reference returns what asks the reference engine about the site of a lane.
func (b *block) reference(n int, p *compiledPolicy, l int) *asking {
	return b.engine.asking(b.ctx, b.in, n, p, &b.all[b.at[l]], b.known)
}

// body adds what one body yields on all lanes.
func (b *block) body(n int, p *compiledPolicy, body *body, input lane.Value, found []collector) error {
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, input, b.run.Data(), b.lanes)
		if err != nil {
			return err
		}
		left = answer.Left()
		possibly, err := b.members(p, body, answer, found)
		if err != nil {
			return err
		}
		for _, l := range possibly {
			left.Add(l)
		}
	}
	var err error
	left.Each(func(l int) {
		if err == nil {
			c := &found[l]
			c.limits = b.engine.program.limits
			err = b.reference(n, p, l).body(b.ctx, c, body)
		}
	})
	return err
}

// members adds the elements that a body yields. It returns the lanes of which it
// cannot tell.
func (b *block) members(p *compiledPolicy, body *body, answer lane.Answer, found []collector) (left []int, err error) {
	answer.Each(func(l int, members []plan.Member, more bool) {
		if err != nil {
			return
		}
		c := &found[l]
		c.limits = b.engine.program.limits
		unsure := more
		for _, m := range members {
			unsure = unsure || !m.Sure
		}
		var unknown missing
		if unsure {
			if unknown = b.engine.unknown(body.reads, &b.all[b.at[l]]); len(unknown) == 0 {
				left = append(left, l)
				return
			}
		}
		err = c.addMembers(members, more, body, unknown, b.all[b.at[l]].ID)
	})
	return left, err
}

// score adds the policy's score of all lanes.
func (b *block) score(n int, p *compiledPolicy, input lane.Value, results []Result) error {
	body := p.score
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, input, b.run.Data(), b.lanes)
		if err != nil {
			return err
		}
		left = answer.Left()
		surely, _ := answer.Defined()
		surely.Each(func(l int) {
			if t, known := plan.Known(answer.Value(l)); known && err == nil {
				results[l].Score, err = readScore(t)
			}
		})
		if err != nil {
			return err
		}
	}
	var err error
	left.Each(func(l int) {
		if err == nil {
			results[l].Score, err = b.reference(n, p, l).score(b.ctx)
		}
	})
	return err
}
