package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/policies"
)

const head = "apiVersion: bailiwick/v1\nkind: Config\n"

// write puts files into a new directory, which it returns.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(name), 0o777))
		must(t, os.WriteFile(name, []byte(text), 0o666))
	}
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// where lists the values that are not defaults.
func where(c *config.Config) map[string]config.Entry {
	out := map[string]config.Entry{}
	for _, e := range c.Entries() {
		if e.From != "default" {
			out[e.Key] = e
		}
	}
	return out
}

const layered = head + `topology: [./sites, /else/where]
policies:
  - ./rules
  - ../shared
withoutPolicies: [SEL-06, SEL-09]
settings:
  A-1: {one: file, two: {deep: file, more: file}}
  A-2: {three: [1]}
limits: {runnersUp: 5, steps: 1000}
profile: prod
profiles:
  prod:
    policies: []
    settings: {A-1: {two: {deep: prod}}}
    limits: {steps: 2000}
  dev: {output: yaml}
`

// TestLayers follows every value through every layer.
func TestLayers(t *testing.T) {
	dir := write(t, map[string]string{"a/bailiwick.yaml": layered, "a/b/c/here": "", "s.yaml": "A-2:\n  three: env\n  four: env\n"})
	file := filepath.Join(dir, "a", "bailiwick.yaml")
	in := func(line string) string { return file + ":" + line }
	env := []string{"HOME=/", "BAILIWICK_LIMITS_STEPS=3000", "BAILIWICK_WITHOUTPOLICIES=", "BAILIWICK_SETTINGS=" + filepath.Join(dir, "s.yaml"), "BAILIWICK_OUTPUT=json"}
	flags := []config.FlagValue{{Key: "topology", Flag: "--topology", Value: []string{"x", "y:z"}}, {Key: "standardPolicies", Flag: "--no-standard-policies", Value: false}}
	settings := &config.Text{Flag: "--settings", Name: "f.yaml", Text: []byte("A-2: {four: flag}\n")}
	c, err := config.Load(config.Options{Dir: filepath.Join(dir, "a", "b", "c"), Environment: env, Flags: flags, Settings: settings})
	must(t, err)
	if c.File != file || c.FileFrom != (config.Origin{}) {
		t.Errorf("file %s, named by %v", c.File, c.FileFrom)
	}
	want := map[string]config.Entry{}
	for _, e := range []config.Entry{
		{Key: "profile", Value: "prod", From: in("12")},
		{Key: "topology", Value: []string{"x", "y:z"}, From: "flag --topology"},
		{Key: "policies", Value: []string{}, From: in("15") + " (profile prod)"},
		{Key: "standardPolicies", Value: false, From: "flag --no-standard-policies"},
		{Key: "withoutPolicies", Value: []string{}, From: "environment BAILIWICK_WITHOUTPOLICIES"},
		{Key: "limits.runnersUp", Value: int64(5), From: in("11")},
		{Key: "limits.steps", Value: int64(3000), From: "environment BAILIWICK_LIMITS_STEPS"},
		{Key: "output", Value: "json", From: "environment BAILIWICK_OUTPUT"},
		{Key: "settings.A-1.one", Value: "file", From: in("9")},
		{Key: "settings.A-1.two", Value: map[string]any{"deep": "prod"}, From: in("16") + " (profile prod)"},
		{Key: "settings.A-2.three", Value: "env", From: "environment BAILIWICK_SETTINGS (" + filepath.Join(dir, "s.yaml") + ":2)"},
		{Key: "settings.A-2.four", Value: "flag", From: "flag --settings (f.yaml:1)"},
	} {
		want[e.Key] = e
	}
	if got := where(c); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}

	// Without the layers above it the file speaks, in paths that open from the working directory.
	c, err = config.Load(config.Options{File: file, Environment: []string{"BAILIWICK_PROFILE="}})
	must(t, err)
	got := where(c)
	if g, want := got["topology"].Value, []string{filepath.Join(dir, "a", "sites"), "/else/where"}; !reflect.DeepEqual(g, want) {
		t.Errorf("topology %v", g)
	}
	if g, want := got["policies"].Value, []string{filepath.Join(dir, "a", "rules"), filepath.Join(dir, "shared")}; !reflect.DeepEqual(g, want) {
		t.Errorf("policies %v", g)
	}
	if got["profile"].From != "environment BAILIWICK_PROFILE" || c.Policies.Value[1].Origin.Line != 6 || c.FileFrom.String() != "flag --config" {
		t.Error(got["profile"], c.Policies.Value[1], c.FileFrom)
	}
}

