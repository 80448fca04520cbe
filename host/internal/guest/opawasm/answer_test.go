package opawasm_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// FuzzAnswer reads any answer for any rule. What is read is within the limits.
func FuzzAnswer(f *testing.F) {
	for i, s := range []string{`{{"result":{"deny":{"a",{"message":"b","x":{1}}},"score":1.5,"warn":set(),"helper":[1]}}}`, `{{"result":{"a"}}}`, `set()`, `{{"result":1e2}}`} {
		f.Add(uint8(i), []byte(s))
	}
	limits := policy.Limits{Steps: 1000, ValueBytes: 1000, Findings: 3, MessageBytes: 50}
	f.Fuzz(func(t *testing.T, rule uint8, answer []byte) {
		r, err := opawasm.Said([]string{"", "deny", "warn", "obligation", "score"}[rule%5], answer, limits)
		if err != nil {
			return
		}
		for _, list := range [][]rego.Finding{r.Denies, r.Warnings, r.Obligations} {
			if len(list) > limits.Findings {
				t.Errorf("%d findings", len(list))
			}
			for _, f := range list {
				if len(f.Message) > limits.MessageBytes || !f.Sure {
					t.Errorf("%+v", f)
				}
			}
		}
		if s := r.Score; s != nil && !(*s >= 0 && *s <= 100) {
			t.Errorf("score %v", *s)
		}
		if (len(r.Denies) > 0) != (r.Verdict == rego.Deny) {
			t.Errorf("%+v", r)
		}
	})
}

// TestPlaces says where unknown facts are, ids with dots included.
func TestPlaces(t *testing.T) {
	doc := ast.MustParseTerm(`{"carbon": {"pue": 1}, "services": ["a"], "offers": {"x": true, "a.b": {"c": 1}}, "rttMs": {"a": {"b": 1}, "a.b": {}}}`)
	for _, c := range []struct{ fact, want string }{
		{"country", `["s","country"]`},
		{"services", `["s","services"]`},
		{"carbon.wue", `["s","carbon","wue"]`},
		{"carbon.pue", `["s","carbon","pue"]`},
		{"offers.y", `["s","offers","y"]`},
		{"offers.y.z", `["s","offers","y.z"] ["s","offers","y"]`},
		{"offers.a.b.d", `["s","offers","a.b","d"]`},
		{"rttMs.a.c", `["s","rttMs","a","c"]`},
		{"link.hours", `["s","link.hours"] ["s","link"]`},
	} {
		got := ""
		for i, p := range opawasm.Places(doc, c.fact, "s") {
			if i > 0 {
				got += " "
			}
			got += string(p)
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", c.fact, got, c.want)
		}
	}
}

// TestParallel asks about all sites from several sides at once, and wants the answers of one after the other.
func TestParallel(t *testing.T) {
	e := enginetest.New(t, false)
	_, w, built := compiled(t, e, `deny contains sprintf("%s %v", [input.site.id, input.site.carbon.pue]) if true`, nil, nil)
	p, err := opa(t, e, built.Module, policy.ManifestSpec{Entrypoint: "p", Reads: built.Reads})
	if err != nil {
		t.Fatal(err)
	}
	data, err := opawasm.NewData(w)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Bind(context.Background(), data, guest.PoolOptions{Most: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	c, err := l.Case(decision, rego.Input{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "deny; deny a 1.5", "b": "deny; deny b 1.1", "c": "possible; deny cannot be decided: site.carbon.pue is unknown at c [site.carbon.pue]"}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				for id, s := range want {
					r, _, err := c.Site(context.Background(), siteOf(t, w, id))
					if got := shown(r, err); got != s {
						t.Errorf("%s: %s\nwant %s", id, got, s)
					}
				}
			}
		})
	}
	wg.Wait()
	if s := l.Stats(); s.Made > 3 || s.Dropped > 0 {
		t.Errorf("%+v", s)
	}
}

// TestLog has a policy say something, with the log granted and without.
func TestLog(t *testing.T) {
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		module := fake{answer: "{{\"result\": set()}}", bodies: map[string][]byte{"eval": Cat(guesttest.I32(answerAt), []byte{0x10, 3}, guesttest.I32(0))}}.bytes()
		for _, granted := range []bool{false, true} {
			p, err := opaGranted(t, e, module, policy.ManifestSpec{Entrypoint: "p"}, granted)
			if err != nil {
				t.Fatal(err)
			}
			data, err := opawasm.NewData(emptied(t))
			if err != nil {
				t.Fatal(err)
			}
			l, err := p.Bind(context.Background(), data, guest.PoolOptions{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := l.Case(decision, rego.Input{})
			if err != nil {
				t.Fatal(err)
			}
			_, u, err := c.Site(context.Background(), rego.SiteDoc{ID: "s", Term: ast.ObjectTerm()})
			want := "[]"
			if granted {
				want = `[{log {{"result": set()}} 0}]`
			}
			if got := fmt.Sprint(u.Log); err != nil || got != want {
				t.Errorf("%s, %v; want %s", got, err, want)
			}
			l.Close()
		}
	})
}
