package conformancetest_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/conformance/conformancetest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// wrongEngine makes this binary the test of an engine that is wrong.
const wrongEngine = "CONFORMANCETEST_WRONG_ENGINE"

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

// TestWrong runs an engine that permits everything and leaves one case out, in a process of its own: the first
// makes the test fail, with what differs, the second is skipped.
func TestWrong(t *testing.T) {
	if os.Getenv(wrongEngine) != "" {
		conformancetest.Run(t, conformance.Func("wrong", func(_ context.Context, c *conformance.Case) (*placement.Decision, error) {
			if c.ID == "red-01-zone" {
				return nil, conformance.Skip("no zones")
			}
			return &placement.Decision{Verdict: placement.Permit}, nil
		}), redundancy(t)...)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestWrong$", "-test.v")
	cmd.Env = append(os.Environ(), wrongEngine+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("an engine that is wrong passes:\n%s", out)
	}
	for _, want := range []string{
		"--- FAIL: TestWrong/red-01-region",
		"RED-01 wants two availability zones of a region (conformance/cases/redundancy-selection.yaml:7)",
		"sites[bright/api]\n            want its outcome\n            got nothing\n",
		"--- SKIP: TestWrong/red-01-zone",
		"no zones",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
}

// TestEmbedded wants every embedded case where none is given.
func TestEmbedded(t *testing.T) {
	seen := 0
	conformancetest.Run(t, conformance.Func("counts", func(context.Context, *conformance.Case) (*placement.Decision, error) {
		seen++
		return nil, conformance.Skip("only counted")
	}))
	all, err := conformance.Cases()
	if err != nil || seen != len(all) {
		t.Errorf("%d of %d cases were asked, %v", seen, len(all), err)
	}
}
