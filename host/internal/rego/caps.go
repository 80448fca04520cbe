package rego

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// cappedPrefix begins the names under which the bounded built-in functions are
// called. Modules cannot: their compiler does not know the names.
const cappedPrefix = "#capped"

// weighName is a statement the host adds after what builds a value; see
// instrument.
const weighName = "weigh"

// wholeName is a statement the host puts in the place of one that a variable is a
// set or object of computed members or keys; see instrument.
const wholeName = "whole"

// precheck looks at the operands before a built-in function runs and returns an
// error if what it would build is too large, or is not a function of them alone.
type precheck func(m *meter, operands []*ast.Term) error

// prechecks are for the functions whose result may be much larger than their
// operands, or that depend on the machine.
var prechecks = map[string]precheck{
	"concat":                           checkConcat,
	"replace":                          checkReplace,
	"strings.replace_n":                checkReplaceN,
	"sprintf":                          checkSprintf,
	"internal.template_string":         checkOperands,
	"json.marshal":                     checkOperands,
	"to_number":                        checkNumberText,
	"units.parse":                      checkNumberText,
	"units.parse_bytes":                checkNumberText,
	"mul":                              checkProduct,
	"div":                              checkProduct,
	"rem":                              checkProduct,
	"product":                          checkProductOf,
	"bits.lsh":                         checkShift,
	"numbers.range":                    checkRange,
	"numbers.range_step":               checkRange,
	"regex.is_valid":                   checkPattern(0),
	"regex.match":                      checkPattern(0),
	"regex.split":                      checkPattern(0),
	"regex.find_n":                     checkPattern(0),
	"regex.find_all_string_submatch_n": checkPattern(0),
	"regex.replace":                    checkRegexReplace,
	"time.format":                      checkZone,
	"time.date":                        checkZone,
	"time.clock":                       checkZone,
	"time.weekday":                     checkZone,
	"time.add_date":                    checkZone,
	"time.diff":                        checkZone,
}

// uncapped are functions that do a fixed amount of work, or as much as OPA counts
// in steps already.
var uncapped = []string{
	"eq", "assign",
	"gt", "gte", "lt", "lte", "neq", "equal",
	"plus", "minus", "ceil", "floor", "round", "abs",
	"bits.or", "bits.and", "bits.negate", "bits.xor", "bits.rsh", "format_int",
	"count", "object.get", "walk", "array.slice",
	"is_number", "is_string", "is_boolean", "is_array", "is_set", "is_object", "is_null", "type_name",
	"time.parse_rfc3339_ns", "time.parse_duration_ns",
	"semver.is_valid", "semver.compare", "uuid.parse",
	"net.cidr_overlap", "net.cidr_intersects", "net.cidr_contains", "net.cidr_is_valid",
	"rego.metadata.chain", "rego.metadata.rule", "print", "internal.print",
}

// cappedBuiltins are the bounded forms of the allowed functions, by the name
// under which instrumented modules call them. They are handed to each query and
// registered nowhere: OPA's registry belongs to the whole process.
var cappedBuiltins = func() map[string]*topdown.Builtin {
	out := map[string]*topdown.Builtin{}
	for _, g := range allowed {
		for _, name := range g.names {
			if slices.Contains(uncapped, name) {
				continue
			}
			decl := *ast.BuiltinMap[name]
			decl.CanSkipBctx = false // the meter comes with the context
			out[cappedRef(name).String()] = &topdown.Builtin{Decl: &decl, Func: capped(name, &decl)}
		}
	}
	for _, own := range []*topdown.Builtin{
		{Decl: &ast.Builtin{Name: weighName, Decl: weighDecl}, Func: weighBuiltin},
		{Decl: &ast.Builtin{Name: wholeName, Decl: wholeDecl}, Func: wholeBuiltin},
	} {
		out[cappedRef(own.Decl.Name).String()] = own
	}
	return out
}()

// cappedRef is the operator of a bounded function.
func cappedRef(name string) ast.Ref {
	return ast.Ref{ast.VarTerm(cappedPrefix), ast.StringTerm(name)}
}

// capped bounds one function of OPA.
func capped(name string, decl *ast.Builtin) topdown.BuiltinFunc {
	f, check, arity := topdown.GetBuiltin(name), prechecks[name], decl.Decl.Arity()
	return func(bctx topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
		m, ok := bctx.Cancel.(*meter)
		if !ok {
			return halt(bctx, name, fmt.Errorf("called without a meter"))
		}
		if err := m.charge(work(operands[:arity])); err != nil {
			return halt(bctx, name, err)
		}
		if check != nil {
			if err := check(m, operands[:arity]); err != nil {
				return halt(bctx, name, err)
			}
		}
		return f(bctx, operands, func(out *ast.Term) error {
			if err := m.weigh(out); err != nil {
				return halt(bctx, name, err)
			}
			return iter(out)
		})
	}
}

// weighBuiltin bounds a value that a statement built.
func weighBuiltin(bctx topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
	return wholeBuiltin(bctx, operands, func(*ast.Term) error { return iter(ast.InternedTerm(true)) })
}

// wholeBuiltin makes a bounded value of a set or object that is written out: OPA
// puts operands together before it calls a function, each member once.
func wholeBuiltin(bctx topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
	m, ok := bctx.Cancel.(*meter)
	if !ok {
		return halt(bctx, "value", fmt.Errorf("built without a meter"))
	}
	if err := m.weigh(operands[0]); err != nil {
		return halt(bctx, "value", err)
	}
	return iter(operands[0])
}

// halt ends the evaluation: a limit passed is not something a rule may catch.
func halt(bctx topdown.BuiltinContext, name string, err error) error {
	e := &topdown.Error{Code: topdown.BuiltinErr, Location: bctx.Location, Message: name + ": " + err.Error()}
	return topdown.Halt{Err: e.Wrap(err)}
}

// work estimates the steps a function takes to look at its operands.
func work(operands []*ast.Term) int {
	n := 0
	for _, t := range operands {
		switch v := t.Value.(type) {
		case ast.String:
			n += len(v) / bytesPerStep
		case *ast.Array:
			n += v.Len() / elemsPerStep
		case ast.Set:
			n += v.Len() / elemsPerStep
		case ast.Object:
			n += v.Len() / elemsPerStep
		}
	}
	return n
}
