package policy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Set is an immutable set of policies and the libraries they call. The zero Set
// has no policies and no digest; Load with no sources has one.
type Set struct {
	modules  []Module  // by Name
	policies []*Policy // by ID
	limits   Limits
	digest   string
	compiled *compiled
}

// compiled is what an engine made of a set.
type compiled struct {
	once sync.Once
	v    any
	err  error
}

// Compiled returns what an engine makes of the set, which is made once and kept
// with it. It is for the one engine that compiles sets.
func (s *Set) Compiled(compile func() (any, error)) (any, error) {
	s.compiled.once.Do(func() { s.compiled.v, s.compiled.err = compile() })
	return s.compiled.v, s.compiled.err
}

// Load reads the modules of all sources as one set. Ids, and the packages of
// different sources, must not collide; see [Source.Without] for replacing a
// policy of another source. Errors say file and line. A source without a module
// is an error; without sources the set is empty.
func Load(sources ...Source) (*Set, error) {
	s, errs := Check(sources...)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return s, nil
}

// Check does what Load does, and returns everything that is wrong where Load
// returns the first of it: in the order of the sources and their files, then of
// their packages. What follows from an error before it is left out.
func Check(sources ...Source) (*Set, []error) {
	var r reader
	for i, src := range sources {
		if src.Plugin != nil {
			continue
		}
		if src.FS == nil {
			return nil, []error{fmt.Errorf("policy source %q has no file system", src.Name)}
		}
		before := len(r.files)
		if err := r.read(i, src); err != nil {
			return nil, []error{err}
		}
		if len(r.files) == before {
			return nil, []error{fmt.Errorf("%s holds no policy: no .rego file other than tests", src.Name)}
		}
	}
	l := loading{sources: sources, packages: map[string]*pkg{}}
	for _, f := range r.files {
		l.add(f)
	}
	for i, src := range sources {
		if src.Plugin != nil {
			l.plugin(i, src)
		}
	}
	return l.set()
}

// loading gathers modules by package.
type loading struct {
	sources  []Source
	plugins  []*Policy
	packages map[string]*pkg // by ref text
	order    []*pkg          // as first met
	errs     []error
	lost     bool // a file is not among the packages it belongs to
}

// pkg is one package: the modules that define it and what they say about it.
type pkg struct {
	files   []file
	modules []*ast.Module
	notes   *ast.Annotations
	noted   int    // index of the module that carries notes
	rule    string // position of a deciding rule; empty for a library
}

// plugin adds a source that is one.
func (l *loading) plugin(i int, src Source) {
	p, err := readPlugin(src.Name, src.Plugin)
	switch {
	case err != nil:
		l.fail(err)
	case src.FS != nil || src.Without != nil:
		l.fail(fmt.Errorf("policy source %d, %s, is a plugin; give files as another source", i, src.Name))
	default:
		l.plugins = append(l.plugins, p)
	}
}

// fail notes what is wrong.
func (l *loading) fail(err error) { l.errs = append(l.errs, err) }

// add parses one file into its package.
func (l *loading) add(f file) {
	m, err := parse(f)
	if err == nil {
		err = checkPackage(f, m)
	}
	if err != nil {
		l.lost = true
		l.fail(err)
		return
	}
	decided, errs := decides(f, m)
	l.errs = append(l.errs, errs...)
	key := m.Package.Path.String()
	p := l.packages[key]
	if p == nil {
		p = &pkg{}
		l.packages[key] = p
		l.order = append(l.order, p)
	}
	if len(p.files) > 0 && p.files[0].source != f.source {
		l.lost = true
		l.fail(fmt.Errorf("%s: package %s is also defined by %s, of another source; rename one, or leave that policy out",
			at(f.name, m.Package.Location), m.Package.Path, p.files[0].name))
		return
	}
	for _, n := range m.Annotations {
		switch {
		case n.Scope != "package":
		case p.notes != nil:
			l.fail(fmt.Errorf("%s: package %s has METADATA here and at %s; keep one",
				at(f.name, n.Location), m.Package.Path, at(p.files[p.noted].name, p.notes.Location)))
		default:
			p.notes, p.noted = n, len(p.files)
		}
	}
	p.files = append(p.files, f)
	p.modules = append(p.modules, m)
	if decided && p.rule == "" {
		p.rule = at(f.name, m.Package.Location)
	}
}