// TestDefaults: nothing anywhere.
func TestDefaults(t *testing.T) {
	c, err := config.Load(config.Options{File: config.None})
	must(t, err)
	if c.File != "" || len(where(c)) != 0 || c.Engine.Value != "lane" || c.Output.Value != "text" || !c.StandardPolicies.Value || c.Limits.RunnersUp.Value != 2 {
		t.Errorf("%+v", c)
	}
}

// TestNoneByEnvironment: a file that would be found is left alone, and --config wins over the environment.
func TestNoneByEnvironment(t *testing.T) {
	dir := write(t, map[string]string{"bailiwick.yaml": head + "output: json\n", "other.yaml": head + "output: yaml\n"})
	other := filepath.Join(dir, "other.yaml")
	for _, c := range []struct{ name, file, env, want, by string }{
		{"found", "", "", "json", "default"},
		{"none in the environment", "", "none", "text", "environment BAILIWICK_CONFIG"},
		{"another in the environment", "", other, "yaml", "environment BAILIWICK_CONFIG"},
		{"none by flag", "none", other, "text", "flag --config"},
		{"another by flag", other, "none", "yaml", "flag --config"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := config.Options{Dir: dir, File: c.file}
			if c.env != "" {
				o.Environment = []string{"BAILIWICK_CONFIG=" + c.env}
			}
			got, err := config.Load(o)
			must(t, err)
			if got.Output.Value != c.want || got.FileFrom.String() != c.by {
				t.Errorf("%s by %s", got.Output.Value, got.FileFrom)
			}
		})
	}
}

