package host_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance/guests"
	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// standIns decides by rules and by guests, and counts what the policies said.
type standIns struct {
	rules, guests *host.Host
	said          map[string]int // by policy and kind of finding
	verdicts      map[placement.Verdict]int
}

// newStandIns opens what opts say twice: with the standard policies as they are, and with guests in the place of those that
// there are guests of.
func newStandIns(t *testing.T, opts ...host.Option) *standIns {
	t.Helper()
	open := func(more ...host.Option) *host.Host {
		h, err := host.Open(context.Background(), append(slices.Clip(opts), more...)...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	var more []host.Option
	for _, name := range guests.Names() {
		more = append(more, host.WithoutStandardPolicies(guests.ID(name)), guestOf(t, name))
	}
	return &standIns{open(), open(more...), map[string]int{}, map[placement.Verdict]int{}}
}

// guestOf is the guest of that name as a plugin.
func guestOf(t *testing.T, name string) host.Option {
	t.Helper()
	module, err := guests.Module(name)
	if err != nil {
		t.Fatal(err)
	}
	return host.WithPlugin(name+".wasm", module)
}

// overCatalogue is over the catalogue with the Outposts of the examples.
func overCatalogue(t *testing.T) *standIns {
	t.Helper()
	return newStandIns(t, host.WithTopology("hospital", os.DirFS(filepath.Join("..", "docs", "examples", "hospital-topology"))))
}

// same wants the same decision of both, to the byte but for the digests of the policies and of the decision, which is made
// of the former too.
func (s *standIns) same(t *testing.T, req *placement.Request) placement.Verdict {
	t.Helper()
	decide := func(h *host.Host) (*placement.Decision, []byte) {
		d, err := h.Decide(context.Background(), req)
		if err != nil {
			return nil, []byte(err.Error())
		}
		d.ID, d.Inputs.Policies = "", ""
		text, err := decode.Canonical(d)
		if err != nil {
			t.Fatal(err)
		}
		return d, text
	}
	d, want := decide(s.rules)
	if _, got := decide(s.guests); !bytes.Equal(got, want) {
		asked, err := req.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		from, at := firstDifference(got, want)
		t.Errorf("they differ from byte %d on:\nguests …%s\nrules  …%s\nrequest %s", from, got[at:min(len(got), from+300)], want[at:min(len(want), from+300)], asked)
	}
	if d == nil {
		s.verdicts["error"]++
		return "error"
	}
	s.count(d)
	return d.Verdict
}

func (s *standIns) count(d *placement.Decision) {
	s.verdicts[d.Verdict]++
	for i := range d.Sites {
		for _, r := range d.Sites[i].Reasons {
			kind := "surely"
			if r.Possible {
				kind = "possibly"
			}
			s.said[r.Policy+" "+kind]++
		}
		for _, w := range d.Sites[i].Warnings {
			s.said[w.Policy+" warns"]++
		}
		for _, o := range d.Sites[i].Obligations {
			s.said[o.Policy+" obliges"]++
		}
	}
}

// wants wants that policies said these things. A comparison of which the policies say nothing would show nothing.
func (s *standIns) wants(t *testing.T, said ...string) {
	t.Helper()
	t.Logf("%v %v", s.verdicts, s.said)
	for _, what := range said {
		if s.said[what] == 0 {
			t.Errorf("not once: %s", what)
		}
	}
	all := 0
	for _, n := range s.verdicts {
		all += n
	}
	if s.verdicts["error"]*4 > all {
		t.Errorf("%d of %d requests have no decision", s.verdicts["error"], all)
	}
}

// TestStandInsRequests decides generated requests over the whole catalogue by rules and by guests.
func TestStandInsRequests(t *testing.T) {
	s := overCatalogue(t)
	snap, err := s.rules.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := newAsker(snap)
	n := 240
	if testing.Short() {
		n /= 8 // the race detector sees the same goroutines with each
	}
	for i := range n {
		t.Run(fmt.Sprintf("%04d", i), func(t *testing.T) { s.same(t, a.request(t, i)) })
	}
	s.wants(t, "SOV-01 surely", "SOV-02 surely", "SEL-01 surely", "SEL-01 possibly", "SEL-06 surely", "SEL-06 possibly", "SEL-09 surely", "SEL-09 warns")
}

// TestStandInsExamples decides every request of docs/examples by rules and by guests, and explains a few sites.
func TestStandInsExamples(t *testing.T) {
	s := overCatalogue(t)
	eachExample(t, func(t *testing.T, req *placement.Request) {
		if s.same(t, req) == "error" {
			t.Error("it is answered with an error")
		}
		for _, site := range []string{"eu-central-1", "ap-east-1", "us-east-1-bos-1", "cn-north-1"} {
			s.sameExplanation(t, req, site)
		}
	})
	s.wants(t)
}

// sameExplanation wants the same explanation of a site of both, but for the digest of the policies.
func (s *standIns) sameExplanation(t *testing.T, req *placement.Request, site string) {
	t.Helper()
	explain := func(h *host.Host) string {
		x, err := h.Explain(context.Background(), req, site)
		if err != nil {
			t.Fatal(err)
		}
		x.Inputs.Policies = ""
		text, err := decode.Canonical(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want, got := explain(s.rules), explain(s.guests)
	if got != want {
		from, at := firstDifference([]byte(got), []byte(want))
		t.Errorf("explanations of %s differ:\nguests …%s\nrules  …%s", site, got[at:min(len(got), from+300)], want[at:min(len(want), from+300)])
	}
}
