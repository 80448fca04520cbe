// Package opabuild compiles Rego to WebAssembly by OPA's own compiler, for plugins of abi opa-wasm, and finds what their
// manifest has to list.
package opabuild

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Built is a compiled policy.
type Built struct {
	Module []byte   // the WebAssembly module, without a manifest
	Rules  []string // of deny, warn, obligation and score those that the package has: the module's entrypoints are below it
	Reads  []string // the facts that these read, for the manifest; see [rego.PackageRules]
}

// ErrSource says that there is nothing that could be compiled.
var ErrSource = errors.New("no policy to compile")

// Modules reads the modules of a tree, those in *_test.rego left out, by their names in it.
func Modules(tree fs.FS) (map[string]*ast.Module, error) {
	out := map[string]*ast.Module{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		if len(out) == policy.MaxFiles {
			return fmt.Errorf("there are more than %d modules", policy.MaxFiles)
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if len(text) > policy.MaxFileBytes {
			return fmt.Errorf("%s: a module has at most %d bytes, and this has %d", name, policy.MaxFileBytes, len(text))
		}
		out[name], err = ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true})
		return err
	})
	return out, err
}

// Build compiles the package that an entrypoint names, such as acme/countries, with all it needs of the modules. settings are
// the policy's own, for what the rules may read of input.settings. What the rules may not do, and what they read that no
// document has, is the error of a *[rego.CompileError]; [ErrSource] is matched where the package has no rule that decides.
func Build(ctx context.Context, modules map[string]*ast.Module, entrypoint string, settings map[string]any) (*Built, error) {
	if len(modules) == 0 {
		return nil, fmt.Errorf("%w: there is no module", ErrSource)
	}
	p := &policy.Policy{ID: entrypoint, Package: ast.Ref{ast.DefaultRootDocument}, Settings: settings}
	for part := range strings.SplitSeq(entrypoint, "/") {
		p.Package = append(p.Package, ast.StringTerm(part))
	}
	copies := make(map[string]*ast.Module, len(modules)) // compiling changes modules
	b := &bundle.Bundle{Data: map[string]any{}}
	var names []string
	for name := range modules {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		copies[name] = modules[name].Copy()
		b.Modules = append(b.Modules, bundle.ModuleFile{URL: name, Path: name, Parsed: modules[name].Copy()})
	}
	r, err := rego.Package(copies, p)
	if err != nil {
		return nil, err
	}
	if len(r.Rules) == 0 {
		return nil, fmt.Errorf("%w: package %s has none of the rules deny, warn, obligation and score", ErrSource, strings.ReplaceAll(entrypoint, "/", "."))
	}
	var entrypoints []string
	for _, rule := range r.Rules {
		entrypoints = append(entrypoints, entrypoint+"/"+rule)
	}
	c := compile.New().WithTarget(compile.TargetWasm).WithEntrypoints(entrypoints...).WithBundle(b).WithCapabilities(wasmCapabilities())
	if err := c.Build(ctx); err != nil {
		return nil, fmt.Errorf("OPA does not compile %s: %w", entrypoint, err)
	}
	made := c.Bundle().WasmModules
	if len(made) != 1 {
		return nil, fmt.Errorf("OPA compiles %s to %d modules", entrypoint, len(made))
	}
	return &Built{Module: made[0].Raw, Rules: r.Rules, Reads: r.Reads}, nil
}

// wasmCapabilities are what policies may use, and the version of the ABI that OPA compiles to.
func wasmCapabilities() *ast.Capabilities {
	caps := rego.Capabilities()
	caps.WasmABIVersions = ast.CapabilitiesForThisVersion().WasmABIVersions
	return caps
}
