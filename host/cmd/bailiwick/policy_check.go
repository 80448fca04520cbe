package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// policyCheckFlags are the flags of policy check.
type policyCheckFlags struct {
	host     hostFlags
	standard bool
	output   string
}

func newPolicyCheck() *cobra.Command {
	var flags policyCheckFlags
	cmd := &cobra.Command{
		Use:   "check DIR…",
		Short: "Compile policies strictly, and say what they are and what is wrong with them",
		Long: `Compile the policies of directories as a decision would, beside the standard ones, and say
everything that is wrong with them, with file and line. What compiles is described: each policy with
its class, its hook, its bodies (of deny, warn and obligation, and a score as one) and how many
facts it reads.

Warnings name what is allowed and hardly meant: imports, variables and arguments that are not used,
rules that nothing comes to, settings that nothing reads, METADATA without description, references
or schemas of settings. What falls back to the reference engine costs more, and stays open where a
fact that it reads is unknown.

The exit status is 1 if something is wrong, and 0 otherwise.`,
		Example: `  bailiwick policy check ./our-rules
  bailiwick policy check ./our-rules --no-standard-policies -o json
  bailiwick policy check --standard`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.host.registerConfig(cmd)
	f := cmd.Flags()
	f.BoolVar(&flags.standard, "standard", false, "check the standard policies, too")
	f.BoolVar(&flags.host.noStandard, "no-standard-policies", false, "leave the standard policies out")
	f.StringVarP(&flags.output, "output", "o", "text", "output: `text|json`")
	return cmd
}

// standardSource is the name of the standard policies beside those that are checked.
const standardSource = "standard"

func (f *policyCheckFlags) run(cmd *cobra.Command, dirs []string) error {
	switch {
	case f.output != "text" && f.output != "json":
		return fmt.Errorf("--output: %q is not text or json", f.output)
	case f.standard && f.host.noStandard:
		return errors.New("--standard checks the standard policies, which --no-standard-policies leaves out; give one of them")
	case len(dirs) == 0 && !f.standard:
		return errors.New("name a directory of policies, or give --standard for those that come with bailiwick")
	}
	sources, err := policySources(dirs)
	if err != nil {
		return err
	}
	c, err := f.host.config(cmd.Context())
	if err != nil {
		return err
	}
	k := checking{dirs: dirs}
	if f.standard || c.StandardPolicies.Value {
		s := policy.Source{Name: standardSource, FS: policies.FS()}
		for _, id := range c.WithoutPolicies.Value {
			s.Without = append(s.Without, id.Value)
		}
		if !f.standard {
			if k.beside, err = modulesOf(s); err != nil {
				return err
			}
		}
		sources = append([]policy.Source{s}, sources...)
	}
	if err := k.check(sources); err != nil {
		return err
	}
	if f.output == "json" {
		err = writeJSON(cmd.OutOrStdout(), k.document())
	} else if err = k.failure(); err == nil {
		t := newText(cmd.OutOrStdout())
		t.checked(&k)
		return t.err
	}
	if err == nil && len(k.errors) > 0 {
		return statusError(statusFailed)
	}
	return err
}

// checking is what a check finds: errors, or what the policies are.
type checking struct {
	dirs   []string
	beside map[string]bool // modules that are there and not checked

	stage     string // what fails, where there are errors
	errors    []string
	policies  []rego.Outline
	warnings  []rego.Warning
	fallbacks []rego.Fallback
}

// modulesOf names the modules of a source.
func modulesOf(s policy.Source) (map[string]bool, error) {
	set, err := policy.Load(s)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, m := range set.Modules() {
		names[m.Name] = true
	}
	return names, nil
}

// check loads and compiles the sources.
func (k *checking) check(sources []policy.Source) error {
	set, errs := policy.Check(sources...)
	if len(errs) > 0 {
		k.stage = "load"
		for _, err := range errs {
			k.errors = append(k.errors, err.Error())
		}
		slices.SortStableFunc(k.errors, rego.ByPlace)
		return nil
	}
	set, err := set.Everything() // what is off is looked at, too
	if err != nil {
		return err
	}
	return k.compile(set)
}

// compile compiles a set and says what is in it.
func (k *checking) compile(set *policy.Set) error {
	program, err := rego.Compile(set)
	if err == nil {
		err = program.CheckNames()
	}
	var ce *rego.CompileError
	if errors.As(err, &ce) {
		k.stage, k.errors = "compile", ce.All
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range program.Outlines() {
		if !k.beside[o.Policy.File] {
			k.policies = append(k.policies, o)
		}
	}
	if len(k.policies) == 0 {
		return fmt.Errorf("%s: there is no policy, only what policies may call: no package defines deny, warn, obligation or score", strings.Join(k.dirs, ", "))
	}
	for _, w := range program.Warnings(set) {
		if file, _ := fileAndLine(w.Place); !k.beside[file] {
			k.warnings = append(k.warnings, w)
		}
	}
	for _, x := range program.Fallbacks() {
		if file, _ := fileAndLine(x.Place); !k.beside[file] {
			k.fallbacks = append(k.fallbacks, x)
		}
	}
	return nil
}

// failure is what is wrong as one error, or nil.
func (k *checking) failure() error {
	switch {
	case len(k.errors) == 0:
		return nil
	case len(k.errors) == 1 && k.stage == "load":
		return errors.New(k.errors[0])
	}
	return fmt.Errorf("policies do not %s:\n%s", k.stage, strings.Join(k.errors, "\n"))
}

// fileAndLine takes a place apart.
func fileAndLine(place string) (file string, line int) {
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return place, 0
	}
	line, err := strconv.Atoi(place[i+1:])
	if err != nil {
		return place, 0
	}
	return place[:i], line
}

// policyCheckJSON is what `policy check -o json` prints.
type policyCheckJSON struct {
	Errors    []string            `json:"errors"` // file:line: what is wrong; then the rest is empty
	Policies  []checkedPolicyJSON `json:"policies"`
	Warnings  []policyWarningJSON `json:"warnings"`
	Fallbacks []fallbackJSON      `json:"fallbacks"`
}

type checkedPolicyJSON struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Class  string   `json:"class"`
	Hook   string   `json:"hook"`
	File   string   `json:"file"`
	Bodies int      `json:"bodies"`
	Facts  []string `json:"facts"`
}

type policyWarningJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

type fallbackJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Policy string `json:"policy"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

func (k *checking) document() policyCheckJSON {
	v := policyCheckJSON{Errors: k.errors}
	for _, o := range k.policies {
		p := checkedPolicyJSON{ID: o.Policy.ID, Title: o.Policy.Title, Class: string(o.Policy.Class), Hook: string(o.Policy.Hook), File: o.Policy.File, Bodies: o.Bodies}
		for _, f := range o.Facts {
			p.Facts = append(p.Facts, f.String())
		}
		v.Policies = append(v.Policies, p)
	}
	for _, w := range k.warnings {
		file, line := fileAndLine(w.Place)
		v.Warnings = append(v.Warnings, policyWarningJSON{file, line, w.Message})
	}
	for _, x := range k.fallbacks {
		file, line := fileAndLine(x.Place)
		v.Fallbacks = append(v.Fallbacks, fallbackJSON{file, line, x.Policy, x.What, x.Why})
	}
	return v
}
