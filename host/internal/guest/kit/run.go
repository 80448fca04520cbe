package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/conformance/abikit"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// Report is what a run found.
type Report struct {
	Calls []Call // in the order of the golden calls
}

// Call is how a golden call went.
type Call struct {
	Name string
	Hook string // site, path or placement
	Rows int
	// Fuel is what the hook used; 0 if it was not called.
	Fuel int64
	// Difference is where the answer first differs from the golden one; nil if it is the same.
	Difference *Difference
}

// Difference is where an answer first differs from the golden one.
type Difference struct {
	Part      string // of the answer: failure, denials, …
	Want, Got string // the same piece of both
}

func (d *Difference) Error() string { return d.Part + ": " + d.Got + "; want " + d.Want }

// Failures are the calls that came to something else, a line each.
func (r *Report) Failures() (out []string) {
	for i := range r.Calls {
		if d := r.Calls[i].Difference; d != nil {
			out = append(out, r.Calls[i].Name+": "+d.Error())
		}
	}
	return out
}

// Fuel is what the calls used, by their names.
func (r *Report) Fuel() map[string]int64 {
	out := map[string]int64{}
	for i := range r.Calls {
		out[r.Calls[i].Name] = r.Calls[i].Fuel
	}
	return out
}

// Options are choices of [Run].
type Options struct {
	Interpret bool // run the guest without compiling it
}

// Run calls a probe as every golden call says, each twice, and compares the answers with the golden ones. The error is of
// a module that cannot be loaded at all.
func Run(ctx context.Context, probe []byte, o Options) (*Report, error) {
	calls, err := abikit.Calls()
	if err != nil {
		return nil, err
	}
	e, err := guest.New(ctx, guest.Options{Interpret: o.Interpret})
	if err != nil {
		return nil, err
	}
	defer func() { _ = e.Close(ctx) }() // nothing is left that could fail
	grants, err := offer.Grant()
	if err != nil {
		return nil, err
	}
	p, err := e.Load(ctx, guest.Spec{ID: "KIT-1", Binary: probe, Hooks: []abi.Hook{abi.Site, abi.Path, abi.Placement}, Grants: grants})
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.Close(ctx) }()
	r := &Report{}
	for i := range calls {
		c := &calls[i]
		out := Call{Name: c.Name, Hook: c.Hook, Rows: c.Rows}
		if err := out.call(ctx, p, c); err != nil && !errors.As(err, &out.Difference) {
			out.Difference = &Difference{Part: "call", Want: "an answer", Got: err.Error()}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.Calls = append(r.Calls, out)
	}
	return r, nil
}

var hooks = map[string]abi.Hook{"site": abi.Site, "path": abi.Path, "placement": abi.Placement}

// call calls the probe twice, and compares.
func (r *Call) call(ctx context.Context, p *guest.Plugin, c *abikit.Call) error {
	image, request, settings, err := images(c)
	if err != nil {
		return err
	}
	snapshot, err := memory.NewSnapshot(image)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }()
	pool, err := p.Bind(ctx, snapshot, settings, guest.PoolOptions{Most: 1, Breaker: guest.Breaker{Failures: -1}})
	if err != nil {
		return compare(failed(err), c.Answer)
	}
	defer pool.Close()
	for again := range 2 {
		ask := abi.Call{Request: request, Component: component(c), Rows: c.Rows, Select: make([]uint64, (c.Rows+63)/64), Texts: c.Texts}
		for _, row := range c.Selected() {
			ask.Select[row>>6] |= 1 << (row & 63)
		}
		var out abi.Answer
		usage, err := pool.Call(ctx, hooks[c.Hook], offer.Decision{}, &ask, &out)
		var got abikit.Answer
		if err != nil {
			got = failed(err)
		} else {
			got = answered(c, &out)
		}
		if err := compare(got, c.Answer); err != nil {
			return err
		}
		if again > 0 && r.Fuel != usage.Fuel {
			return &Difference{Part: "fuel of the same call again", Want: fmt.Sprint(r.Fuel), Got: fmt.Sprint(usage.Fuel)}
		}
		r.Fuel = usage.Fuel
	}
	return nil
}

// failed is an error as a golden answer.
func failed(err error) abikit.Answer {
	var call *guest.CallError
	var status *abi.StatusError
	if errors.As(err, &call) && errors.As(err, &status) {
		return abikit.Answer{Failed: &abikit.Failure{In: call.Function, Status: status.Status, Text: status.Text}}
	}
	return abikit.Answer{Failed: &abikit.Failure{Text: err.Error()}}
}

// compare says where an answer first differs from the golden one.
func compare(got, want abikit.Answer) error {
	parts := func(a abikit.Answer) []any { return []any{a.Failed, a.Deny, a.Unknown, a.Scores, a.Reasons, a.Dropped} }
	g, w := parts(got), parts(want)
	for i, name := range []string{"failure", "denials", "unknowns", "scores", "reasons", "reasons without room"} {
		x, err := json.Marshal(g[i])
		if err != nil {
			return err
		}
		y, err := json.Marshal(w[i])
		if err != nil {
			return err
		}
		if at := difference(x, y); at >= 0 {
			from := max(0, at-40)
			piece := func(s []byte) string { return "…" + string(s[min(from, len(s)):min(at+80, len(s))]) }
			return &Difference{Part: name, Want: piece(y), Got: piece(x)}
		}
	}
	return nil
}

// difference is the first byte that differs, less than 0 if none does.
func difference(x, y []byte) int {
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i
		}
	}
	if len(x) != len(y) {
		return min(len(x), len(y))
	}
	return -1
}
