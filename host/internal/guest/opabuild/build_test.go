package opabuild_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
)

// TestBuild compiles packages, or says why not.
func TestBuild(t *testing.T) {
	for _, c := range []struct {
		name, text, entrypoint string
		rules, reads           string
		want                   string
	}{
		{
			name: "all rules", entrypoint: "acme/p", rules: "deny warn obligation score", reads: "site.carbon.pue site.country site.parent topology.sites[site.parent].status",
			text: `package acme.p
				import data.acme.lib
				deny contains "x" if lib.abroad(input.site)
				warn contains "x" if data.topology.sites[input.site.parent].status == "doubtful"
				obligation contains input.component.name if input.settings.on
				score := 10 * input.site.carbon.pue`,
		},
		{name: "one", entrypoint: "acme/p", rules: "deny", reads: "", text: "package acme.p\ndeny contains \"x\" if input.component.name == \"x\""},
		{name: "no rule", entrypoint: "acme/p", text: "package acme.p\nallow if true", want: "no policy to compile: package acme.p has none of the rules deny, warn, obligation and score"},
		{name: "other package", entrypoint: "acme/q", text: "package acme.p\ndeny contains 1 if true", want: "no policy to compile: package acme.q has none of the rules deny, warn, obligation and score"},
		{name: "http", entrypoint: "acme/p", text: "package acme.p\ndeny contains \"x\" if http.send({\"url\": \"x\"})", want: "policies do not compile:\np.rego:2: http.send may not be called: it reaches the network; put the fact in the topology"},
		{name: "misspelt", entrypoint: "acme/p", text: "package acme.p\ndeny contains \"x\" if input.site.contry", want: "policies do not compile:\np.rego:2: input.site has no field \"contry\"; did you mean \"country\" or \"control\"?"},
		{name: "other data", entrypoint: "acme/p", text: "package acme.p\ndeny contains \"x\" if data.mine", want: "policies do not compile:\np.rego:2: no module defines data.mine, and the only data is data.topology"},
	} {
		t.Run(c.name, func(t *testing.T) {
			modules, err := opabuild.Modules(fstest.MapFS{
				"p.rego":      {Data: []byte(c.text)},
				"lib.rego":    {Data: []byte("package acme.lib\nabroad(s) if s.country != \"DE\"")},
				"p_test.rego": {Data: []byte("package acme.p\ntest_x if nothing")},
				"notes.txt":   {Data: []byte("no Rego")},
			})
			if err != nil {
				t.Fatal(err)
			}
			settings := map[string]any{"on": true}
			b, err := opabuild.Build(context.Background(), modules, c.entrypoint, settings)
			if c.want != "" {
				if err == nil || err.Error() != c.want {
					t.Errorf("%v\nwant %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if rules, reads := strings.Join(b.Rules, " "), strings.Join(b.Reads, " "); rules != c.rules || reads != c.reads {
				t.Errorf("%s reads %s\nwant %s, %s", rules, reads, c.rules, c.reads)
			}
			again, err := opabuild.Build(context.Background(), modules, c.entrypoint, settings)
			if err != nil || string(again.Module) != string(b.Module) {
				t.Errorf("it comes out different the second time, %v", err)
			}
		})
	}
	if _, err := opabuild.Build(context.Background(), nil, "p", nil); !errors.Is(err, opabuild.ErrSource) || err.Error() != "no policy to compile: there is no module" {
		t.Error(err)
	}
	_, err := opabuild.Modules(fstest.MapFS{"x.rego": {Data: []byte("package x\ndeny {")}})
	if err == nil {
		t.Error("a module that cannot be parsed is read")
	}
}
