package rego

import (
	"context"
	"errors"
	"testing"
)

// steppedContext ends after it has been looked at a number of times, and notes how many
// steps have been taken by then.
type steppedContext struct {
	context.Context
	left  int
	steps func() int64
	at    int64
}

func (c *steppedContext) Err() error {
	if c.left > 0 {
		c.left--
		return nil
	}
	if c.at == 0 {
		c.at = c.steps()
	}
	return context.DeadlineExceeded
}

// TestCancelledAmongUnknown ends the context while a rule walks through tables with
// unknown facts in hand. It is looked at every few steps, but for work that one statement does at once, and
// nothing more is done once it has ended.
func TestCancelledAmongUnknown(t *testing.T) {
	for _, tc := range []struct {
		name   string
		stride int64 // steps that one statement may take at once
		rules  string
	}{
		{"walks", 64, "deny contains \"x\" if {\n\tsome v, r in data.topology.jurisdictions\n\tv in input.site.control\n\tsome w, q in data.topology.jurisdictions\n\tw in input.site.control\n\tr == q\n\tv == input.site.country\n}"},
		{"joins", 512, "deny contains \"x\" if {\n\ta := numbers.range(1, 3000)\n\tcount(f(a)) == 1\n}\nf(a) := b if {\n\tinput.site.country == \"DE\"\n\tb := [x | some x in a; x != input.site.zones]\n} else := [x | some x in a; x + 2 != input.site.zones]"},
		{"comparisons", 512, "deny contains \"x\" if {\n\to := {[i, input.site.country] | some i in numbers.range(1, 3000)}\n\tp := {[i, input.site.country] | some i in numbers.range(1, 3000)}\n\tcount(o - p) == 1\n}"},
		{"copies", 256, "deny contains \"x\" if {\n\ta := {i | some i in numbers.range(1, 2000)}\n\tsome j in numbers.range(1, 2000)\n\tb := a | {j, input.site.country}\n\tcount(b) == j\n}"},
		{"long strides", 4096, "deny contains \"x\" if {\n\tsome _ in numbers.range(1, 30000)\n\ts := data.topology.sites\n\tcount(s) == input.site.zones\n\ts == {1: 2}\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := catalogueDocs()
			docs.Rows = nil
			e := engine(t, one(t, tc.rules), docs)
			site := SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`), Unknown: unknownHere}
			for _, left := range []int{0, 1, 2, 3, 5, 8, 13, 100, 700} {
				ctx := &steppedContext{Context: context.Background(), left: left}
				a := e.asking(ctx, input(t, `{}`, `{}`), 0, e.program.policies[0], &site, nil)
				ctx.steps = func() int64 { return a.meter.steps }
				_, err := a.findings(ctx, 0)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("look %d: error %v", left, err)
				}
				if most := int64(left+1) * (ctxEvery + tc.stride); ctx.at > most {
					t.Errorf("look %d: %d steps, more than %d", left, ctx.at, most)
				}
				if more := a.meter.steps - ctx.at; more > ctxEvery {
					t.Errorf("look %d: %d steps more after the end", left, more)
				}
			}
		})
	}
}
