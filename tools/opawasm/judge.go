package main

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// verdict says whether a case passes: it does where Kind is "".
type verdict struct {
	Name string
	// Kind is the class of failure, Why what happened.
	Kind, Why string
}

func failed(kind, format string, args ...any) verdict {
	return verdict{Kind: kind, Why: fmt.Sprintf(format, args...)}
}

// conflicts are what the wasm target says where OPA's evaluator has the code eval_conflict_error.
var conflicts = []string{"var assignment conflict", "object insert conflict"}

// judge decides as OPA's tests of its wasm target do.
func judge(tc testCase, rs rego.ResultSet, stage string, err error) verdict {
	switch {
	case stage == "compile" && err != nil:
		return failed("does not compile to wasm", "%v", err)
	case tc.WantDefined != nil:
		if err != nil {
			return failed("error where a result is wanted", "%v", err)
		}
		if got := len(rs) > 0; got != *tc.WantDefined {
			return failed("other result", "defined: %v, want %v", got, *tc.WantDefined)
		}
	case tc.WantResult != nil:
		if err != nil {
			return failed("error where a result is wanted", "%v", err)
		}
		got, want, err := compared(tc, rs)
		if err != nil {
			return failed("other result", "%v", err)
		}
		if got.Compare(want) != 0 {
			return failed("other result", "got %v, want %v", got, want)
		}
	case tc.WantErrorCode != nil || tc.WantError != nil:
		if tc.StrictError {
			// The target has no strict mode: what fails is undefined.
			if err != nil {
				return failed("error where none shows without strict mode", "%v", err)
			}
			if len(rs) > 0 {
				return failed("result where an error is wanted", "%d results", len(rs))
			}
			break
		}
		if err == nil {
			return failed("result where an error is wanted", "%d results", len(rs))
		}
		if tc.WantErrorCode == nil || *tc.WantErrorCode != "eval_conflict_error" {
			return failed("error that the target has no code for", "%v", err)
		}
		for _, c := range conflicts {
			if strings.Contains(err.Error(), c) {
				return verdict{}
			}
		}
		return failed("other error", "%v", err)
	default:
		return failed("wants nothing", "neither a result nor an error is wanted")
	}
	return verdict{}
}

// compared builds both sets of bindings as values of JSON, where arrays may stand for sets.
func compared(tc testCase, rs rego.ResultSet) (got, want ast.Set, err error) {
	got, want = ast.NewSet(), ast.NewSet()
	for _, w := range *tc.WantResult {
		v, err := ast.InterfaceToValue(w)
		if err != nil {
			return nil, nil, err
		}
		want.Add(ast.NewTerm(v))
	}
	for _, r := range rs {
		o := ast.NewObject()
		for name, b := range r.Bindings {
			v, err := ast.InterfaceToValue(b)
			if err != nil {
				return nil, nil, err
			}
			if a, ok := v.(*ast.Array); ok && tc.SortBindings {
				v = a.Sorted()
			}
			o.Insert(ast.StringTerm(name), ast.NewTerm(v))
		}
		got.Add(ast.NewTerm(o))
	}
	return got, want, nil
}
