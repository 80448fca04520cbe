package rego

import (
	"context"
	"errors"

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

func (e *Engine) laneLimits() lane.Limits {
	l := e.program.limits
	return lane.Limits{Steps: l.Steps, Text: min(l.ValueBytes, l.MessageBytes)}
}

// byLanes judges many sites at once; false if that ends in an error.
func (c *Case) byLanes(ctx context.Context, sites []SiteDoc) (out [][]Result, ok bool) {
	out = make([][]Result, len(sites))
	rows := c.engine.docs.Rows != nil
	for from := 0; from < len(sites); {
		// Sites come in order of rows, so those of one block follow each other.
		to, number := from+1, 0
		if rows {
			number = sites[from].Row / lane.Width
		}
		for to < len(sites) && (rows && sites[to].Row/lane.Width == number || !rows && to-from < lane.Width) {
			to++
		}
		if err := c.block(ctx, number, sites[from:to], out[from:to]); err != nil {
			return nil, false
		}
		from = to
	}
	return out, true
}

// block is the evaluation of sites of one block of rows.
type block struct {
	*Case
	ctx   context.Context
	run   *lane.Run
	sites []SiteDoc
	index [lane.Width]int16 // of the site on each lane
	lanes lane.Lanes
	site  lane.Value
	data  lane.Value
	found []collector // by site
}

// block judges sites that are all of one block of rows.
func (c *Case) block(ctx context.Context, number int, sites []SiteDoc, out [][]Result) error {
	m := c.engine.meter(ctx)
	q := c.engine.lanes().NewQuestion()
	b := &block{Case: c, ctx: ctx, data: q.Data(), sites: sites, found: make([]collector, len(sites))}
	rows := c.engine.docs.Rows != nil
	last := 0
	for i := range sites {
		l := i
		if rows {
			l = sites[i].Row % lane.Width
		}
		if b.lanes.Has(l) {
			return errors.New("a site is asked about twice")
		}
		b.index[l] = int16(i)
		b.lanes.Add(l)
		last = max(last, l)
	}
	docs := make([]lane.Doc, last+1)
	b.lanes.Each(func(l int) {
		if docs[l] = sites[b.index[l]].Own; !rows {
			docs[l] = b.whole(l)
		}
	})
	if rows {
		b.site = q.Rows(number, docs, b.whole)
	} else {
		b.site = q.Documents(docs)
	}
	inputs := c.inputs(q, b.site)
	b.run = q.NewRun(c.engine.env(ctx, m), c.engine.laneLimits())
	defer b.run.Close()
	for i, p := range c.engine.program.policies {
		m.reset()
		b.run.Steps(m.limit)
		if err := b.policy(i, p, inputs[i], out); err != nil {
			return err
		}
	}
	return nil
}

// inputs makes the document input of every policy.
func (c *Case) inputs(q *lane.Question, site lane.Value) []lane.Value {
	fields := []lane.Field{
		{Name: "component", Value: q.Known(termOf(c.in.Component))}, {Name: "request", Value: q.Known(termOf(c.in.Request))},
		{}, {Name: "site", Value: site},
	}
	out := make([]lane.Value, len(c.engine.program.policies))
	for i, p := range c.engine.program.policies {
		fields[2] = lane.Field{Name: "settings", Value: q.Known(p.settings)}
		out[i] = q.Object(fields...)
	}
	return out
}

// whole is the document of a lane's site.
func (b *block) whole(l int) lane.Doc {
	if !b.lanes.Has(l) {
		return lane.Doc{}
	}
	s := &b.sites[b.index[l]]
	return lane.Doc{Term: s.Term, Unknown: s.Unknown}
}

// policy judges all lanes by one policy.
func (b *block) policy(n int, p *compiledPolicy, input lane.Value, out [][]Result) error {
	for i := range out {
		if out[i] == nil {
			out[i] = make([]Result, 0, len(b.engine.program.policies))
		}
		out[i] = append(out[i], Result{Policy: p.policy, Facts: p.facts})
	}
	for kind := range kindNames {
		for i := range b.found {
			b.found[i] = collector{limits: b.engine.program.limits}
		}
		for _, body := range p.rules[kind] {
			if err := b.body(n, p, body, input); err != nil {
				return err
			}
		}
		for i := range out {
			r := &out[i][n]
			*[3]*[]Finding{&r.Denies, &r.Warnings, &r.Obligations}[kind] = b.found[i].sorted()
		}
	}
	for i := range out {
		out[i][n].decide()
	}
	if p.score == nil {
		return nil
	}
	return b.score(n, p, input, out)
}

func termOf(t *ast.Term) *ast.Term {
	if t == nil {
		return ast.ObjectTerm()
	}
	return t
}

// asking asks the reference engine about the site of a lane.
func (b *block) asking(n int, p *compiledPolicy, l int) *asking {
	b.once.Do(func() { b.prepare(b.ctx) })
	return b.engine.asking(b.ctx, b.in, n, p, &b.sites[b.index[l]], b.known)
}

// body adds what one body yields on all lanes.
func (b *block) body(n int, p *compiledPolicy, body *body, input lane.Value) error {
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, input, b.data, b.lanes)
		if err != nil {
			return err
		}
		left = answer.Left()
		possibly, err := b.members(body, answer)
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
			err = b.asking(n, p, l).body(b.ctx, &b.found[b.index[l]], body)
		}
	})
	return err
}

// members adds the elements that a body yields. It returns the lanes of which it
// cannot tell.
func (b *block) members(body *body, answer lane.Answer) (left []int, err error) {
	answer.Each(func(l int, members []plan.Member, more bool) {
		if err != nil {
			return
		}
		site := &b.sites[b.index[l]]
		unsure := more
		for _, m := range members {
			unsure = unsure || !m.Sure
		}
		var unknown missing
		if unsure {
			if unknown = b.engine.unknown(body.reads, site); len(unknown) == 0 {
				left = append(left, l)
				return
			}
		}
		err = b.found[b.index[l]].addMembers(members, more, body, unknown, site.ID)
	})
	return left, err
}

// score adds the policy's score of all lanes.
func (b *block) score(n int, p *compiledPolicy, input lane.Value, out [][]Result) error {
	body := p.score
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, input, b.data, b.lanes)
		if err != nil {
			return err
		}
		left = answer.Left()
		surely, _ := answer.Defined()
		surely.Each(func(l int) {
			if t, known := plan.Known(answer.Value(l)); known && err == nil {
				out[b.index[l]][n].Score, err = readScore(t)
			}
		})
		if err != nil {
			return err
		}
	}
	var err error
	left.Each(func(l int) {
		if err == nil {
			out[b.index[l]][n].Score, err = b.asking(n, p, l).score(b.ctx)
		}
	})
	return err
}
