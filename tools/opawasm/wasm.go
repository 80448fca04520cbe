package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	_ "github.com/open-policy-agent/opa/v1/features/wasm" // the target
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/types"
)

func init() {
	// One of the cases calls a function that only OPA's tests define.
	rego.RegisterBuiltin1(&rego.Function{
		Name: "test.sleep",
		Decl: types.NewFunction(types.Args(types.S), types.NewNull()),
	}, func(_ rego.BuiltinContext, op *ast.Term) (*ast.Term, error) {
		text, ok := op.Value.(ast.String)
		if !ok {
			return nil, fmt.Errorf("%v is no duration", op)
		}
		d, err := time.ParseDuration(string(text))
		if err != nil {
			return nil, err
		}
		time.Sleep(d)
		return ast.NullTerm(), nil
	})
}

// evaluate asks a case's query of the wasm target. The stage says how far it came: "compile" to wasm,
// or "evaluate".
func evaluate(ctx context.Context, tc testCase) (rs rego.ResultSet, stage string, err error) {
	for _, k := range slices.Sorted(maps.Keys(tc.Env)) {
		was, set := os.LookupEnv(k)
		if err := os.Setenv(k, tc.Env[k]); err != nil {
			return nil, "compile", err
		}
		defer func() {
			if set {
				os.Setenv(k, was)
			} else {
				os.Unsetenv(k)
			}
		}()
	}
	caps := ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(tc.ExperimentalKeywords))
	modules := map[string]string{}
	for i, text := range tc.Modules {
		modules[fmt.Sprintf("module-%d.rego", i)] = text
	}
	// Compiled apart from the data: OPA's tests do not ask whether the two collide, and one case has them do so.
	compiler, err := ast.CompileModulesWithOpt(modules, ast.CompileOpts{
		ParserOptions: ast.ParserOptions{Capabilities: caps, RegoVersion: ast.RegoV1},
	})
	if err != nil {
		return nil, "compile", err
	}
	options := []func(*rego.Rego){
		rego.Target("wasm"), rego.Query(tc.Query), rego.SetRegoVersion(ast.RegoV1), rego.Capabilities(caps),
		rego.Compiler(compiler),
	}
	if tc.Data != nil {
		options = append(options, rego.Store(inmem.NewFromObject(*tc.Data)))
	}
	q, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		return nil, "compile", err
	}
	with := []rego.EvalOption{rego.EvalSortSets(tc.SortBindings)}
	if tc.InputTerm != nil {
		t, err := ast.ParseTerm(*tc.InputTerm)
		if err != nil {
			return nil, "compile", err
		}
		with = append(with, rego.EvalParsedInput(t.Value))
	} else if tc.Input != nil {
		with = append(with, rego.EvalInput(*tc.Input))
	}
	rs, err = q.Eval(ctx, with...)
	return rs, "evaluate", err
}
