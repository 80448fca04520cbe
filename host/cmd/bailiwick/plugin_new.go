package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

// newCases are the cases that a new plugin comes with, by its hook, ID standing for its policy id.
//
//go:embed new_cases.yaml new_cases_path.yaml new_cases_placement.yaml
var newCases embed.FS

// newCasesFile is the file of the cases of a hook.
func newCasesFile(hook string) string {
	if hook == "site" {
		return "new_cases.yaml"
	}
	return "new_cases_" + hook + ".yaml"
}

// pluginNewFlags are the flags of plugin new.
type pluginNewFlags struct {
	language string
	hook     string
	owner    string
	id       string
}

func newPluginNew() *cobra.Command {
	var f pluginNewFlags
	cmd := &cobra.Command{
		Use:   "new --lang LANGUAGE DIR",
		Short: "Write a new plugin, with the SDK that it needs",
		Long: `Write a new plugin into a directory that is not there yet: a source that judges sites by the carbon
of their grid, or paths or placements with --hook; its manifest plugin.yaml, its cases, and the
SDK, so that it builds without network.
The last part of DIR is its name: small letters, digits and hyphens.`,
		Example: `  bailiwick plugin new --lang go --owner acme --id ACME-7 quiet-grids
  bailiwick plugin build quiet-grids
  bailiwick plugin test quiet-grids`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, name, err := f.files(cmd, args[0])
			if err != nil {
				return err
			}
			if err := writeNew(args[0], files); err != nil {
				return err
			}
			t := newText(cmd.OutOrStdout())
			t.newPlugin(&f, name, args[0], files)
			return t.err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.language, "lang", "", "`LANGUAGE` to write it in: "+strings.Join(sdk.Languages(), ", "))
	flags.StringVar(&f.hook, "hook", "site", "`HOOK`, what it judges: "+strings.Join(sdk.Hooks(), ", "))
	flags.StringVar(&f.owner, "owner", "example", "`NAME` of who publishes it")
	flags.StringVar(&f.id, "id", "", "policy `ID`, such as ACME-7; default: the plugin's name")
	if err := cmd.MarkFlagRequired("lang"); err != nil {
		panic(err) // the flag was registered a few lines ago
	}
	return cmd
}

// ownerGrammar is what a publisher can be called.
var ownerGrammar = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// files are those of the plugin.
func (f *pluginNewFlags) files(cmd *cobra.Command, dir string) (files []sdk.File, name string, err error) {
	switch {
	case !ownerGrammar.MatchString(f.owner):
		return nil, "", fmt.Errorf("--owner: %q: it begins with a small letter and has small letters, digits and hyphens, at most 40", f.owner)
	case cmd.Flags().Changed("id") && f.id == "":
		return nil, "", errors.New("--id: empty; give a policy id, or leave it out")
	case strings.ContainsAny(f.id, "\"'{}[]:,#&*!|>%@` \t\n"):
		return nil, "", fmt.Errorf("--id: %q is not a policy id: letters, digits, dot, underscore and hyphen, at most 64", f.id)
	case f.hook == "":
		return nil, "", errors.New("--hook: empty; give one of " + strings.Join(sdk.Hooks(), ", ") + ", or leave it out")
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, "", err
	}
	name = filepath.Base(whole)
	if f.id == "" {
		f.id = name
	}
	switch files, err = sdk.New(f.language, sdk.Plugin{Name: name, Hook: f.hook}); {
	case errors.Is(err, sdk.ErrLanguage):
		return nil, "", fmt.Errorf("--lang: %w%s", err, decode.DidYouMean(f.language, sdk.Languages()))
	case errors.Is(err, sdk.ErrHook):
		return nil, "", fmt.Errorf("--hook: %w%s", err, decode.DidYouMean(f.hook, sdk.Hooks()))
	case err != nil:
		return nil, "", fmt.Errorf("%s: %w", dir, err)
	}
	for i := range files {
		if files[i].Path == manifestFile {
			if files[i].Content, err = f.manifest(name, files[i].Content); err != nil {
				return nil, "", err
			}
		}
	}
	cases, err := newCases.ReadFile(newCasesFile(f.hook))
	if err != nil {
		return nil, "", err
	}
	return append(files, sdk.File{Path: "cases.yaml", Content: []byte(strings.ReplaceAll(string(cases), "ID", f.id))}), name, nil
}

// manifest is a template's with owner and id in it.
func (f *pluginNewFlags) manifest(name string, text []byte) ([]byte, error) {
	out := strings.Replace(string(text), "name: example/"+name+",", "name: "+f.owner+"/"+name+",", 1)
	out = strings.Replace(out, "\n  id: "+name+"\n", "\n  id: "+f.id+"\n", 1)
	m, err := policy.DecodeManifest(manifestFile, []byte(out))
	if err != nil {
		return nil, fmt.Errorf("the new manifest would not be one: %w", err)
	}
	if m.Metadata.Name != f.owner+"/"+name || m.Spec.ID != f.id {
		return nil, fmt.Errorf("the template's manifest names the plugin otherwise than it should: %s, %s", m.Metadata.Name, m.Spec.ID)
	}
	return []byte(out), nil
}

// writeNew writes files into a directory that is not there yet: all of them, or nothing.
func writeNew(dir string, files []sdk.File) (err error) {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s is there already; nothing is written over it, name another directory", dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	tmp, err := os.MkdirTemp(parent, ".bailiwick-new-")
	if err != nil {
		return fmt.Errorf("%s: nothing is written: %w", dir, err)
	}
	defer os.RemoveAll(tmp) // nothing, once it has the name that it should
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(tmp, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("%s: nothing is written: %w", dir, err)
		}
		mode := os.FileMode(0o644)
		if f.Execute {
			mode = 0o755
		}
		if err := os.WriteFile(name, f.Content, mode); err != nil {
			return fmt.Errorf("%s: nothing is written: %w", dir, err)
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("%s: nothing is written: %w", dir, err)
	}
	return nil
}

// newPlugin says what was written, and what to do next.
func (t *text) newPlugin(f *pluginNewFlags, name, dir string, files []sdk.File) {
	t.line(head.Render(oneLine(f.owner+"/"+name)) + "  " + good.Render("written") + "  " + oneLine(dir) + dim.Render("  in "+f.language))
	var own []string
	below := map[string]int{}
	for _, x := range files {
		if first, _, ok := strings.Cut(x.Path, "/"); ok {
			below[first+"/"]++
		} else {
			own = append(own, x.Path)
		}
	}
	for _, d := range sortedKeys(below) {
		own = append(own, fmt.Sprintf("%s (%s)", d, count(below[d], "file")))
	}
	t.wrapped("  ", dimmed(strings.Join(own, ", ")))
	t.line("")
	t.line(head.Render("Next"))
	if f.language == "assemblyscript" {
		t.line("  (cd " + oneLine(dir) + " && npm install)")
	}
	t.line("  bailiwick plugin build " + oneLine(dir))
	t.line("  bailiwick plugin test " + oneLine(dir))
	t.line("  bailiwick decide --plugin " + oneLine(filepath.Join(dir, moduleFile)) + " REQUEST")
}
