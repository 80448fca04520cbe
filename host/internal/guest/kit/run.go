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
	Calls    int
	Failures []string         // one for each call that came to something else
	Fuel     map[string]int64 // by call
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
	r := &Report{Fuel: map[string]int64{}}
	for i := range calls {
		c := &calls[i]
		r.Calls++
		if err := r.call(ctx, p, c); err != nil {
			r.Failures = append(r.Failures, fmt.Sprintf("%s: %s", c.Name, err))
		}
	}
	return r, nil
}

var hooks = map[string]abi.Hook{"site": abi.Site, "path": abi.Path, "placement": abi.Placement}

// call calls the probe twice, and compares.
func (r *Report) call(ctx context.Context, p *guest.Plugin, c *abikit.Call) error {
	image, request, settings, err := images(c)
	if err != nil {
		return err
	}
	snapshot, err := memory.NewSnapshot(image)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }()
	pool, err := p.Bind(ctx, snapshot, settings, guest.PoolOptions{Most: 1})
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
		if before := r.Fuel[c.Name]; again > 0 && before != usage.Fuel {
			return fmt.Errorf("it used %d units of fuel, and %d for the same call again", before, usage.Fuel)
		}
		r.Fuel[c.Name] = usage.Fuel
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
			return fmt.Errorf("%s: …%s; want …%s", name, x[min(from, len(x)):min(at+80, len(x))], y[min(from, len(y)):min(at+80, len(y))])
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
