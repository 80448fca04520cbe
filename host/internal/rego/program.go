package rego

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/literal"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Program is a compiled policy set. It is immutable and safe for concurrent use.
type Program struct {
	compiler *ast.Compiler
	policies []*compiledPolicy // by id
	limits   policy.Limits
	vectors  []*lane.Program // what the bodies are parts of
}

// Compile compiles a policy set. What is wrong with its modules is returned as a
// *CompileError, one line each with file and line.
// A set is compiled once.
func Compile(set *policy.Set) (*Program, error) {
	v, err := set.Compiled(func() (any, error) { return compile(set) })
	if err != nil {
		return nil, err
	}
	return v.(*Program), nil
}

func compile(set *policy.Set) (*Program, error) {
	modules := map[string]*ast.Module{}
	for _, m := range set.Modules() {
		modules[m.Name] = m.AST
	}
	c, err := compileModules(modules)
	if err != nil {
		return nil, err
	}

	p := &Program{compiler: c, limits: set.Limits()}
	a := newAnalyzer(c)
	rules := map[*body]*ast.Rule{}
	for _, pol := range set.InForce() {
		if pol.Plugin != nil {
			continue // another engine's
		}
		cp, err := newPolicy(a, pol, rules)
		if err != nil {
			return nil, err
		}
		p.policies = append(p.policies, cp)
	}
	p.planBodies(rules)
	p.instrument()
	return p, nil
}

// compileModules compiles modules by the names of their files, and refuses what no policy may do.
func compileModules(modules map[string]*ast.Module) (*ast.Compiler, error) {
	var lines, long []string
	for _, m := range modules {
		lines = append(lines, refusedCalls(m)...)
		long = append(long, longNumbers(m)...)
	}
	if len(long) > 0 { // the compiler must not see them
		return nil, compileError(append(lines, long...))
	}
	c := newCompiler().WithOnlyStagesUpTo(ast.StageCheckRecursion)
	c.Compile(modules)
	if lines = append(lines, elsewhere(lines, errorLines(c.Errors))...); len(lines) > 0 {
		return nil, compileError(lines)
	}
	if lines = tooLarge(c); len(lines) > 0 {
		return nil, compileError(lines)
	}
	c = newCompiler()
	if c.Compile(modules); c.Failed() {
		return nil, compileError(errorLines(c.Errors))
	}
	for _, m := range c.Modules {
		lines = append(lines, replacedBuiltins(m)...)
		lines = append(lines, strays(c, m)...)
	}
	if len(lines) > 0 {
		return nil, compileError(lines)
	}
	return c, nil
}

// newCompiler returns a compiler that knows the allowed functions only, and takes
// print statements out.
func newCompiler() *ast.Compiler {
	const noLimit = 0 // the modules are bounded, and so is what is wrong with them
	return ast.NewCompiler().WithCapabilities(capabilities()).WithEnablePrintStatements(false).SetErrorLimit(noLimit)
}

// instrument bounds the modules and the queries taken from them, which are
// copies.
func (p *Program) instrument() {
	instrument(p.compiler)
	p.eachBody(func(b *body) {
		b.query = instrumentBody(p.compiler, literal.Body(p.compiler, b.query, wholeExpr))
	})
}

// longNumbers finds literals that are short to write and long to compute with.
func longNumbers(m *ast.Module) []string {
	var lines []string
	ast.WalkTerms(m, func(t *ast.Term) bool {
		if n, ok := t.Value.(ast.Number); ok && digits(string(n)) > maxDigits {
			lines = append(lines, fmt.Sprintf("%s: a number may have at most %d digits", place(t.Location), maxDigits))
		}
		return false
	})
	return lines
}

// errorLines restates OPA's errors as file:line: message, in order of place.
func errorLines(errs ast.Errors) []string {
	errs = slices.Clone(errs)
	slices.SortStableFunc(errs, func(a, b *ast.Error) int {
		if a.Location == nil || b.Location == nil {
			return cmp.Compare(a.Message, b.Message)
		}
		return a.Location.Compare(b.Location)
	})
	lines := make([]string, 0, len(errs))
	for _, e := range errs {
		text := e.Message
		if name, ok := strings.CutPrefix(text, "undefined function "); ok {
			if why, bad := refusals[name]; bad {
				text = fmt.Sprintf("%s may not be called: %s", name, why)
			}
		}
		lines = append(lines, place(e.Location)+": "+text)
	}
	return lines
}

