package rego

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// bodiesPackage holds a rule of its own for every body, for planning only. No
// module can use the name, and no rule can see it: what reads all of data would
// read itself.
const bodiesPackage = "#bodies"

// entry is a body as a rule of a plan.
type entry struct {
	program *plan.Program // nil: OPA's planner cannot plan the body
	vector  *lane.Program // the same for all sites at once
	index   int
}

// planBodies plans every body as a rule of its own, all together: they share
// what they refer to. A body that OPA's planner cannot plan takes none of the
// others with it, so where all fail each is tried alone.
func (p *Program) planBodies(rules map[*body]*ast.Rule) {
	var all []*body
	p.eachBody(func(b *body) { all = append(all, b) })
	if len(all) == 0 || p.planTogether(all, rules) == nil {
		return
	}
	for i := range all {
		// What cannot be planned stays open wherever a fact it reads is unknown.
		all[i].refused = p.planTogether(all[i:i+1], rules)
	}
}

func (p *Program) planTogether(bodies []*body, rules map[*body]*ast.Rule) error {
	pkg := ast.Ref{ast.DefaultRootDocument, ast.StringTerm(bodiesPackage)}
	m := &ast.Module{Package: &ast.Package{Path: pkg}}
	for i, b := range bodies {
		r := rules[b].Copy()
		name := ast.Var(bodyName(i))
		r.Head.Name, r.Head.Reference, r.Module = name, ast.Ref{ast.NewTerm(name)}, m
		m.Rules = append(m.Rules, r)
	}
	p.compiler.Modules[bodiesPackage] = m
	defer delete(p.compiler.Modules, bodiesPackage)
	planned, err := plan.Plan(p.compiler, ast.NewBody(ast.NewExpr(ast.NewTerm(pkg))))
	if err != nil {
		return err
	}
	entries := make([]int, 0, len(bodies))
	for i, b := range bodies {
		index, ok := planned.Index(bodiesPackage, bodyName(i))
		if !ok {
			return fmt.Errorf("%s: OPA's planner left the body out", b.location)
		}
		b.entry = entry{program: planned, index: index}
		entries = append(entries, index)
	}
	vector := lane.Compile(planned, entries...)
	for _, b := range bodies {
		b.entry.vector = vector
	}
	p.vectors = append(p.vectors, vector)
	return nil
}

func bodyName(i int) string { return fmt.Sprintf("b%d", i) }

// gaps tells what is unknown of data: of the topology's tables, and of any site.
func (docs Documents) gaps() *plan.Gaps {
	g := plan.NewGaps(docs.TopologyUnknown)
	if docs.SiteUnknown != nil {
		var made sync.Map // by site: asked for at every site that looks at others
		g = g.With("sites", func(id string) *plan.Gaps {
			if v, ok := made.Load(id); ok {
				return v.(*plan.Gaps)
			}
			v, _ := made.LoadOrStore(id, plan.NewGaps(docs.SiteUnknown(id)))
			return v.(*plan.Gaps)
		})
	}
	return g
}

// planned prepares the evaluation of a plan at the site.
func (a *asking) planned(ctx context.Context, p *plan.Program) *plan.Run {
	if a.runs[p] != nil {
		return a.runs[p]
	}
	input := plan.NewObject(append([]plan.Pair{
		{Key: keyRequest, Value: orEmpty(a.in.Request)},
		{Key: keyComponent, Value: orEmpty(a.in.Component)},
		{Key: keySettings, Value: a.policy.settings},
	}, a.plannedOf(a.site)...)...)
	data := plan.NewObject(plan.Pair{Key: keyTopology, Value: plan.NewDoc(a.docs.Topology, a.topologyGaps)})
	if a.runs == nil {
		a.runs = map[*plan.Program]*plan.Run{}
	}
	a.runs[p] = p.NewRun(a.env(ctx, a.meter), input, data)
	return a.runs[p]
}

// env is what evaluations of plans need from their surroundings.
func (e *Engine) env(ctx context.Context, m *meter) plan.Env {
	return plan.Env{
		Builtin: func(name string) topdown.BuiltinFunc {
			if b := cappedBuiltins[cappedRef(name).String()]; b != nil {
				return b.Func
			}
			return topdown.GetBuiltin(name)
		},
		Context:  topdown.BuiltinContext{Context: ctx, Metrics: noMetrics, Cancel: m, Time: ast.InternedTerm(1)},
		Strict:   true,
		Step:     m.step,
		Bytes:    m.bytes,
		TooLarge: ErrSize,
	}
}

func orEmpty(t *ast.Term) plan.Value {
	if t == nil {
		return ast.ObjectTerm()
	}
	return t
}

// interpret evaluates a body in three-valued logic. open says that nothing can
// be told of its result.
func (a *asking) interpret(ctx context.Context, b *body) (v plan.Value, sure, open bool, err error) {
	if b.entry.program == nil {
		return nil, false, true, nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = a.fail(b.location, fmt.Errorf("OPA panicked: %v", p))
		}
	}()
	v, sure, err = a.planned(ctx, b.entry.program).Rule(b.entry.index)
	var pe *plan.Error
	switch {
	case err == nil:
		return v, sure, false, nil
	case a.meter.stop != nil:
		return nil, false, false, a.fail(b.location, a.meter.cause())
	case errors.Is(err, ErrSize):
		location := b.location
		if errors.As(err, &pe) {
			location, err = pe.Place, pe.Err
		}
		return nil, false, false, a.fail(location, err)
	case errors.Is(err, plan.ErrOpen) || errors.As(err, &pe):
		// OPA need not come to what fails: it stops asking a rule's bodies once one has answered, and leaves
		// out those that its index rules out. It may fail; it may not.
		return nil, false, true, nil
	}
	return nil, false, false, a.fail(b.location, err)
}

// findUnknown gathers what a body that reads unknown facts yields.
func (a *asking) findUnknown(ctx context.Context, c *collector, b *body, unknown missing) error {
	v, _, open, err := a.interpret(ctx, b)
	if err != nil {
		return err
	}
	members, more, ok := plan.Members(v)
	if err := c.addMembers(members, open || more || !ok, b, unknown, a.site.ID); err != nil {
		return a.fail(b.location, err)
	}
	return nil
}

// addMembers adds the elements that a body yields, some of them only possibly; more
// says that there may be others.
func (c *collector) addMembers(members []plan.Member, more bool, b *body, unknown missing, site string) error {
	for _, m := range members {
		t, ok := plan.Shown(m.Value)
		if !ok {
			more = true
			continue
		}
		why := unknown
		if m.Sure {
			why = nil
		}
		if err := c.add(t, b, why); err != nil {
			if m.Sure || errors.Is(err, ErrSize) {
				return err
			}
			more = true
		}
	}
	if more {
		c.undecided(b, unknown, site)
	}
	return nil
}
