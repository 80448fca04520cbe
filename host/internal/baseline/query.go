package baseline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Form is a way of asking OPA about many sites.
type Form uint8

// The forms.
const (
	// SiteBySite evaluates one prepared query for each site, whose document is its
	// input.
	SiteBySite Form = iota
	// AllAtOnce evaluates one query whose input has the documents of all sites, and
	// which puts each in the place of the input in turn.
	AllAtOnce
)

// String names the form.
func (f Form) String() string {
	if f == SiteBySite {
		return "site-by-site"
	}
	return "all-at-once"
}

// Forms lists them.
func Forms() []Form { return []Form{SiteBySite, AllAtOnce} }

// Query is one policy, or all, made ready in one form. It serves one evaluation
// at a time.
type Query struct {
	*Baseline
	form     Form
	verdicts bool
	parts    []part
	cache    *cache
}

// part is one policy of a query.
type part struct {
	asked
	query    ast.Body // nil: the policy has nothing to say
	compiler ast.QueryCompiler
}

// Answer is what policies say of every site.
type Answer struct {
	// Policies are their ids, in their order.
	Policies []string
	// Denied tells, by policy and by site, whether anything is denied.
	Denied [][]bool
	// Found has, by policy and by site, what the policy's rules yield; nil if
	// verdicts alone were asked for.
	Found [][]Found
}

// Found is what one policy's rules yield at one site. What the policy has no rule
// for is nil.
type Found struct {
	Deny, Warn, Obligation *ast.Term // sets
	Score                  *ast.Term // an array of the score, or of nothing
}

// put sets what one rule yields.
func (f *Found) put(rule string, t *ast.Term) {
	switch rule {
	case policy.RuleDeny:
		f.Deny = t
	case policy.RuleWarn:
		f.Warn = t
	case policy.RuleObligation:
		f.Obligation = t
	case policy.RuleScore:
		f.Score = t
	}
}

// Prepare compiles the query of one policy, or of all if no id is given. Verdicts
// asks only whether a site is denied, not what else policies say of it and why.
func (b *Baseline) Prepare(form Form, id string, verdicts bool) (*Query, error) {
	q := &Query{Baseline: b, form: form, verdicts: verdicts, cache: &cache{}}
	for _, a := range b.policies {
		if id != "" && a.ID != id {
			continue
		}
		p := part{asked: a}
		if text := p.text(form, verdicts); text != "" {
			body, err := ast.ParseBodyWithOpts(text, ast.ParserOptions{RegoVersion: ast.RegoV1})
			if err == nil {
				p.compiler = b.compiler.QueryCompiler()
				p.query, err = p.compiler.Compile(body)
			}
			if err != nil {
				return nil, fmt.Errorf("policy %s: %w", a.ID, err)
			}
		}
		q.parts = append(q.parts, p)
	}
	if len(q.parts) == 0 {
		return nil, fmt.Errorf("there is no policy %q", id)
	}
	return q, nil
}

// resultVar receives what a query of all sites yields.
const resultVar = ast.Var("found")

// text is the query of a policy, or "" if there is nothing to ask.
func (p *part) text(form Form, verdicts bool) string {
	rules := p.rules
	if verdicts {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r string) bool { return r != policy.RuleDeny })
	}
	switch {
	case len(rules) == 0:
		return ""
	case form == AllAtOnce && verdicts:
		return fmt.Sprintf("%s = {i | doc := input.docs[i]; %s[_] with input as doc}", resultVar, p.term(policy.RuleDeny))
	case form == AllAtOnce:
		return fmt.Sprintf("%s = %s.all", resultVar, p.helper)
	}
	var parts []string
	for _, name := range rules {
		parts = append(parts, name+" = "+p.term(name))
	}
	return strings.Join(parts, "; ")
}

// Eval asks once. An error of OPA, a panic included, comes with the policy's id.
func (q *Query) Eval(ctx context.Context) (*Answer, error) {
	a := &Answer{}
	for i := range q.parts {
		a.Policies = append(a.Policies, q.parts[i].ID)
		denied, found, err := q.eval(ctx, &q.parts[i])
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", q.parts[i].ID, err)
		}
		a.Denied, a.Found = append(a.Denied, denied), append(a.Found, found)
	}
	if q.verdicts {
		a.Found = nil
	}
	return a, nil
}

