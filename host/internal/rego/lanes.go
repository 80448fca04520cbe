package rego

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
	"github.com/bailiwick-dev/bailiwick/host/policy"
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

// blockEnd is where the sites end that are judged together with the one at from. Sites
// come in order of rows, so those of one block follow each other.
func (e *Engine) blockEnd(sites []SiteDoc, from int) int {
	if !e.byRows() {
		return min(len(sites), from+lane.Width)
	}
	to := from + 1
	for to < len(sites) && sites[to].Row/lane.Width == sites[from].Row/lane.Width {
		to++
	}
	return to
}

// byLanes judges many sites at once; false if that ends in an error.
func (c *Case) byLanes(ctx context.Context, sites []SiteDoc) (out [][]Result, ok bool) {
	out = make([][]Result, len(sites))
	q := c.engine.lanes().NewQuestion()
	blocks, err := c.blocks(q, sites)
	if err != nil {
		return nil, false
	}
	m := c.engine.meter(ctx)
	run := q.NewRun(c.engine.env(ctx, m), c.engine.laneLimits())
	defer run.Close()
	from := 0
	for i := range blocks {
		d := &blocks[i]
		b := &block{documents: d, ctx: ctx, meter: m, run: run, found: make([]collector, len(d.sites))}
		if err := b.judge(out[from : from+len(d.sites)]); err != nil {
			return nil, false
		}
		run.NextBlock()
		from += len(d.sites)
	}
	return out, true
}

// blocks makes the documents of sites, block by block: all of them before any is
// judged, see [lane.World.NewQuestion].
func (c *Case) blocks(q *lane.Question, sites []SiteDoc) (out []documents, err error) {
	for from := 0; from < len(sites); {
		to := c.engine.blockEnd(sites, from)
		d, err := c.documents(q, sites[from:to])
		if err != nil {
			return nil, err
		}
		out = append(out, *d)
		from = to
	}
	return out, nil
}

// documents are what policies see of the sites of one block.
type documents struct {
	*Case
	sites  []SiteDoc
	index  [lane.Width]int16 // of the site on each lane
	lanes  lane.Lanes
	q      *lane.Question
	inputs []lane.Value // by policy
}

// documents makes the documents of sites that are all of one block.
func (c *Case) documents(q *lane.Question, sites []SiteDoc) (*documents, error) {
	d := &documents{Case: c, sites: sites, q: q}
	rows := c.engine.byRows()
	last := 0
	for i := range sites {
		l := i
		if rows {
			l = sites[i].Row % lane.Width
		}
		if d.lanes.Has(l) {
			return nil, errors.New("a site is asked about twice")
		}
		d.index[l] = int16(i)
		d.lanes.Add(l)
		last = max(last, l)
	}
	docs := make([]lane.Doc, last+1)
	d.lanes.Each(func(l int) {
		if docs[l] = sites[d.index[l]].Own; !rows {
			docs[l] = d.whole(l)
		}
	})
	d.inputs = c.inputs(d.q, d.lanesOf(docs))
	return d, nil
}

// whole is the document of a lane's site.
func (d *documents) whole(l int) lane.Doc {
	if !d.lanes.Has(l) {
		return lane.Doc{}
	}
	s := &d.sites[d.index[l]]
	return lane.Doc{Term: s.Term, Unknown: s.Unknown}
}

// inputs makes the document input of every policy.
func (c *Case) inputs(q *lane.Question, subject []lane.Field) []lane.Value {
	fields := append([]lane.Field{
		{Name: "component", Value: q.Known(termOf(c.in.Component))},
		{Name: "request", Value: q.Known(termOf(c.in.Request))},
		{Name: "settings"},
	}, subject...)
	slices.SortFunc(fields, func(a, b lane.Field) int { return strings.Compare(a.Name, b.Name) })
	at := slices.IndexFunc(fields, func(f lane.Field) bool { return f.Name == "settings" })
	out := make([]lane.Value, len(c.engine.policies))
	for i, p := range c.engine.policies {
		fields[at].Value = q.Known(p.settings)
		out[i] = q.Object(c.tag(i), fields...)
	}
	return out
}

// tag is the same for inputs of one policy that differ by the site alone; 0 where they differ by more.
func (c *Case) tag(policyNumber int) int {
	if c.engine.hook != policy.Site {
		return 0
	}
	return policyNumber + 1
}

// block is the evaluation of sites of one block.
type block struct {
	*documents
	ctx   context.Context
	meter *meter
	run   *lane.Run
	found []collector // by site
}

// judge judges all lanes by every policy.
func (b *block) judge(out [][]Result) error {
	for i, p := range b.engine.policies {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		b.meter.reset()
		b.run.Steps(b.meter.limit)
		if err := b.policy(i, p, out); err != nil {
			return err
		}
	}
	return nil
}

// policy judges all lanes by one policy.
func (b *block) policy(n int, p *compiledPolicy, out [][]Result) error {
	for i := range out {
		if out[i] == nil {
			out[i] = make([]Result, 0, len(b.engine.policies))
		}
		out[i] = append(out[i], Result{Policy: p.policy, Facts: p.facts})
	}
	for kind := range kindNames {
		if len(p.rules[kind]) == 0 {
			continue
		}
		for i := range b.found {
			b.found[i] = collector{limits: b.engine.program.limits, found: b.found[i].found[:0]}
		}
		for _, body := range p.rules[kind] {
			if err := b.body(n, p, body); err != nil {
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
	return b.score(n, p, out)
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
func (b *block) body(n int, p *compiledPolicy, body *body) error {
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, b.inputs[n], b.q.Data(), b.lanes)
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
			_, shown := plan.Shown(m.Value)
			unsure = unsure || !m.Sure || !shown
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
func (b *block) score(n int, p *compiledPolicy, out [][]Result) error {
	body := p.score
	left := b.lanes
	if body.entry.vector != nil {
		answer, err := b.run.Rule(body.entry.vector, body.entry.index, b.inputs[n], b.q.Data(), b.lanes)
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