// elsewhere leaves out what OPA says of lines of which something has been said: it
// says the same in other words.
func elsewhere(said, lines []string) []string {
	type line struct {
		file string
		row  int
	}
	at := func(text string) line {
		file, row, _ := cutPlace(text)
		return line{file, row}
	}
	seen := map[line]bool{}
	for _, s := range said {
		seen[at(s)] = true
	}
	return slices.DeleteFunc(lines, func(s string) bool { return seen[at(s)] })
}

// compileError orders lines by place, and shows the first of them.
func compileError(lines []string) error {
	slices.SortFunc(lines, ByPlace)
	all := slices.Compact(lines)
	shown := all
	if more := len(all) - maxCompileErrors; more > 0 {
		shown = append(all[:maxCompileErrors:maxCompileErrors], fmt.Sprintf("and %d more", more))
	}
	return &CompileError{Lines: shown, All: all}
}

// Engine is a program bound to one snapshot's documents. It is immutable and safe
// for concurrent use.
type Engine struct {
	program  *Program
	hook     policy.Hook       // what it judges
	policies []*compiledPolicy // the program's that are asked about that
	docs     Documents
	store    storage.Store
	txn      storage.Transaction
	// missing holds, for each read of a body, the topology's facts it meets that are
	// unknown whatever the site that is judged, and that no earlier read of the body
	// meets: there may be thousands.
	missing      map[*read]missing
	topologyGaps *plan.Gaps

	worldOnce sync.Once
	world     *lane.World
}

// Bind makes the documents readable for the program's rules. The terms are not
// copied. The engine judges sites; see [Engine.ForHook].
func (p *Program) Bind(docs Documents) (*Engine, error) {
	if docs.Topology == nil {
		docs.Topology = ast.ObjectTerm()
	}
	if _, ok := docs.Topology.Value.(ast.Object); !ok {
		return nil, errors.New("data.topology must be an object")
	}
	data := ast.NewObject([2]*ast.Term{keyTopology, docs.Topology})
	e := &Engine{program: p, hook: policy.Site, policies: p.of(policy.Site), docs: docs, topologyGaps: docs.gaps(), store: inmem.NewFromASTObject(data)}
	// One transaction serves all readers for good: nothing writes to the store.
	txn, err := e.store.NewTransaction(context.Background())
	if err != nil {
		return nil, fmt.Errorf("binding documents: %w", err)
	}
	e.txn = txn
	e.missing = map[*read]missing{}
	p.eachBody(func(b *body) {
		seen := map[string]bool{}
		for i := range b.reads {
			r := &b.reads[i]
			if r.path.root != rootTopology {
				continue
			}
			names := missingTables(*r, docs.TopologyUnknown)
			if !r.path.ofSubject() {
				names = append(names, e.unknownSites(*r, nil)...)
			}
			e.missing[r] = slices.DeleteFunc(names, func(name string) bool {
				was := seen[name]
				seen[name] = true
				return was
			})
		}
	})
	return e, nil
}

// eachBody visits every body of every policy.
func (p *Program) eachBody(visit func(*body)) {
	for _, cp := range p.policies {
		for _, bodies := range cp.rules {
			for _, b := range bodies {
				visit(b)
			}
		}
		if cp.score != nil {
			visit(cp.score)
		}
	}
}

// query prepares the evaluation of one body.
func (e *Engine) query(q ast.Body, input *ast.Term, m *meter, cache topdown.VirtualCache) *topdown.Query {
	return topdown.NewQuery(q).
		WithCompiler(e.program.compiler).
		WithStore(e.store).
		WithTransaction(e.txn).
		WithInput(input).
		WithCancel(m).
		WithBuiltins(cappedBuiltins).
		WithStrictBuiltinErrors(true).
		WithMetrics(noMetrics).
		WithBaseCache(noCache{}).
		WithVirtualCache(cache).
		WithTime(noTime)
}
