package opawasm

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// rules are what a policy may be asked by, if the module has not its whole package as an entrypoint.
var rules = []string{policy.RuleDeny, policy.RuleWarn, policy.RuleObligation, policy.RuleScore}

// Policy is a policy that OPA compiled, loaded.
type Policy struct {
	policy   *policy.Policy
	module   *guest.OPAPolicy
	limits   policy.Limits
	reads    []rego.Fact
	settings []byte
}

// Load loads a plugin of abi opa-wasm. The limits are those of rules, and bound what built-in functions do and what the
// policy says; given are those of the plugin. An error is [guest.Engine.LoadOPA]'s, or names what of the manifest's reads no document has.
func Load(ctx context.Context, e *guest.Engine, p *policy.Policy, limits policy.Limits, given guest.Limits) (*Policy, error) {
	m := &p.Plugin.Manifest.Spec
	grants, err := offer.Grant(p.Plugin.Grants...)
	if err != nil {
		return nil, err
	}
	c := &Policy{policy: p, limits: limits}
	if c.reads, err = rego.Facts(m.Reads); err != nil {
		return nil, err
	}
	settings, err := ast.InterfaceToValue(p.Settings)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if c.settings, err = Append(nil, settings); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	c.module, err = e.LoadOPA(ctx, guest.OPASpec{
		ID: p.ID, Binary: p.Plugin.Module, Entrypoint: m.Entrypoint, Rules: rules, Grants: grants, Allowed: rego.CheckBuiltin,
		Limits: given,
	})
	return c, err
}

// Close gives the policy back. Close its pools first.
func (p *Policy) Close(ctx context.Context) error { return p.module.Close(ctx) }

// Data is what the policies of a host see as data, on the days between two changes. It does not change.
type Data struct {
	engine *rego.Engine
	data   guest.OPAData
}

// NewData writes down what policies see of the documents that an engine of rules is bound to.
func NewData(e *rego.Engine) (*Data, error) {
	docs := e.Documents()
	d := &Data{engine: e}
	for _, fact := range docs.TopologyUnknown {
		d.data.Gaps = append(d.data.Gaps, places(docs.Topology, fact, "topology")...)
	}
	nothing := func(string) bool { return false }
	site := func(b []byte, id string, v ast.Value) ([]byte, error) {
		var unknown []string
		if docs.SiteUnknown != nil {
			unknown = docs.SiteUnknown(id)
		}
		for _, fact := range unknown {
			d.data.Gaps = append(d.data.Gaps, places(ast.NewTerm(v), fact, "topology", "sites", id)...)
		}
		return appendSite(b, v, unknown)
	}
	b, err := appendObject([]byte(`{"topology":`), docs.Topology.Value, nothing, func(b []byte, table string, v ast.Value) ([]byte, error) {
		if table != "sites" {
			return Append(b, v)
		}
		return appendObject(b, v, nothing, site)
	})
	if err != nil {
		return nil, fmt.Errorf("data.topology: %w", err)
	}
	d.data.JSON = append(b, '}')
	return d, nil
}

// Pool is a policy with the data that it sees.
type Pool struct {
	*guest.OPAPool
	policy *Policy
	watch  *rego.Watch
}

// Bind gives a policy data. It makes one instance, so that what fails always fails here.
func (p *Policy) Bind(ctx context.Context, d *Data, o guest.PoolOptions) (*Pool, error) {
	l, err := p.module.Bind(ctx, d.data, o)
	if err != nil {
		return nil, err
	}
	return &Pool{l, p, d.engine.Watch(p.reads)}, nil
}

// Case is a component of a request, ready to be judged at many sites. It is safe for concurrent use.
type Case struct {
	pool     *Pool
	decision offer.Decision
	input    []byte // what is the same at all sites, without the closing brace
}

// Case prepares a component of a request.
func (l *Pool) Case(d offer.Decision, in rego.Input) (*Case, error) {
	c := &Case{pool: l, decision: d, input: append([]byte(`{"settings":`), l.policy.settings...)}
	for _, part := range []struct {
		name string
		term *ast.Term
	}{{"request", in.Request}, {"component", in.Component}} {
		if part.term == nil {
			continue
		}
		c.input = append(appendString(append(c.input, ','), part.name), ':')
		var err error
		if c.input, err = Append(c.input, part.term.Value); err != nil {
			return nil, fmt.Errorf("input.%s: %w", part.name, err)
		}
	}
	return c, nil
}
