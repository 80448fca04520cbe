package conformancetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/conformance/conformancetest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// engineEnv makes this binary the test of an engine that is not as it should be.
const engineEnv = "CONFORMANCETEST_ENGINE"

// redundancy returns the cases of RED-01.
func redundancy(t *testing.T) []*conformance.Case {
	t.Helper()
	all, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(c *conformance.Case) bool { return !strings.HasPrefix(c.ID, "red-") })
}

// TestRight runs the engines of the host.
func TestRight(t *testing.T) {
	for _, e := range conformance.Hosts() {
		t.Run(e.Name(), func(t *testing.T) { conformancetest.Run(t, e, redundancy(t)...) })
	}
}

// again runs a test in a process of its own, where engineEnv is set, and returns what it prints: tests of what fails and of
// what is skipped are neither here.
func again(t *testing.T) (out string, passes bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), engineEnv+"=1")
	text, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), err == nil
}

// TestWrong runs an engine that permits everything and leaves one case out: the first makes the test fail, with what
// differs, the second is skipped.
func TestWrong(t *testing.T) {
	if os.Getenv(engineEnv) != "" {
		conformancetest.Run(t, conformance.Func("wrong", func(_ context.Context, c *conformance.Case) (*placement.Decision, error) {
			if c.ID == "red-01-zone" {
				return nil, conformance.Skip("no zones")
			}
			return &placement.Decision{Verdict: placement.Permit}, nil
		}), redundancy(t)...)
		return
	}
	out, passes := again(t)
	if passes {
		t.Fatalf("an engine that is wrong passes:\n%s", out)
	}
	for _, want := range []string{
		"--- FAIL: TestWrong/red-01-region",
		"RED-01 wants two availability zones of a region (conformance/cases/redundancy-selection.yaml:7)",
		"sites[bright/api]\n            want its outcome\n            got nothing\n",
		"--- SKIP: TestWrong/red-01-zone",
		"no zones",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
}

// TestEmbedded wants every embedded case where none is given, of an engine that takes part in none.
func TestEmbedded(t *testing.T) {
	if os.Getenv(engineEnv) != "" {
		conformancetest.Run(t, conformance.Func("none", func(context.Context, *conformance.Case) (*placement.Decision, error) {
			return nil, conformance.Skip("it takes part in none")
		}))
		return
	}
	all, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	out, passes := again(t)
	if n := strings.Count(out, "--- SKIP: TestEmbedded/"); !passes || n != len(all) || strings.Count(out, "it takes part in none") != n {
		t.Errorf("%d of %d cases are skipped:\n%s", n, len(all), out)
	}
}
