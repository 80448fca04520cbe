package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// generated begins every page.
const generated = "<!-- Written by make rules-docs from the policy's METADATA; change that, not this. -->"

// pages are all pages by their names.
func pages() (map[string]string, error) {
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		return nil, err
	}
	reads, err := host.FactsRead(set)
	if err != nil {
		return nil, err
	}
	cases, err := conformance.Cases()
	if err != nil {
		return nil, err
	}
	profiles, err := policies.Profiles()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range set.Policies() {
		w := &page{policy: p, reads: reads[p.ID], profiles: profiles}
		for _, c := range cases {
			if len(c.Modules) == 0 && slices.Equal(c.Standard, []string{p.ID}) {
				w.cases = append(w.cases, c)
			}
		}
		out[p.ID+".md"] = w.text()
	}
	out["README.md"] = index(set, profiles)
	return out, nil
}

// page is what is told of one policy.
type page struct {
	policy   *policy.Policy
	reads    []string
	cases    []*conformance.Case
	profiles []policies.Profile
	b        strings.Builder
}

func (w *page) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

var enforcementText = map[policy.Enforcement]string{
	policy.Enforced: "deny", policy.Warned: "warn: what it denies is a warning", policy.Off: "off: it is not asked until a profile or a setting switches it on",
}

var hookText = map[policy.Hook]string{
	policy.Site: "each site that a component may be placed at", policy.Path: "each path that copies may use, those after a failure included",
	policy.Placement: "each placement, as it stands and in every scenario",
}

func (w *page) text() string {
	p := w.policy
	w.line("%s", generated)
	w.line("# %s: %s\n", p.ID, p.Title)
	w.line("%s\n", strings.Join(strings.Fields(p.Description), " "))
	w.line("| | |\n|---|---|")
	w.line("| class | %s |", p.Class)
	w.line("| asked about | %s (hook `%s`) |", hookText[p.Hook], p.Hook)
	w.line("| unless told otherwise | %s |", enforcementText[p.Enforcement])
	w.line("| severity | %s |", p.Severity)
	w.line("| last reviewed | %s |", p.Reviewed.Format("2006-01-02"))
	file := strings.TrimPrefix(p.File, "policies/")
	w.line("| source | [policies/%s](../../policies/%s) |", file, file)
	w.settings()
	if len(p.References) > 0 {
		w.line("\n## References\n")
		for _, r := range p.References {
			w.line("- %s", r)
		}
	}
	w.line("\n## Facts it reads\n")
	if len(w.reads) == 0 {
		w.line("None: it looks at the request alone.")
	} else {
		w.line("`%s`", strings.Join(w.reads, "`, `"))
		w.line("\nA fact that is unknown leaves it open where it decides ([unknown.md](../unknown.md)): what is open is not permitted.")
	}
	w.inProfiles()
	if len(w.cases) > 0 {
		w.line("\n## Cases\n")
		for _, c := range w.cases {
			w.line("- `%s`: %s", c.ID, strings.TrimPrefix(c.Title, p.ID+": "))
		}
		w.line("\n`bailiwick conformance run --run '^(%s)$'` runs them on every engine.", strings.Join(ids(w.cases), "|"))
	}
	return w.b.String()
}

func ids(cases []*conformance.Case) (out []string) {
	for _, c := range cases {
		out = append(out, c.ID)
	}
	return out
}

// settings is a table of the settings, that of every policy included.
func (w *page) settings() {
	p := w.policy
	w.line("\n## Settings\n")
	w.line("| setting | default | what it is |\n|---|---|---|")
	for _, name := range slices.Sorted(maps.Keys(p.Settings)) {
		schema, _ := p.SettingsSchema[name].(map[string]any)
		about, _ := schema["description"].(string)
		w.line("| `%s` | `%s` | %s |", name, short(p.Settings[name]), about)
	}
	w.line("| `enforcement` | `%s` | `deny`, `warn` or `off` |", p.Enforcement)
	if len(p.SettingsSchema) == 0 {
		return
	}
	text, err := json.MarshalIndent(p.SettingsSchema, "", "  ")
	if err != nil {
		panic(err) // it was read as JSON
	}
	w.line("\n<details><summary>JSON Schema of each</summary>\n\n```json\n%s\n```\n\n</details>", text)
}

// short is a value as JSON, cut where it is long.
func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read as JSON
	}
	const most = 80
	if len(text) > most {
		return strings.ToValidUTF8(string(text[:most]), "") + "…"
	}
	return string(text)
}

// inProfiles tells what standard profiles make of the policy.
func (w *page) inProfiles() {
	var rows []string
	for i := range w.profiles {
		s, ok := w.profiles[i].Settings[w.policy.ID]
		if !ok {
			continue
		}
		var said []string
		for _, name := range slices.Sorted(maps.Keys(s)) {
			said = append(said, fmt.Sprintf("`%s: %s`", name, strings.Trim(short(s[name]), `"`)))
		}
		rows = append(rows, fmt.Sprintf("- `%s`: %s", w.profiles[i].Name, strings.Join(said, ", ")))
	}
	if len(rows) > 0 {
		w.line("\n## In profiles\n\n%s", strings.Join(rows, "\n"))
	}
}

// index lists policies and profiles.
func index(set *policy.Set, profiles []policies.Profile) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# The standard policies\n\n", generated)
	b.WriteString("Each applies as its second column says unless a [profile](#profiles) or a setting says otherwise (`enforcement: deny`, `warn` or `off` under the policy's id; [config.md](../config.md)). Legal rules restate law for engineers and are not legal advice. How to write your own: [write-a-policy.md](../write-a-policy.md).\n")
	for _, class := range []policy.Class{policy.Sovereignty, policy.Redundancy, policy.Selection} {
		fmt.Fprintf(&b, "\n## %s%s\n\n| policy | applies as | asked about | |\n|---|---|---|---|\n", strings.ToUpper(string(class[:1])), class[1:])
		for _, p := range set.Policies() {
			if p.Class == class {
				fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", p.ID, p.ID, p.Enforcement, p.Hook, p.Title)
			}
		}
	}
	b.WriteString("\n## Profiles\n\n`--profile NAME[,NAME]`, `profile:` in bailiwick.yaml, or `host.WithProfile`: later ones lie over earlier ones, and settings of your own over all of them.\n")
	for i := range profiles {
		p := &profiles[i]
		fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s\n\n", p.Name, p.Title, strings.Join(strings.Fields(p.Description), " "))
		for _, id := range slices.Sorted(maps.Keys(p.Settings)) {
			fmt.Fprintf(&b, "- [%s](%s.md): `%s`\n", id, id, short(p.Settings[id]))
		}
	}
	return b.String()
}
