package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/internal/inspect"
	"github.com/bailiwick-dev/bailiwick/host/internal/toolchain"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

const (
	// manifestFile is a plugin's manifest as its author writes it.
	manifestFile = "plugin.yaml"
	// moduleFile is what plugin build writes beside it.
	moduleFile = "plugin.wasm"
	// maxManifestBytes bounds it, as decoding it does.
	maxManifestBytes = 1 << 20
)

// pluginSource says where a plugin's module comes from.
type pluginSource struct {
	language string // "": told by the files
	module   string // a module that was built elsewhere; "": it is compiled
}

func (s *pluginSource) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.language, "lang", "", "the source's `LANGUAGE`, if unclear: "+toolchain.Names())
	cmd.Flags().StringVar(&s.module, "module", "", "wasm `FILE` that was built elsewhere, to take instead of compiling")
}

func (s *pluginSource) check(cmd *cobra.Command) error {
	switch {
	case cmd.Flags().Changed("module") && s.module == "":
		return errors.New("--module: empty; name a file, or leave it out")
	case s.module != "" && s.language != "":
		return errors.New("--lang says how to compile, and --module that there is nothing to compile; give one of them")
	case cmd.Flags().Changed("lang"):
		if _, err := toolchain.Parse(s.language); err != nil {
			return fmt.Errorf("--lang: %w", err)
		}
	}
	return nil
}

// built is a plugin that was built.
type built struct {
	pluginModule
	tool string // what compiled it
}

func newPluginBuild() *cobra.Command {
	var source pluginSource
	var output string
	cmd := &cobra.Command{
		Use:   "build DIR",
		Short: "Compile a plugin, put its manifest in, and check that it loads",
		Long: `Compile the plugin in a directory with the compiler of its language, put the manifest of its
plugin.yaml into the module, and check that a host takes it: that it is sound, keeps to the limits,
exports what its hooks ask for and initialises over the embedded catalogue. The same source and the
same compiler give the same bytes.

The language is told by the files: Go (go.mod, *.go), C (*.c), Rust (*.rs) or AssemblyScript (*.ts).
A module that was built otherwise is given with --module. Where the manifest says abi: opa-wasm, the
policy is Rego (*.rego), compiled by OPA's own compiler, and what it reads is added to the manifest;
--module then takes a bundle of opa build -t wasm, too.`,
		Example: `  bailiwick plugin build ./quiet-grids
  bailiwick decide --plugin ./quiet-grids/plugin.wasm checkout.yaml
  bailiwick plugin build ./quiet-grids --module ./target/guest.wasm -o quiet-grids.wasm`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := source.check(cmd); err != nil {
				return err
			}
			if output == "" {
				if cmd.Flags().Changed("output") {
					return errors.New("--output: empty; name a file, or leave it out")
				}
				output = filepath.Join(args[0], moduleFile)
			}
			if info, err := os.Stat(output); err == nil && info.IsDir() {
				return fmt.Errorf("--output: %s is a directory; name a file in it", output)
			}
			p := newProgress(cmd.ErrOrStderr())
			p.show("compiling " + args[0])
			b, err := source.build(cmd.Context(), args[0], output)
			p.clear()
			if err != nil {
				return err
			}
			report := inspect.Inspect(output, b.module)
			if len(report.Refused) > 0 {
				return fmt.Errorf("%s: nothing is written, for no host would take it: %s", args[0], strings.Join(report.Refused, "; "))
			}
			p.show("loading it")
			fuel, err := b.tryOut(cmd)
			p.clear()
			if err != nil {
				return fmt.Errorf("%s: nothing is written, for it does not load: %w", args[0], err)
			}
			if err := image.WriteFile(output, b.module); err != nil {
				return err
			}
			t := newText(cmd.OutOrStdout())
			t.built(b, report, fuel)
			return t.err
		},
	}
	source.register(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write; default: plugin.wasm in DIR")
	return cmd
}

// build compiles the plugin in a directory and puts its manifest in. name stands for the module in errors.
func (s *pluginSource) build(ctx context.Context, dir, name string) (*built, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; name the one that holds the plugin's source and its %s", dir, manifestFile)
	}
	file := filepath.Join(dir, manifestFile)
	text, err := readCapped(ctx, file, maxManifestBytes)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no %s in it, which says what the plugin is; docs/plugins.md has one", dir, manifestFile)
	}
	if err != nil {
		return nil, err
	}
	m, err := policy.DecodeManifest(file, text)
	if err != nil {
		return nil, err
	}
	out := &built{}
	out.name = name
	var module []byte
	switch {
	case s.module != "":
		if module, err = readCapped(ctx, s.module, inspect.MaxBytes); err != nil {
			return nil, fmt.Errorf("--module: %w", err)
		}
		if bytes.HasPrefix(module, []byte(gzipMagic)) && m.Spec.ABI == policy.ABIOPA {
			if module, err = opabuild.FromBundle(bytes.NewReader(module)); err != nil {
				return nil, fmt.Errorf("--module: %s: %w", s.module, err)
			}
		}
		out.tool = "built elsewhere: " + s.module
	case m.Spec.ABI == policy.ABIOPA:
		if module, err = s.compileRego(ctx, dir, m); err != nil {
			return nil, err
		}
		out.tool = "OPA's compiler"
	default:
		if module, out.tool, err = s.compile(ctx, dir); err != nil {
			return nil, err
		}
	}
	manifest, err := m.Canonical()
	if err != nil {
		return nil, err
	}
	if out.module, err = wasm.WithCustom(module, policy.ManifestSection, manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if out.policy, err = m.Policy(name, out.module); err != nil {
		return nil, err
	}
	return out, nil
}

func (s *pluginSource) compile(ctx context.Context, dir string) (module []byte, tool string, err error) {
	language := toolchain.Language(s.language)
	if language == "" {
		if language, err = toolchain.Detect(dir); err != nil {
			return nil, "", err
		}
	}
	b, err := toolchain.Build(ctx, toolchain.Source{Dir: dir, Language: language})
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", dir, err)
	}
	return b.Module, b.Tool, nil
}

// gzipMagic begins a bundle of OPA's.
const gzipMagic = "\x1f\x8b"

// compileRego compiles the Rego policy in a directory, and adds to the manifest what it reads.
func (s *pluginSource) compileRego(ctx context.Context, dir string, m *policy.Manifest) ([]byte, error) {
	if s.language != "" {
		return nil, fmt.Errorf("--lang: a plugin of abi %s is written in Rego; leave it out", policy.ABIOPA)
	}
	modules, err := opabuild.Modules(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	b, err := opabuild.Build(ctx, modules, m.Spec.Entrypoint, m.Spec.Settings)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	m.Spec.Reads = append(m.Spec.Reads, b.Reads...)
	slices.Sort(m.Spec.Reads)
	m.Spec.Reads = slices.Compact(m.Spec.Reads)
	return b.Module, nil
}