// eval asks one policy.
func (q *Query) eval(ctx context.Context, p *part) (denied []bool, found []Found, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("OPA panicked: %v", r)
		}
	}()
	denied = make([]bool, len(q.question.Sites))
	if !q.verdicts {
		found = make([]Found, len(q.question.Sites))
	}
	switch {
	case p.query == nil:
	case q.form == SiteBySite:
		err = q.siteBySite(ctx, p, denied, found)
	default:
		err = q.allAtOnce(ctx, p, denied, found)
	}
	return denied, found, err
}

func (q *Query) siteBySite(ctx context.Context, p *part, denied []bool, found []Found) error {
	for i, site := range q.question.Sites {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := q.run(ctx, p, q.input(p, site), func(r topdown.QueryResult) error {
			denied[i] = hasElement(r[policy.RuleDeny])
			if found != nil {
				for name, t := range r {
					found[i].put(string(name), t)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (q *Query) allAtOnce(ctx context.Context, p *part, denied []bool, found []Found) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	docs := make([]*ast.Term, len(q.question.Sites))
	for i, site := range q.question.Sites {
		docs[i] = q.input(p, site)
	}
	input := ast.ObjectTerm([2]*ast.Term{ast.StringTerm("docs"), ast.ArrayTerm(docs...)})
	var result *ast.Term
	err := q.run(ctx, p, input, func(r topdown.QueryResult) error {
		result = r[resultVar]
		return nil
	})
	if err != nil {
		return err
	}
	if found == nil {
		return denials(result, denied)
	}
	all, ok := result.Value.(*ast.Array)
	if !ok || all.Len() != len(found) {
		return errors.New("OPA did not answer for every site")
	}
	for i := range found {
		each, ok := all.Elem(i).Value.(ast.Object)
		if !ok {
			return errors.New("OPA's answer is no object")
		}
		each.Foreach(func(k, v *ast.Term) { found[i].put(string(k.Value.(ast.String)), v) })
		denied[i] = hasElement(found[i].Deny)
	}
	return nil
}

// denials reads a set of indexes.
func denials(indexes *ast.Term, denied []bool) error {
	set, ok := indexes.Value.(ast.Set)
	if !ok {
		return errors.New("OPA's answer is no set")
	}
	for _, t := range set.Slice() {
		n, ok := t.Value.(ast.Number)
		i, whole := n.Int()
		if !ok || !whole || i < 0 || i >= len(denied) {
			return fmt.Errorf("OPA's answer has %v, which is no site", t)
		}
		denied[i] = true
	}
	return nil
}

// hasElement reports whether a set has one.
func hasElement(t *ast.Term) bool {
	if t == nil {
		return false
	}
	set, ok := t.Value.(ast.Set)
	return ok && set.Len() > 0
}

var (
	keyRequest, keyComponent = ast.StringTerm("request"), ast.StringTerm("component")
	keySettings, keySite     = ast.StringTerm("settings"), ast.StringTerm("site")

	noMetrics = metrics.NoOp()
	noTime    = time.Unix(0, 1).UTC() // instead of asking the machine's clock each time
)

// input is what a policy sees at a site.
func (q *Query) input(p *part, site *ast.Term) *ast.Term {
	return ast.ObjectTerm(
		[2]*ast.Term{keyRequest, q.question.Request}, [2]*ast.Term{keyComponent, q.question.Component},
		[2]*ast.Term{keySettings, p.settings}, [2]*ast.Term{keySite, site},
	)
}

// run evaluates a compiled query. rego.PreparedEvalQuery does the same and turns
// what comes out into Go values and back.
func (q *Query) run(ctx context.Context, p *part, input *ast.Term, each func(topdown.QueryResult) error) error {
	return topdown.NewQuery(p.query).
		WithQueryCompiler(p.compiler).WithCompiler(q.compiler).WithStore(q.store).WithTransaction(q.txn).WithBaseCache(q.cache).
		WithInput(input).WithStrictBuiltinErrors(true).WithMetrics(noMetrics).WithTime(noTime).
		Iter(ctx, each)
}
