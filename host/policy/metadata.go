package policy

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// idGrammar keeps ids printable, short, and free of what shells, URLs and JSON
// pointers give a meaning.
var idGrammar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// hooks are those that have a name.
var hooks = []string{string(Site), string(Path), string(Placement)}

// customKeys are the keys of METADATA's custom section.
var customKeys = []string{"class", "enforcement", "hook", "id", "references", "reviewed", "settings", "settingsSchema", "severity"}

// metadata is one package's annotations while they are read.
type metadata struct {
	file   file
	loc    *ast.Location
	custom map[string]any
	errs   []error
}

// describe turns a policy package's METADATA into a Policy.
func describe(f file, m *ast.Module, notes *ast.Annotations) (*Policy, []error) {
	md := &metadata{file: f, loc: notes.Location, custom: maps.Clone(notes.Custom)}
	if v, ok := md.custom["enforcement"]; ok {
		md.custom["enforcement"] = yamlOff(v)
	}
	for _, key := range sortedKeys(md.custom) {
		if !slices.Contains(customKeys, key) {
			md.fail("custom has no key %q%s", key, decode.DidYouMean(key, customKeys))
		}
	}
	p := &Policy{
		ID:          md.id(),
		Title:       strings.TrimSpace(notes.Title),
		Description: strings.TrimSpace(notes.Description),
		Class:       Class(md.oneOf("class", "", string(Sovereignty), string(Redundancy), string(Selection))),
		Hook:        Hook(md.oneOf("hook", "", hooks...)),
		Severity:    Severity(md.oneOf("severity", string(Medium), string(Low), string(Medium), string(High))),
		References:  md.references(),
		Reviewed:    md.reviewed(),
		Settings:    md.settings(),
		Enforcement: Enforcement(md.oneOf("enforcement", string(Enforced), enforcements...)),
		Package:     m.Package.Path,
		File:        f.name,
	}
	p.SettingsSchema = md.settingsSchema(p.Settings)
	if _, taken := p.Settings[enforcementKey]; taken {
		md.fail("custom.settings.%s is taken: every policy has that setting; its default is custom.%s", enforcementKey, enforcementKey)
	}
	if p.Title == "" {
		md.fail("title is missing: say in one line what the policy asks")
	}
	if len(md.errs) > 0 {
		return nil, md.errs
	}
	return p, nil
}

// fail notes what is wrong, with its place.
func (md *metadata) fail(format string, args ...any) {
	md.errs = append(md.errs, fmt.Errorf("%s: METADATA: %s", at(md.file.name, md.loc), fmt.Sprintf(format, args...)))
}

// text reads a required string; false if there is none.
func (md *metadata) text(key string) (string, bool) {
	v, ok := md.custom[key]
	if !ok {
		md.fail("custom.%s is missing", key)
		return "", false
	}
	s, ok := v.(string)
	if !ok {
		md.fail("custom.%s must be a string", key)
	}
	return s, ok
}

// reservedID stands in decisions for the request itself.
const reservedID = "request"

func (md *metadata) id() string {
	id, ok := md.text("id")
	if id == reservedID {
		md.fail("custom.id %q is taken: decisions use it for what the request itself leaves out", id)
	}
	if ok && !idGrammar.MatchString(id) {
		md.fail("custom.id %q is not a policy id: letters, digits, dot, underscore and hyphen, at most 64", id)
	}
	return id
}

// oneOf reads a string that must be one of a few; an empty fallback makes it
// required.
func (md *metadata) oneOf(key, fallback string, known ...string) string {
	if _, ok := md.custom[key]; !ok && fallback != "" {
		return fallback
	}
	s, ok := md.text(key)
	if ok && !slices.Contains(known, s) {
		md.fail("custom.%s %q is none of %s%s", key, s, strings.Join(known, ", "), decode.DidYouMean(s, known))
	}
	return s
}

// reviewed reads a date, which YAML may already have turned into a time.
func (md *metadata) reviewed() time.Time {
	v, ok := md.custom["reviewed"]
	if !ok {
		md.fail("custom.reviewed is missing: the day a person last checked the policy, as YYYY-MM-DD")
		return time.Time{}
	}
	switch v := v.(type) {
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.UTC()
		}
	case string:
		if day, err := time.Parse(time.DateOnly, v); err == nil {
			return day
		}
	}
	md.fail("custom.reviewed %q is not a date as YYYY-MM-DD", fmt.Sprint(v))
	return time.Time{}
}

func (md *metadata) references() []string {
	v, ok := md.custom["references"]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		md.fail("custom.references must be a list of strings")
		return nil
	}
	refs := make([]string, 0, len(list))
	for _, e := range list {
		s, ok := e.(string)
		if !ok || s == "" {
			md.fail("custom.references must be a list of strings")
			return nil
		}
		refs = append(refs, s)
	}
	return refs
}

func (md *metadata) settings() map[string]any {
	v, ok := md.custom["settings"]
	if !ok {
		return map[string]any{}
	}
	m, ok := v.(map[string]any)
	if !ok {
		md.fail("custom.settings must be a mapping")
		return map[string]any{}
	}
	out := make(map[string]any, len(m))
	for _, key := range sortedKeys(m) {
		value, err := jsonValue(m[key], 0)
		if err != nil {
			md.fail("custom.settings.%s: %s", key, err)
			return map[string]any{}
		}
		out[key] = value
	}
	return out
}

// jsonValue copies a value as YAML or a caller gives it into the values of JSON.
func jsonValue(v any, depth int) (any, error) {
	if depth > MaxNesting {
		return nil, fmt.Errorf("nests deeper than %d", MaxNesting)
	}
	switch v := v.(type) {
	case bool, string:
		return v, nil
	case int:
		return jsonValue(float64(v), depth)
	case int64:
		return jsonValue(float64(v), depth)
	case uint64:
		return jsonValue(float64(v), depth)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is not a number here", v)
		}
		return v, nil
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly), nil
		}
		return v.UTC().Format(time.RFC3339Nano), nil
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			c, err := jsonValue(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = c
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			c, err := jsonValue(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[k] = c
		}
		return out, nil
	case nil:
		return nil, fmt.Errorf("null is not a value here; omit the key")
	}
	return nil, fmt.Errorf("%T is not a value of JSON", v)
}
