package policy

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// decides reports whether a module defines one of the rules that make its
// package a policy, and what is wrong with those that are not written the way
// they must be.
func decides(f file, m *ast.Module) (found bool, errs []error) {
	for _, r := range m.Rules {
		ref := r.Head.Ref()
		head, ok := ref[0].Value.(ast.Var)
		if !ok {
			continue
		}
		switch name := string(head); name {
		case RuleDeny, RuleWarn, RuleObligation:
			if !partialSet(r) {
				errs = append(errs, fmt.Errorf("%s: %s must be a set: write `%s contains message if { … }`", at(f.name, r.Location), name, name))
			}
		case RuleScore:
			if len(ref) != 1 || len(r.Head.Args) > 0 || r.Head.Key != nil {
				errs = append(errs, fmt.Errorf("%s: score must be one number: write `score := 50 if { … }`", at(f.name, r.Location)))
			}
		default:
			continue
		}
		found = true
	}
	return found, errs
}

// partialSet reports whether a rule is of the form `name contains x`.
func partialSet(r *ast.Rule) bool {
	return len(r.Head.Ref()) == 1 && r.Head.Key != nil && r.Head.Value == nil && len(r.Head.Args) == 0
}

// reserved are the roots of base documents; a package below one would shadow
// facts with rules.
var reserved = map[string]string{
	"topology": "data.topology holds the facts",
	"system":   "OPA hides what is below data.system",
}

// checkPackage refuses packages that stand where facts stand.
func checkPackage(f file, m *ast.Module) error {
	path := m.Package.Path
	if len(path) < 2 {
		return nil
	}
	name, ok := path[1].Value.(ast.String)
	if !ok {
		return nil
	}
	if why, bad := reserved[string(name)]; bad {
		return fmt.Errorf("%s: a package may not begin with %s: %s", at(f.name, m.Package.Location), string(name), why)
	}
	return nil
}
