package regotest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
	"github.com/open-policy-agent/opa/v1/rego"
)

// planned is a target that hands plans over to a test.
const planned = "regotest-plan"

func init() { rego.RegisterPlugin(planned, planner{}) }

type planner struct{}

// handing is the context's key for where a plan goes.
type handing struct{}

func contextFor(t *testing.T, to **ir.Policy) context.Context {
	t.Helper()
	return context.WithValue(t.Context(), handing{}, to)
}

func (planner) IsTarget(name string) bool { return name == planned }

func (planner) PrepareForEval(ctx context.Context, p *ir.Policy, _ ...rego.PrepareOption) (rego.TargetPluginEval, error) {
	*ctx.Value(handing{}).(**ir.Policy) = p
	return planner{}, nil
}

func (planner) Eval(context.Context, *rego.EvalContext, ast.Value) (ast.Value, error) {
	return nil, fmt.Errorf("the target %s evaluates nothing", planned)
}

// visitor notes the statements of a plan by the names of their types.
type visitor map[string]bool

func (visitor) Before(any) {}
func (visitor) After(any)  {}

func (v visitor) Visit(x any) (ir.Visitor, error) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", x), "*ir.")
	v[name] = true
	return v, nil
}
