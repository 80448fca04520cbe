package rego

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities is what the compiler lets modules use: the allowed built-in
// functions, the language features of this OPA, and no network for schemas.
func capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	names := map[string]bool{}
	for _, g := range allowed {
		for _, n := range g.names {
			names[n] = true
		}
	}
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool { return !names[b.Name] })
	caps.AllowNet = []string{}
	return caps
}

// refusedCalls finds what parsed modules call, mention or replace among refused
// functions. The compiler refuses them too; this says why, and what to do.
func refusedCalls(m *ast.Module) []string {
	own := ownNames(m)
	var lines []string
	mention := func(t *ast.Term) {
		ref, ok := t.Value.(ast.Ref)
		if !ok || own[ref[0].Value.String()] {
			return
		}
		if why, bad := refusals[ref.String()]; bad {
			lines = append(lines, fmt.Sprintf("%s: %s may not be called: %s", place(t.Location), ref, why))
		}
	}
	ast.WalkNodes(m, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Expr:
			if terms, ok := n.Terms.([]*ast.Term); ok {
				mention(terms[0])
			}
			for _, w := range n.With {
				mention(w.Target)
				mention(w.Value)
			}
		case *ast.Term:
			if c, ok := n.Value.(ast.Call); ok {
				mention(c[0])
			}
		}
		return false
	})
	slices.Sort(lines)
	return slices.Compact(lines)
}

// ownNames returns the names that mean something of the module's own: its rules
// and imports.
func ownNames(m *ast.Module) map[string]bool {
	own := map[string]bool{}
	for _, r := range m.Rules {
		own[r.Head.Ref()[0].Value.String()] = true
	}
	for _, i := range m.Imports {
		own[string(i.Name())] = true
	}
	return own
}

// replacedBuiltins finds `with` statements that replace a built-in function, or
// put one in the place of another function, in compiled modules. That serves
// only tests, and would slip past the caps on built-in functions.
func replacedBuiltins(m *ast.Module) []string {
	var lines []string
	ast.WalkWiths(m, func(w *ast.With) bool {
		for _, t := range []*ast.Term{w.Target, w.Value} {
			ref, ok := t.Value.(ast.Ref)
			if !ok || ref[0].Equal(ast.DefaultRootDocument) || ref[0].Equal(ast.InputRootDocument) {
				continue
			}
			if _, builtin := ast.BuiltinMap[ref.String()]; builtin {
				lines = append(lines, fmt.Sprintf("%s: with may not replace or use the built-in function %s; call it, or a rule of your own", place(w.Location), ref))
			}
		}
		return false
	})
	return lines
}