// TestFileErrors wants the exact text for what is wrong with a file.
func TestFileErrors(t *testing.T) {
	bomb := head + "withoutPolicies: &a [x, x, x, x, x, x, x, x, x, x]\nsettings: {a: {b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a], c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b], d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c], e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]}}\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "FILE:1:1: the text is empty"},
		{"another kind", "apiVersion: bailiwick/v1\nkind: Topology\n", `FILE:2:7: /kind: "Topology" is not allowed here; expected "Config"`},
		{"unknown key", head + "topolgy: [x]\n", `FILE:3:1: /topolgy: unknown field "topolgy"; did you mean "topology"?`},
		{"unknown limit", head + "limits: {step: 1}\n", `FILE:3:10: /limits/step: unknown field "step"; did you mean "steps"?`},
		{"unknown in a profile", head + "profiles: {a: {profile: b}}\n", `FILE:3:16: /profiles/a/profile: unknown field "profile"`},
		{"twice", head + "output: text\noutput: json\n", `FILE:4:1: /output: duplicate key "output"; it is first given on line 3`},
		{"text for a list", head + "topology: x\n", `FILE:3:11: /topology: expected a list, found the text "x"`},
		{"an empty path", head + "topology: ['']\n", `FILE:3:12: /topology/0: "" is not text that says something`},
		{"text for a truth", head + "topologyOnly: yes\n", `FILE:3:15: /topologyOnly: expected true or false, found the text "yes"`},
		{"text for a number", head + "limits: {steps: many}\n", `FILE:3:17: /limits/steps: expected a whole number, found the text "many"`},
		{"too many", head + "limits: {runnersUp: 101}\n", `FILE:3:21: /limits/runnersUp: 101 is more than 100, the most allowed`},
		{"too much fuel for plugins", head + "limits: {pluginFuel: 30000000001}\n", `FILE:3:22: /limits/pluginFuel: 30000000001 is more than 30000000000, the most allowed`},
		{"no memory for plugins", head + "limits: {pluginMemoryPages: 0}\n", `FILE:3:29: /limits/pluginMemoryPages: 0 is less than 1, the least allowed`},
		{"null", head + "settings: {A-1: {x: null}}\n", `FILE:3:21: /settings/A-1/x: null is not a value here; omit the field`},
		{"engine", head + "engine: wasm\n", `FILE:3:9: /engine: "wasm" is not allowed here; expected "lane" or "rego"`},
		{"a text for grants", head + "grants: {A-1: log}\n", `FILE:3:15: /grants/A-1: expected a list, found the text "log"`},
		{"not UTF-8", head + "# \xff\n", "FILE:3:3: invalid UTF-8"},
		{"two documents", head + "---\n" + head, "FILE:3:1: a second document begins here; write one document per file"},
		{"bomb", bomb, "aliases expanded; that is the limit"},
		{"no such profile", head + "profile: prd\nprofiles: {prod: {}, dev: {}}\n", `FILE:3: profile: there is no profile "prd"; did you mean "prod"?; FILE has dev, prod, and the standard ones are <STANDARD>`},
		{"no profiles", head + "profile: prod\n", `FILE:3: profile: there is no profile "prod"; FILE has none, and the standard ones are <STANDARD>`},
		{"too large", head + "# " + strings.Repeat("x", 1<<20), "--config: FILE: more than the 1048576 bytes it may have"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(write(t, map[string]string{"b.yaml": c.text}), "b.yaml")
			_, err := config.Load(config.Options{File: file})
			want := strings.ReplaceAll(standardProfiles(t, c.want), "FILE", file)
			if err == nil || err.Error() != want && (c.name != "bomb" || !strings.Contains(err.Error(), want)) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestEnvironmentErrors wants the exact text for what is wrong with a variable.
func TestEnvironmentErrors(t *testing.T) {
	for _, c := range []struct{ pair, want string }{
		{"BAILIWICK_TOPOLGY=x", "environment: unknown variable BAILIWICK_TOPOLGY; did you mean BAILIWICK_TOPOLOGY?"},
		{"BAILIWICK_SETTINGS_SEL-09_OPTEDIN=x", "environment: unknown variable BAILIWICK_SETTINGS_SEL-09_OPTEDIN; settings come from a file that BAILIWICK_SETTINGS names"},
		{"BAILIWICK_LIMITS_STEP=1", "environment: unknown variable BAILIWICK_LIMITS_STEP; did you mean BAILIWICK_LIMITS_STEPS?"},
		{"BAILIWICK_PLUGH=x", "environment: unknown variable BAILIWICK_PLUGH; unset it. There are BAILIWICK_CONFIG, BAILIWICK_ENGINE, BAILIWICK_GRANTS, BAILIWICK_LIMITS_FINDINGS, BAILIWICK_LIMITS_MESSAGEBYTES, BAILIWICK_LIMITS_PLUGINFUEL, BAILIWICK_LIMITS_PLUGINFUELPERROW, BAILIWICK_LIMITS_PLUGININITIALFUEL, BAILIWICK_LIMITS_PLUGINMEMORYPAGES, BAILIWICK_LIMITS_REQUESTBYTES, BAILIWICK_LIMITS_RUNNERSUP, BAILIWICK_LIMITS_STEPS, BAILIWICK_LIMITS_VALUEBYTES, BAILIWICK_OUTPUT, BAILIWICK_PLUGINCACHE, BAILIWICK_PLUGINS, BAILIWICK_POLICIES, BAILIWICK_PROFILE, BAILIWICK_SETTINGS, BAILIWICK_STANDARDPOLICIES, BAILIWICK_TOPOLOGY, BAILIWICK_TOPOLOGYONLY, BAILIWICK_WITHOUTPOLICIES"},
		{"BAILIWICK_TOPOLOGYONLY=1", `BAILIWICK_TOPOLOGYONLY: expected true or false, found the text "1"`},
		{"BAILIWICK_LIMITS_STEPS=", `BAILIWICK_LIMITS_STEPS: expected a whole number, found the text ""`},
		{"BAILIWICK_LIMITS_STEPS=0", `BAILIWICK_LIMITS_STEPS: 0 is less than 1, the least allowed`},
		{"BAILIWICK_LIMITS_PLUGININITIALFUEL=600000000001", `BAILIWICK_LIMITS_PLUGININITIALFUEL: 600000000001 is more than 600000000000, the most allowed`},
		{"BAILIWICK_LIMITS_PLUGINFUELPERROW=-1", `BAILIWICK_LIMITS_PLUGINFUELPERROW: -1 is less than 1, the least allowed`},
		{"BAILIWICK_LIMITS_STEPS=1e3", `BAILIWICK_LIMITS_STEPS: expected a whole number, found the text "1e3"`},
		{"BAILIWICK_ENGINE=", `BAILIWICK_ENGINE: "" is not allowed here; expected "lane" or "rego"`},
		{"BAILIWICK_OUTPUT=txt", `BAILIWICK_OUTPUT: "txt" is not allowed here; did you mean "text"?`},
		{"BAILIWICK_TOPOLOGY=a" + string(os.PathListSeparator), `BAILIWICK_TOPOLOGY: "" is not text that says something`},
		{"BAILIWICK_PLUGINCACHE=", `BAILIWICK_PLUGINCACHE: "" is not text that says something`},
		{"BAILIWICK_GRANTS=log", `BAILIWICK_GRANTS: "log" does not say what is granted to whom; write ID=CAPABILITY[,CAPABILITY], such as ACME-7=log`},
		{"BAILIWICK_GRANTS==log", `BAILIWICK_GRANTS: "=log" does not say what is granted to whom; write ID=CAPABILITY[,CAPABILITY], such as ACME-7=log`},
		{"BAILIWICK_GRANTS=A-1=log,,time", `BAILIWICK_GRANTS: "A-1=log,,time" has a capability without a name; write ID=CAPABILITY[,CAPABILITY], such as ACME-7=log`},
		{"BAILIWICK_TOPOLOGY=\xff", "BAILIWICK_TOPOLOGY: the value is not UTF-8"},
		{"BAILIWICK_CONFIG=", "BAILIWICK_CONFIG: empty; name a file, or unset it"},
		{"BAILIWICK_SETTINGS=/nowhere", "BAILIWICK_SETTINGS: stat /nowhere: no such file or directory"},
		{"BAILIWICK_CONFIG=/nowhere", "BAILIWICK_CONFIG: stat /nowhere: no such file or directory"},
		{"BAILIWICK_PROFILE=prod", `BAILIWICK_PROFILE: there is no profile "prod"; no bailiwick.yaml takes part, and the standard ones are <STANDARD>`},
	} {
		t.Run(c.pair, func(t *testing.T) {
			_, err := config.Load(config.Options{Dir: t.TempDir(), Environment: []string{c.pair}})
			if want := standardProfiles(t, c.want); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestServiceVariables: what Kubernetes and Docker say of a service called bailiwick is not ours.
func TestServiceVariables(t *testing.T) {
	_, err := config.Load(config.Options{File: config.None, Environment: []string{
		"BAILIWICK_SERVICE_HOST=10.0.0.1", "BAILIWICK_SERVICE_PORT=443", "BAILIWICK_SERVICE_PORT_HTTPS=443", "BAILIWICK_PORT=tcp://10.0.0.1:443",
		"BAILIWICK_PORT_443_TCP=tcp://10.0.0.1:443", "BAILIWICK_PORT_443_TCP_PROTO=tcp", "BAILIWICK_PORT_443_TCP_PORT=443", "BAILIWICK_PORT_443_TCP_ADDR=10.0.0.1",
	}})
	must(t, err)
}

// standardProfiles puts the names of the standard profiles into a text.
func standardProfiles(t *testing.T, text string) string {
	t.Helper()
	all, err := policies.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return strings.ReplaceAll(text, "<STANDARD>", strings.Join(names, ", "))
}

// TestStandardProfile takes a profile that comes with bailiwick, lays the file's own over it, and one's own settings over both.
func TestStandardProfile(t *testing.T) {
	head := "apiVersion: bailiwick/v1\nkind: Config\n"
	load := func(text, profile string) (*config.Config, error) {
		file := filepath.Join(write(t, map[string]string{"b.yaml": head + text}), "b.yaml")
		return config.Load(config.Options{File: file, Flags: []config.FlagValue{{Key: "profile", Flag: "--profile", Value: profile}}})
	}
	c, err := load("profiles: {ours: {settings: {RED-02: {enforcement: warn}}}}\nsettings: {RED-03: {enforcement: off}}\n", "availability-critical,ours")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"RED-02": "warn", "RED-03": "deny", "RED-04": "deny"} {
		if got := c.Settings[id]["enforcement"]; got.Value != want {
			t.Errorf("%s: %v from %s, want %s", id, got.Value, got.Origin, want)
		}
	}
	if from := c.Settings["RED-04"]["enforcement"].Origin.String(); from != "standard (profile availability-critical)" {
		t.Errorf("RED-04 comes from %q", from)
	}
	h, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	for _, x := range []struct{ text, want string }{
		{"withoutPolicies: [RED-03]\n", ""},
		{"standardPolicies: false\n", "--profile: profile availability-critical is for the standard policies, and they are left out; leave the profile out too, or keep them"},
	} {
		c, err := load(x.text, "availability-critical")
		if err != nil {
			t.Fatal(err)
		}
		h, err := c.Open(t.Context())
		if err == nil {
			_ = h.Close()
		}
		if (err == nil) != (x.want == "") || err != nil && err.Error() != x.want {
			t.Errorf("%s: %v, want %s", x.text, err, x.want)
		}
	}
}
