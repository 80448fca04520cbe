package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// parse reads one module and checks what must hold before it can be compiled.
func parse(f file) (*ast.Module, error) {
	m, err := ast.ParseModuleWithOpts(f.name, string(f.text), ast.ParserOptions{
		ProcessAnnotation: true,
		RegoVersion:       ast.RegoV1,
	})
	if err != nil {
		return nil, parseError(f, err)
	}
	if m == nil {
		return nil, fmt.Errorf("%s: the module is empty", f.name)
	}
	if deep := tooDeep(m); deep != nil {
		return nil, fmt.Errorf("%s: the expression nests deeper than %d; name its parts with :=", at(f.name, deep), MaxNesting)
	}
	return m, nil
}

// parseError restates OPA's first error as file:line: message. The errors after
// it mostly follow from it.
func parseError(f file, err error) error {
	var all ast.Errors
	var only *ast.Error
	switch {
	case errors.As(err, &only):
		all = ast.Errors{only}
	case !errors.As(err, &all) || len(all) == 0:
		return fmt.Errorf("%s: %w", f.name, err)
	}
	text := strings.TrimSpace(all[0].Message)
	if all[0].Details != nil {
		if lines := all[0].Details.Lines(); len(lines) > 0 {
			text += ": " + strings.TrimSpace(cut(lines[0]))
		}
	}
	return fmt.Errorf("%s: %s", at(f.name, all[0].Location), text)
}

// cut shortens a quoted source line so that one error stays one line.
func cut(line string) string {
	const width = 120
	if len(line) <= width {
		return line
	}
	return strings.ToValidUTF8(line[:width], "") + "…"
}

// at prints a position as file:line.
func at(file string, loc *ast.Location) string {
	if loc == nil || loc.Row == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, loc.Row)
}

// tooDeep returns the position of a term or statement that nests deeper than
// MaxNesting, or nil. OPA's own visitors recurse, so this one turns back at the
// limit.
func tooDeep(m *ast.Module) *ast.Location {
	var found *ast.Location
	depth := 0
	vis := ast.NewBeforeAfterVisitor(
		func(x any) bool {
			switch x := x.(type) {
			case *ast.Term:
				depth++
				if depth > MaxNesting && found == nil {
					found = x.Location
				}
			case *ast.Expr:
				depth++
				if depth > MaxNesting && found == nil {
					found = x.Location
				}
			}
			return found != nil
		},
		func(x any) {
			switch x.(type) {
			case *ast.Term, *ast.Expr:
				depth--
			}
		},
	)
	for _, r := range m.Rules {
		// The visitor passes over the key of a head that has a ref.
		for rule := r; rule != nil; rule = rule.Else {
			if rule.Head.Key != nil {
				vis.Walk(rule.Head.Key)
			}
		}
		vis.Walk(r)
	}
	return found
}
