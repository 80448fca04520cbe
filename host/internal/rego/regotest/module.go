package regotest

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// Names of the packages that are written, below data.
const (
	Package = "generated"
	Library = "generated.lib"
)

// Module writes one module that package policy loads as a policy: METADATA with settings, helper rules,
// and bodies of deny, of which those of the i-th have messages that begin with "m" and i, "m0" being the
// first. Some have warnings, obligations or a score, too.
func Module(t *rapid.T) string { return modules.Draw(t, "module") }

var modules = rapid.Custom(func(t *rapid.T) string {
	w := &writer{t: t, home: Package}
	return tidy(w.header() + "package " + Package + "\n\n" + w.help(w.roll(5)) + w.policy())
})

// Modules writes a policy as [Module] does, policy.rego, and a library of helper rules, lib.rego, that it
// calls across packages, by names that are computed, too.
func Modules(t *rapid.T) map[string]string { return pairs.Draw(t, "modules") }

var pairs = rapid.Custom(func(t *rapid.T) map[string]string {
	w := &writer{t: t, home: Library}
	lib := "package " + Library + "\n\n" + w.help(1+w.roll(6))
	w.prefix = "lib."
	return map[string]string{
		"lib.rego":    tidy(lib),
		"policy.rego": tidy(w.header() + "package " + Package + "\n\nimport data." + Library + "\n\n" + w.policy()),
	}
})

// header writes METADATA.
func (w *writer) header() string {
	return "# METADATA\n# title: Written at random\n# custom:\n#   id: GEN-1\n" +
		"#   class: " + w.pick("selection", "sovereignty", "redundancy") + "\n#   hook: site\n#   reviewed: 2026-11-23\n" +
		"#   settings: " + settings + "\n"
}

var (
	declaration = regexp.MustCompile(`\b(?:some|every) \[?v\d+(?:, v\d+)*\]? in `)
	name        = regexp.MustCompile(`\bv\d+\b`)
)

// tidy puts _ in the place of variables that are declared and not used: OPA refuses them. Each has a name
// of its own.
func tidy(module string) string {
	seen := map[string]int{}
	for _, v := range name.FindAllString(module, -1) {
		seen[v]++
	}
	return declaration.ReplaceAllStringFunc(module, func(d string) string {
		return name.ReplaceAllStringFunc(d, func(v string) string {
			if seen[v] == 1 {
				return "_"
			}
			return v
		})
	})
}

// policy writes the rules that make a module a policy.
func (w *writer) policy() string {
	var b strings.Builder
	for i := range 1 + w.roll(4) {
		b.WriteString(w.decides("deny", fmt.Sprintf("m%d", i)) + "\n\n")
	}
	if w.chance(25) {
		b.WriteString(w.decides("warn", "w") + "\n\n")
	}
	if w.chance(20) {
		b.WriteString(w.decides("obligation", "o") + "\n\n")
	}
	if w.chance(25) {
		b.WriteString(w.score() + "\n")
	}
	return b.String()
}

// decides writes one body of a rule whose elements are messages.
func (w *writer) decides(name, start string) string {
	w.scope = nil
	switch w.roll(6) {
	case 0, 1:
		return w.rule(3, func() string { return fmt.Sprintf("%s contains %q", name, start) })
	case 2:
		return w.inside(func() string {
			w.wide = false
			body := strings.TrimSuffix(w.body(3), "\n}")
			return fmt.Sprintf("%s contains message if %s\n\tmessage := %s\n}", name, body, w.message(start+" "))
		})
	case 3:
		return w.rule(3, func() string {
			return fmt.Sprintf(`%s contains {"message": %q, "level": %s}`, name, start, w.pick("1", "count(input.site.jurisdictions)", "input.component.copies.min", "[input.site.country, {}]"))
		})
	case 4:
		// One for each member of something.
		return w.inside(func() string {
			w.wide = false
			k := w.oftenest("area", "country", "partition") // no more than a person would read
			of := w.leaf(list(k))
			v := w.bind(k)
			body := w.body(2)
			return fmt.Sprintf("%s contains sprintf(\"%s %%s\", [%s]) if {\n\tsome %s in %s\n\t%s", name, start, v, v, of, strings.TrimPrefix(body, "{\n\t"))
		})
	default:
		return w.rule(3, func() string { return name + " contains " + w.message(start+" ") })
	}
}

// score writes a number from 0 to 100.
func (w *writer) score() string {
	w.scope = nil
	k := number(w.pick("ms", "grams", "few", "lat"))
	rule := w.rule(2, func() string { return "score := max([0, min([100, " + w.value(k) + "])])" })
	if w.chance(50) {
		return "default score := 50\n\n" + rule
	}
	return rule
}

// Settings are the defaults of the settings that modules declare.
func Settings() map[string]any {
	var out map[string]any
	if err := yaml.Unmarshal([]byte(settings), &out); err != nil {
		panic(err) // it is a constant, and policies that hold it load
	}
	return out
}
