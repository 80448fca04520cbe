package host

import (
	"context"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/inputs"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Inputs returns what rules are asked with about one component of a request, and about every site of the
// topology, whether of the component's tier or not. No component named means the first. It serves the
// command's measurements; what it returns can be used inside this module alone.
func (h *Host) Inputs(ctx context.Context, req *placement.Request, component string) (*inputs.Inputs, error) {
	g := h.current.Load()
	if g == nil {
		return nil, ErrClosed
	}
	q, e, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	c, err := q.componentNamed(component)
	if err != nil {
		return nil, err
	}
	if err := q.findWay(ctx, e, c); err != nil {
		return nil, err
	}
	in := &inputs.Inputs{
		Policies: q.set, Engine: e.engine, Documents: e.engine.Documents(), Component: c.Name,
		Input: rego.Input{Request: q.request, Component: c.terms[c.kinds[0]]},
		Sites: make([]rego.SiteDoc, q.snap.Sites()),
	}
	for i := range in.Sites {
		in.Sites[i] = q.prepare(c, topology.SiteRow(i)).doc
	}
	if q.program.Has(policy.Path) {
		in.Paths = q.everyPath()
	}
	if q.program.Has(policy.Placement) {
		in.Placements, err = q.bestInScenarios(ctx, e, c)
	}
	return in, err
}

// everyPath is what rules see of the paths between any two regions.
func (q *question) everyPath() (out []rego.SiteDoc) {
	for from := range q.snap.Regions() {
		for to := range q.snap.Regions() {
			if from != to {
				d := q.pathDoc(passage{from, to})
				out = append(out, rego.SiteDoc{ID: q.snap.SiteID(from) + " to " + q.snap.SiteID(to), Term: d.Term, Unknown: d.Unknown})
			}
		}
	}
	return out
}

// bestInScenarios is what rules see of the best placement as it stands and in every scenario, whatever they say of it; nil
// if there is none.
func (q *question) bestInScenarios(ctx context.Context, e *epoch, c *component) ([]rego.SiteDoc, error) {
	sites := make([][]judged, len(q.components))
	var err error
	for i := range q.components {
		if sites[i], _, err = q.judge(ctx, e, i); err != nil {
			return nil, err
		}
	}
	p := q.problem(sites, assuming, demands{})
	found, err := solve.Search(ctx, p, 1)
	if err != nil || len(found.Placements) == 0 {
		return nil, err
	}
	f := q.footing(p, &found.Placements[0])
	s := f.standing(q.called(c.Name))
	docs := []rego.SiteDoc{s.document(nil)}
	for _, l := range f.losses() {
		docs = append(docs, s.document(&l))
	}
	return docs, nil
}

// componentNamed finds a component by its name; "" is the first one.
func (q *question) componentNamed(name string) (*component, error) {
	if name == "" {
		return &q.components[0], nil
	}
	var names []string
	for i := range q.components {
		if q.components[i].Name == name {
			return &q.components[i], nil
		}
		names = append(names, q.components[i].Name)
	}
	return nil, fmt.Errorf("request %q has no component %q%s", q.req.Metadata.Name, name, decode.DidYouMean(name, names))
}