// set describes the packages and leaves out those that are not wanted.
func (l *loading) set() (*Set, []error) {
	s := &Set{limits: Limits{}.withDefaults(), compiled: new(compiled)}
	byID := map[string]*Policy{}
	ids := make([][]string, len(l.sources)) // each source's, for suggestions
	left := map[string]bool{}               // source index and id left out
	for _, p := range l.order {
		// What a lost file has may be what a package lacks.
		if err := p.silent(); err != nil && !l.lost {
			l.fail(err)
		}
		if p.rule != "" {
			if p.notes == nil && l.lost {
				continue
			}
			pol, errs := p.describe()
			if len(errs) > 0 {
				l.errs = append(l.errs, errs...)
				continue
			}
			src := p.files[0].source
			ids[src] = append(ids[src], pol.ID)
			if slices.Contains(l.sources[src].Without, pol.ID) {
				left[fmt.Sprint(src, pol.ID)] = true
				continue
			}
			if other := byID[pol.ID]; other != nil {
				l.fail(fmt.Errorf("policy id %s is used by %s and by %s; rename one, or leave one out", pol.ID, other.File, pol.File))
				continue
			}
			byID[pol.ID] = pol
			s.policies = append(s.policies, pol)
		}
		for i, f := range p.files {
			s.modules = append(s.modules, Module{Name: f.name, Path: f.path, Text: f.text, AST: p.modules[i]})
		}
	}
	for _, p := range l.plugins {
		if other := byID[p.ID]; other != nil {
			l.fail(fmt.Errorf("policy id %s is used by %s and by %s; rename one, or leave one out", p.ID, other.File, p.File))
			continue
		}
		byID[p.ID] = p
		s.policies = append(s.policies, p)
	}
	if len(l.errs) > 0 {
		return nil, l.errs
	}
	for i, src := range l.sources {
		for _, id := range src.Without {
			if !left[fmt.Sprint(i, id)] {
				err := fmt.Errorf("policy source %q has no policy %q to leave out%s", src.Name, id, decode.DidYouMean(id, ids[i]))
				l.fail(&InputError{Policy: id, LeftOut: true, Err: err})
			}
		}
	}
	if len(l.errs) > 0 {
		return nil, l.errs
	}
	s, err := s.finish()
	if err != nil {
		return nil, []error{err}
	}
	return s, nil
}

// describe reads the METADATA of a policy package.
func (p *pkg) describe() (*Policy, []error) {
	if p.notes == nil {
		return nil, []error{fmt.Errorf("%s: the package decides but has no METADATA; put `# METADATA` with title and custom (id, class, hook, reviewed) before its package clause", p.rule)}
	}
	return describe(p.files[p.noted], p.modules[p.noted], p.notes)
}

// finish sorts, checks what only the whole set shows, and computes the digest.
func (s *Set) finish() (*Set, error) {
	slices.SortFunc(s.policies, func(a, b *Policy) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(s.modules, func(a, b Module) int { return cmp.Compare(a.Name, b.Name) })
	for i := 1; i < len(s.modules); i++ {
		if s.modules[i].Name == s.modules[i-1].Name {
			return nil, fmt.Errorf("%s: two policy sources hold this file; give them different names", s.modules[i].Name)
		}
	}
	var err error
	s.digest, err = digest(s)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// silent refuses a package whose METADATA says that it is a policy and that has no rule to speak with: it
// would let everything pass.
func (p *pkg) silent() error {
	if p.rule != "" || p.notes == nil || p.notes.Custom["id"] == nil {
		return nil
	}
	var names []string
	for _, m := range p.modules {
		for _, r := range m.Rules {
			names = append(names, r.Head.Ref()[0].Value.String())
		}
	}
	known := []string{RuleDeny, RuleObligation, RuleScore, RuleWarn}
	for _, name := range names {
		if near := decode.DidYouMean(name, known); near != "" {
			return fmt.Errorf("%s: policy %v has a rule %q and none of %s%s", at(p.files[p.noted].name, p.notes.Location), p.notes.Custom["id"], name, strings.Join(known, ", "), near)
		}
	}
	return fmt.Errorf("%s: policy %v defines none of %s, so it would never speak", at(p.files[p.noted].name, p.notes.Location), p.notes.Custom["id"], strings.Join(known, ", "))
}

// Policies returns the policies, sorted by id. The slice is the caller's.
func (s *Set) Policies() []*Policy { return slices.Clone(s.policies) }

// Modules returns every loaded module, libraries too, sorted by name. The slice
// is the caller's.
func (s *Set) Modules() []Module { return slices.Clone(s.modules) }

// Names returns every name that the modules mention, as the key of a reference or as text, but for those of policies
// that are off. A field of a document that is not among them is read by no policy.
func (s *Set) Names() map[string]bool {
	names, off := map[string]bool{}, map[string]bool{}
	for _, p := range s.policies {
		if p.Enforcement == Off && p.Plugin == nil {
			off[p.Package.String()] = true
		}
	}
	for _, m := range s.modules {
		if off[m.AST.Package.Path.String()] {
			continue
		}
		ast.WalkTerms(m.AST, func(t *ast.Term) bool {
			if text, ok := t.Value.(ast.String); ok {
				names[string(text)] = true
			}
			return false
		})
	}
	for _, p := range s.InForce() {
		if p.Plugin != nil {
			for _, read := range p.Plugin.Manifest.Spec.Reads {
				for name := range strings.SplitSeq(read, ".") {
					names[name] = true
				}
			}
		}
	}
	return names
}

// Limits returns the evaluation limits in force, none of them zero.
func (s *Set) Limits() Limits { return s.limits.withDefaults() }

// WithLimits returns the set with other evaluation limits. A zero field means
// its default; a negative one is an error.
func (s *Set) WithLimits(l Limits) (*Set, error) {
	if field, bad := l.negative(); bad {
		return nil, errors.New("policy limit " + field + " is negative; zero means the default")
	}
	c := s.clone()
	c.limits = l.withDefaults()
	return c.finish()
}

// clone copies the set so far that settings and limits can be replaced.
func (s *Set) clone() *Set {
	c := &Set{modules: slices.Clone(s.modules), policies: make([]*Policy, len(s.policies)), limits: s.limits, compiled: new(compiled)}
	for i, p := range s.policies {
		q := *p
		q.Settings = maps.Clone(p.Settings)
		c.policies[i] = &q
	}
	return c
}

// sortedKeys makes iteration over a map the same every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
