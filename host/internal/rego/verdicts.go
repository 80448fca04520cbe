package rego

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// Verdicts is a case prepared for telling only which sites policies deny: no text
// is made, and neither warnings, obligations nor scores are asked for. It is safe
// for concurrent use.
type Verdicts struct {
	of     *Case
	sites  []SiteDoc
	q      *lane.Question
	blocks []documents
}

// Verdicts prepares the documents of sites for it.
func (c *Case) Verdicts(sites []SiteDoc) (*Verdicts, error) {
	v := &Verdicts{of: c, sites: sites, q: c.engine.lanes().NewQuestion()}
	var err error
	if v.blocks, err = c.blocks(v.q, sites); err != nil {
		return nil, err
	}
	return v, nil
}

// Judge returns, policy by policy in the order of their ids, its verdict on every
// site, in the order given: that which [Case.Sites] gives, or its error.
func (v *Verdicts) Judge(ctx context.Context) ([]Verdict, error) {
	out := make([]Verdict, len(v.of.engine.policies)*len(v.sites))
	workers := min(runtime.GOMAXPROCS(0), len(v.blocks)/blocksPerWorker)
	if workers <= 1 {
		if err := v.some(ctx, v.blocks, 0, out); err != nil {
			return v.oneByOne(ctx)
		}
		return out, nil
	}
	errs := make([]error, workers)
	var wg sync.WaitGroup
	from := 0
	for w := range workers {
		blocks := v.blocks[w*len(v.blocks)/workers : (w+1)*len(v.blocks)/workers]
		at := from
		wg.Go(func() { errs[w] = v.some(ctx, blocks, at, out) })
		for i := range blocks {
			from += len(blocks[i].sites)
		}
	}
	wg.Wait()
	if errors.Join(errs...) != nil {
		return v.oneByOne(ctx)
	}
	return out, nil
}

// blocksPerWorker is for how many blocks it pays to have another processor begin.
const blocksPerWorker = 4

// some judges blocks that follow each other, the first site of which is number from.
func (v *Verdicts) some(ctx context.Context, blocks []documents, from int, out []Verdict) error {
	e := v.of.engine
	m := e.meter(ctx)
	r := v.q.NewRun(e.env(ctx, m), e.laneLimits())
	defer r.Close()
	for i := range blocks {
		if i > 0 {
			r.NextBlock()
		}
		if err := v.judge(ctx, &blocks[i], r, m, out, from); err != nil {
			return err
		}
		from += len(blocks[i].sites)
	}
	return nil
}

// judge evaluates every body of deny on one block of sites, the first of which is
// number from.
func (v *Verdicts) judge(ctx context.Context, d *documents, r *lane.Run, m *meter, out []Verdict, from int) error {
	e := v.of.engine
	data := d.q.Data()
	for n, p := range e.policies {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.reset()
		r.Steps(m.limit)
		var surely, possibly, left lane.Lanes
		marks := 0
		for _, body := range p.rules[0] {
			s, q, l, k, err := deniedBy(r, d, body, n, data)
			if err != nil {
				return err
			}
			surely.Union(&s)
			possibly.Union(&q)
			left.Union(&l)
			marks += k
		}
		if marks > e.program.limits.Findings {
			left = d.lanes // there may be too many findings at one of the sites
		}
		at := out[n*len(v.sites)+from:]
		possibly.Each(func(l int) { at[d.index[l]] = Possible })
		surely.Each(func(l int) { at[d.index[l]] = Deny })
		var err error
		left.Each(func(l int) {
			if err == nil {
				at[d.index[l]], err = v.reference(ctx, n, p, &d.sites[d.index[l]])
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deniedBy returns the lanes on which a body surely and possibly has an element,
// those on which that cannot be told here, and how many elements it has at most.
func deniedBy(r *lane.Run, d *documents, b *body, policy int, data lane.Value) (surely, possibly, left lane.Lanes, most int, err error) {
	if b.entry.vector == nil {
		return surely, possibly, d.lanes, 0, nil
	}
	a, ok, err := r.Marks(b.entry.vector, b.entry.index, d.inputs[policy], data, d.lanes)
	if err != nil || !ok {
		// What the elements are matters: they are looked at one by one.
		return surely, possibly, d.lanes, 0, err
	}
	surely, possibly = a.Fired()
	return surely, possibly, a.Left(), a.Most(), nil
}

// reference is the verdict of the reference engine.
func (v *Verdicts) reference(ctx context.Context, n int, p *compiledPolicy, site *SiteDoc) (Verdict, error) {
	if err := ctx.Err(); err != nil {
		return Permit, &EvalError{Policy: p.policy.ID, Hook: v.of.engine.hook, Site: site.ID, Location: p.policy.File, Err: err}
	}
	v.of.once.Do(func() { v.of.prepare(ctx) })
	a := v.of.engine.asking(ctx, v.of.in, n, p, site, v.of.known)
	denies, err := a.findings(ctx, 0)
	r := Result{Denies: denies}
	r.decide()
	return r.Verdict, err
}

// oneByOne asks the reference engine about every site, in their order: whatever
// goes wrong, the first that it comes to says it.
func (v *Verdicts) oneByOne(ctx context.Context) ([]Verdict, error) {
	policies := v.of.engine.policies
	out := make([]Verdict, len(policies)*len(v.sites))
	for i := range v.sites {
		for n, p := range policies {
			verdict, err := v.reference(ctx, n, p, &v.sites[i])
			if err != nil {
				return nil, err
			}
			out[n*len(v.sites)+i] = verdict
		}
	}
	return out, nil
}
