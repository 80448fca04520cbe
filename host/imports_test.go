package host_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/bailiwick-dev/bailiwick"

// deps lists the packages (or their modules) that packages link, their tests left out.
func deps(t *testing.T, format string, packages ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps", "-f", format}, packages...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	lines := strings.Fields(string(out))
	slices.Sort(lines)
	return slices.Compact(lines)
}

// TestWalls checks the walls of the house: which package may link which.
func TestWalls(t *testing.T) {
	const imports = "{{.ImportPath}}"
	for _, c := range []struct {
		name      string
		packages  []string
		forbidden []string
	}{
		{
			"whoever embeds the host links no market, server, configuration or command",
			[]string{module + "/host"},
			[]string{module + "/host/market", module + "/host/server", module + "/host/config", module + "/host/record", module + "/host/cmd", module + "/conformance", "testing", "github.com/spf13/cobra", "github.com/knadh/koanf", "charm.land/"},
		},
		{
			"whoever embeds the host links no checks of topologies and no outlines of countries",
			[]string{module + "/host", module + "/host/topology/aws"},
			[]string{module + "/host/topology/lint", module + "/host/topology/outline"},
		},
		{
			"whoever embeds the host links no measurements and no runner of tests",
			[]string{module + "/host"},
			[]string{module + "/host/internal/bench", module + "/host/internal/baseline", module + "/host/internal/regotests", "github.com/open-policy-agent/opa/v1/tester"},
		},
		{
			"whoever embeds the host links nothing that builds plugins",
			[]string{module + "/host"},
			[]string{module + "/host/internal/guest/opabuild", "github.com/open-policy-agent/opa/v1/compile"},
		},
		{
			"types stand at the bottom and know no engine",
			[]string{module + "/host/topology", module + "/host/topology/aws", module + "/host/placement"},
			[]string{
				module + "/host/internal/rego", module + "/host/internal/solve", module + "/host/internal/document", module + "/host/policy",
				"github.com/open-policy-agent/", "github.com/tetratelabs/",
			},
		},
		{
			"whoever keeps decisions links no configuration and no command",
			[]string{module + "/host/record"},
			[]string{module + "/host/config", module + "/host/cmd", "github.com/spf13/cobra", "github.com/knadh/koanf", "charm.land/"},
		},
		{
			"the configuration serves the daemon as well as the command",
			[]string{module + "/host/config"},
			[]string{module + "/host/record", module + "/host/cmd", "github.com/spf13/cobra", "charm.land/"},
		},
		{
			"whoever proves an engine links no command and no test code",
			[]string{module + "/conformance"},
			[]string{module + "/host/config", module + "/host/record", module + "/host/cmd", "testing", "github.com/spf13/cobra", "github.com/knadh/koanf", "charm.land/"},
		},
		{
			"the command links no test code",
			[]string{module + "/host/cmd/bailiwick"},
			// OPA's runner of tests, which policy test runs, links testing itself.
			[]string{"testing/fstest", "testing/iotest", "testing/quick", "pgregory.net/rapid", module + "/conformance/conformancetest"},
		},
		{
			"the search knows no policy",
			[]string{module + "/host/internal/solve"},
			[]string{module + "/host/internal/rego", module + "/host/policy", module + "/host/topology", "github.com/open-policy-agent/"},
		},
		{
			"what reads and meters guests knows no engine and nothing of ours",
			[]string{module + "/host/internal/guest/wasm", module + "/host/internal/guest/meter"},
			[]string{
				module + "/host/topology", module + "/host/placement", module + "/host/policy", module + "/host/strict", module + "/host/internal/decode",
				module + "/host/internal/image", module + "/host/internal/rego", "github.com/tetratelabs/", "github.com/open-policy-agent/", "testing",
			},
		},
		{
			"what guests are offered knows nothing of decisions, and is not the engine's own",
			[]string{module + "/host/internal/guest/offer"},
			[]string{
				module + "/host/topology", module + "/host/placement", module + "/host/policy", module + "/host/strict", module + "/host/internal/decode",
				module + "/host/internal/image", module + "/host/internal/rego", "github.com/tetratelabs/wazero/imports", "github.com/open-policy-agent/", "testing",
			},
		},
		{
			"the memory of guests knows nothing of ours",
			[]string{module + "/host/internal/guest/memory"},
			[]string{
				module + "/host/topology", module + "/host/placement", module + "/host/policy", module + "/host/strict", module + "/host/internal/decode",
				module + "/host/internal/image", module + "/host/internal/rego", module + "/host/internal/guest/wasm", module + "/host/internal/guest/meter",
				"github.com/open-policy-agent/", "testing",
			},
		},
		{
			"what keeps compiled guests knows the engine and nothing of ours",
			[]string{module + "/host/internal/guest/cache"},
			[]string{
				module + "/host/topology", module + "/host/placement", module + "/host/policy", module + "/host/strict", module + "/host/internal/decode",
				module + "/host/internal/image", module + "/host/internal/rego", module + "/host/internal/guest/wasm", module + "/host/internal/guest/meter",
				"github.com/open-policy-agent/", "testing",
			},
		},
		{
			"guests in Go link nothing of the host's, and nothing that is large",
			[]string{module + "/sdk/go", module + "/sdk/go/probe"},
			[]string{module + "/host", "fmt", "reflect", "os", "strconv", "encoding", "testing", "syscall", "github.com/tetratelabs/", "github.com/open-policy-agent/"},
		},
		{
			"the sources of SDKs link nothing that runs them",
			[]string{module + "/sdk"},
			[]string{module + "/host", module + "/sdk/guestrun", module + "/sdk/go", "testing", "github.com/tetratelabs/"},
		},
		{
			"what reads text knows nothing of its meaning",
			[]string{module + "/host/internal/decode", module + "/host/internal/image", module + "/host/strict"},
			[]string{module + "/host/topology", module + "/host/placement", "github.com/open-policy-agent/"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range deps(t, imports, c.packages...) {
				for _, f := range c.forbidden {
					if p == f || strings.HasPrefix(p, strings.TrimSuffix(f, "/")+"/") {
						t.Errorf("%v links %s", c.packages, p)
					}
				}
			}
		})
	}
}

