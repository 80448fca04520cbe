package regotests

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Source is a tree of modules and tests.
type Source struct {
	Name string
	FS   fs.FS
	// Beside says that it is only there for others to call: its tests are not run, nor its coverage told.
	Beside bool
}

// Suite is what [Load] reads.
type Suite struct {
	modules map[string]*ast.Module
	own     []string // files whose tests are run and whose lines count, sorted
}

// testSuffix ends the names of files of tests.
const testSuffix = "_test.rego"

// Load parses every *.rego file of the sources, tests included but for those beside. Files that begin with a dot, and
// directories that do, are passed over, as where policies are loaded.
func Load(sources ...Source) (*Suite, error) {
	s := &Suite{modules: map[string]*ast.Module{}}
	for _, src := range sources {
		err := fs.WalkDir(src.FS, ".", func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case p != "." && strings.HasPrefix(path.Base(p), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir() || path.Ext(p) != ".rego" || src.Beside && strings.HasSuffix(p, testSuffix):
				return nil
			}
			text, err := fs.ReadFile(src.FS, p)
			if err != nil {
				return err
			}
			name := path.Join(src.Name, p)
			m, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
			if err != nil {
				return err
			}
			s.modules[name] = m
			if !src.Beside {
				s.own = append(s.own, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", src.Name, err)
		}
	}
	slices.Sort(s.own)
	s.withoutDoubles()
	return s, nil
}

// withoutDoubles leaves out modules beside whose package one's own define too: they take their place.
func (s *Suite) withoutDoubles() {
	packages := map[string]bool{}
	for _, name := range s.own {
		packages[s.modules[name].Package.Path.String()] = true
	}
	for name, m := range s.modules {
		if !slices.Contains(s.own, name) && packages[m.Package.Path.String()] {
			delete(s.modules, name)
		}
	}
}
