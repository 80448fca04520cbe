package main

import (
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

//go:embed newpolicy
var newPolicies embed.FS

// policyNewFlags are the flags of policy new.
type policyNewFlags struct {
	class, hook, id string
}

var (
	policyClasses = []string{string(policy.Sovereignty), string(policy.Redundancy), string(policy.Selection)}
	policyHooks   = []string{string(policy.Site), string(policy.Path), string(policy.Placement)}
)

// fileOfPolicy are the files of a new policy.
const (
	newRuleFile  = "policy.rego"
	newTestFile  = "policy_test.rego"
	newCasesYAML = "cases.yaml"
)

func newPolicyNew() *cobra.Command {
	var f policyNewFlags
	cmd := &cobra.Command{
		Use:   "new DIR",
		Short: "Write a policy to begin with",
		Long: `Write a policy in Rego into a directory that is not there yet: the rule with its METADATA and a
setting, its tests, and a case that says what must come out of a request over the real catalogue. It
is checked, formatted and tested as it is. All of it is written, or nothing.

The last part of DIR is the name of the package.`,
		Example: `  bailiwick policy new --class sovereignty --id ACME-1 our-rules/countries
  bailiwick policy new --hook placement our-rules/enough`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := f.files(cmd, args[0])
			if err != nil {
				return err
			}
			if err := writeNew(args[0], files); err != nil {
				return err
			}
			t := newText(cmd.OutOrStdout())
			dir := oneLine(args[0])
			t.line(head.Render(oneLine(f.id)) + "  " + good.Render("written") + "  " + dir)
			t.line("  " + dim.Render(strings.Join([]string{newRuleFile, newTestFile, newCasesYAML}, ", ")))
			t.line("")
			t.line(head.Render("Next"))
			t.line("  bailiwick policy test " + dir + " --coverage")
			t.line("  bailiwick policy check " + dir)
			t.line("  bailiwick conformance run --no-embedded-cases --cases " + dir)
			t.line("  bailiwick decide --policies " + dir + " REQUEST")
			return t.err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.class, "class", string(policy.Selection), "`CLASS`: "+strings.Join(policyClasses, ", "))
	flags.StringVar(&f.hook, "hook", string(policy.Site), "`HOOK`, what it judges: "+strings.Join(policyHooks, ", "))
	flags.StringVar(&f.id, "id", "", "policy `ID`, such as ACME-7; default: the package's name")
	return cmd
}

// packageGrammar is what a package can be called.
var packageGrammar = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// files are those of the policy. They are loaded before they are written.
func (f *policyNewFlags) files(cmd *cobra.Command, dir string) ([]sdk.File, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	name := strings.ReplaceAll(filepath.Base(whole), "-", "_")
	switch {
	case !packageGrammar.MatchString(name):
		return nil, fmt.Errorf("%s: %q is no name of a package: it begins with a small letter and has small letters, digits, hyphens and underscores, at most 40", dir, filepath.Base(whole))
	case cmd.Flags().Changed("id") && f.id == "":
		return nil, fmt.Errorf("--id: empty; give a policy id, or leave it out")
	}
	if f.id == "" {
		f.id = strings.ReplaceAll(name, "_", "-")
	}
	for _, x := range []struct {
		flag, value string
		known       []string
	}{{"--class", f.class, policyClasses}, {"--hook", f.hook, policyHooks}} {
		if !slices.Contains(x.known, x.value) {
			return nil, fmt.Errorf("%s: %q is none of %s%s", x.flag, x.value, strings.Join(x.known, ", "), decode.DidYouMean(x.value, x.known))
		}
	}
	read := func(file string) string {
		text, err2 := fs.ReadFile(newPolicies, "newpolicy/"+f.hook+file)
		if err2 != nil {
			err = err2
		}
		return strings.NewReplacer("@ID@", f.id, "@CLASS@", f.class, "@PACKAGE@", name, "@TODAY@", time.Now().UTC().Format(time.DateOnly), "@CASE@", strings.ToLower(f.id)).Replace(string(text))
	}
	rule, tests, cases := read(".rego"), read("_test.rego"), read(".yaml")
	if err != nil {
		return nil, err
	}
	lib, err := fs.ReadFile(policies.FS(), "lib/sites.rego")
	if err != nil {
		return nil, err
	}
	cases = strings.NewReplacer("@RULE@", indented(rule), "@LIB@", indented(string(lib))).Replace(cases)
	written, err := txtar.FS(&txtar.Archive{Files: []txtar.File{{Name: newRuleFile, Data: []byte(rule)}}})
	if err != nil {
		return nil, err
	}
	_, err = policy.Load(policy.Source{Name: standardSource, FS: policies.FS()}, policy.Source{Name: "new", FS: written})
	if err != nil {
		return nil, fmt.Errorf("--id, or the name of %s: the policy would not load: %w", dir, err)
	}
	return []sdk.File{
		{Path: newRuleFile, Content: []byte(rule)},
		{Path: newTestFile, Content: []byte(tests)},
		{Path: newCasesYAML, Content: []byte(cases)},
	}, nil
}

// indented is text as it stands below a key of the cases.
func indented(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line != "" {
			b.WriteString("          " + line)
		}
	}
	return b.String()
}