// TestNothingAmbient checks that what guests are offered has no way to the machine of its own: no clock, files,
// network, environment, randomness or processes.
func TestNothingAmbient(t *testing.T) {
	const direct = `{{join .Imports "\n"}}`
	out, err := exec.Command("go", "list", "-f", direct, module+"/host/internal/guest/offer").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	allowed := []string{
		"bytes", "cmp", "context", "crypto/sha256", "encoding/binary", "errors", "fmt", "math", "math/rand/v2", "slices", "strconv", "strings",
		"sync/atomic", "unicode/utf8", "github.com/tetratelabs/wazero", "github.com/tetratelabs/wazero/api",
		module + "/host/internal/guest/meter", module + "/host/internal/guest/printable", module + "/host/internal/guest/wasm",
	}
	imported := strings.Fields(string(out))
	if len(imported) < 5 {
		t.Errorf("go list gave %q", imported)
	}
	for _, p := range imported {
		if !slices.Contains(allowed, p) {
			t.Errorf("the offer imports %s", p)
		}
	}
}

// TestThirdParties checks that the host links OPA, wazero, the decoders it needs, and nothing else of others'.
func TestThirdParties(t *testing.T) {
	const modules = "{{with .Module}}{{.Path}}{{end}}"
	allowed := deps(t, modules,
		"github.com/open-policy-agent/opa/v1/rego", "github.com/open-policy-agent/opa/v1/ast", "github.com/open-policy-agent/opa/v1/topdown", "github.com/open-policy-agent/opa/v1/storage/inmem")
	allowed = append(allowed, module, "go.yaml.in/yaml/v3", "github.com/go-json-experiment/json", "golang.org/x/sys", "github.com/tetratelabs/wazero",
		"github.com/santhosh-tekuri/jsonschema/v6", "golang.org/x/text") // settings are checked against schemas
	for _, m := range deps(t, modules, module+"/host") {
		if !slices.Contains(allowed, m) {
			t.Errorf("the host links module %s", m)
		}
	}
}
