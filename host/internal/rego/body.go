package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// elementVar receives the element that a body yields. No module can use the
// name: it is not an identifier.
const elementVar = ast.Var("#element")

// body is one body of deny, warn or obligation, evaluated as a query of its own.
type body struct {
	query    ast.Body
	reads    []read // those that may be unknown
	facts    []Fact
	entry    entry
	refused  error  // of OPA's planner, if it cannot plan the body
	location string // file:line
}

// compiledPolicy is one policy ready to be evaluated.
type compiledPolicy struct {
	policy    *policy.Policy
	settings  *ast.Term
	rules     [3][]*body // by kind
	score     *body      // nil: the policy gives no score
	facts     []Fact     // of all bodies
	shared    []ast.Ref  // documents that are the same at every site
	misnamed  []string   // what its rules read that no document has
	unread    []string   // settings that it declares and no rule of it reads
	asked     []read     // of the request and the component
	tables    []string   // of data.topology; see ReadsTable
	siteFacts [][]elem   // of data.topology.sites; see SitesDiffer
}

// kindNames are the kinds of findings; their indexes are those of compiledPolicy.rules.
var kindNames = [3]string{policy.RuleDeny, policy.RuleWarn, policy.RuleObligation}

// newPolicy prepares one policy of the compiled modules, and notes a rule for each
// body.
func newPolicy(a *analyzer, p *policy.Policy, rules map[*body]*ast.Rule) (*compiledPolicy, error) {
	settings, err := ast.InterfaceToValue(p.Settings)
	if err != nil {
		return nil, fmt.Errorf("policy %s: settings: %w", p.ID, err)
	}
	c := &compiledPolicy{policy: p, settings: ast.NewTerm(settings)}
	all := readSet{}
	var roots []*ast.Rule
	var lines []string
	for kind, name := range kindNames {
		for _, r := range rulesOf(a.compiler, p, name) {
			roots = append(roots, r)
			b, reads := newBody(a, r)
			rules[b] = r
			c.rules[kind] = append(c.rules[kind], b)
			all.addAll(reads)
			lines = append(lines, misnamed(reads, p, b.location)...)
		}
	}
	if scores := rulesOf(a.compiler, p, policy.RuleScore); len(scores) > 0 {
		ref := p.Package.Append(ast.StringTerm(policy.RuleScore))
		b, reads := newScore(a, ref, scores)
		rules[b] = scoreRule(ref, scores[0])
		c.score = b
		all.addAll(reads)
		lines = append(lines, misnamed(reads, p, b.location)...)
		roots = append(roots, scores...)
	}
	c.misnamed = lines
	c.unread = unreadSettings(all, p)
	c.shared = a.shared(roots)
	c.facts = facts(all)
	c.asked, c.tables, c.siteFacts = asked(all), tables(all), siteFacts(all)
	return c, nil
}

// rulesOf returns a policy's rules of one name in the order they are written.
func rulesOf(c *ast.Compiler, p *policy.Policy, name string) []*ast.Rule {
	rules := slices.Clone(c.GetRulesExact(p.Package.Append(ast.StringTerm(name))))
	slices.SortStableFunc(rules, func(a, b *ast.Rule) int { return a.Location.Compare(b.Location) })
	return rules
}

// newBody prepares one rule body.
func newBody(a *analyzer, r *ast.Rule) (*body, readSet) {
	f := a.frame(r)
	f.body(r.Body)
	f.head(r.Head)

	query := r.Body.Copy()
	query.Append(ast.Equality.Expr(ast.NewTerm(elementVar), r.Head.Key.Copy()))
	b := &body{
		query:    query,
		reads:    uncertain(f.reads),
		facts:    facts(f.reads),
		location: place(r.Location),
	}
	return b, f.reads
}

// newScore prepares the query of a score, which is one document however many
// rules define it.
func newScore(a *analyzer, ref ast.Ref, rules []*ast.Rule) (*body, readSet) {
	all := readSet{}
	for _, r := range rules {
		s := a.rule(r)
		all.addAll(s.reads)
		for _, p := range s.value {
			all.add(read{path: p})
		}
	}
	return &body{
		query:    ast.NewBody(ast.Equality.Expr(ast.NewTerm(elementVar), ast.NewTerm(ref))),
		reads:    uncertain(all),
		facts:    facts(all),
		location: place(rules[0].Location),
	}, all
}

// scoreRule is a rule that has the score as its value.
func scoreRule(ref ast.Ref, first *ast.Rule) *ast.Rule {
	value := ast.VarTerm("#score")
	body := ast.NewBody(ast.Equality.Expr(value, ast.NewTerm(ref)))
	body[0].Location = first.Location
	return &ast.Rule{Location: first.Location, Head: &ast.Head{Value: value, Location: first.Location}, Body: body}
}

// uncertain keeps the reads that some snapshot may leave open, in a fixed order.
func uncertain(reads readSet) []read {
	var out []read
	for _, r := range reads {
		if r.mayBeUnknown() {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b read) int { return strings.Compare(a.path.key(), b.path.key()) })
	return out
}

// place prints a position as file:line.
func place(loc *ast.Location) string {
	if loc == nil {
		return "?"
	}
	return fmt.Sprintf("%s:%d", loc.File, loc.Row)
}
