package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/baseline"
	"github.com/bailiwick-dev/bailiwick/host/internal/inputs"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// The columns of the host's engines: the lane machine, and the reference engine.
const (
	laneName     = "lane"
	hostRegoName = "host-rego"
)

// Options say what is measured.
type Options struct {
	// Compare measures plain OPA too, which is slow.
	Compare bool
	// Texts asks for every finding with its text, rather than only which sites are
	// denied.
	Texts bool
	// Time is spent on each measurement: on one policy, or all, by one engine. What
	// takes longer is evaluated a few times all the same.
	Time time.Duration
	// Progress is called before each row is measured. Nil: nobody is told.
	Progress func(row, rows int, policy string)
}

// Report is what was measured.
type Report struct {
	Component string  `json:"component"`
	Lanes     int     `json:"lanes"`  // sites of the topology, of all kinds
	Texts     bool    `json:"texts"`  // findings with their texts were asked for
	TimeNs    int64   `json:"timeNs"` // spent on each measurement
	Machine   Machine `json:"machine"`
	Rules     []Row   `json:"rules"` // by policy
	Total     Row     `json:"total"` // all policies in one evaluation
}

// Machine is where it was measured.
type Machine struct {
	Go   string `json:"go"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
}

// Row is what one policy, or all, cost at all sites: nanoseconds, allocations and
// bytes of one evaluation. What was not measured is absent.
type Row struct {
	Policy string `json:"policy,omitempty"` // id; absent for all
	Lanes  int    `json:"lanes"`            // sites, paths or placements in a scenario that are asked about

	LaneNs     int64 `json:"laneNs,omitzero"`
	LaneAllocs int64 `json:"laneAllocs,omitzero"`
	LaneBytes  int64 `json:"laneBytes,omitzero"`

	HostRegoNs     int64 `json:"hostRegoNs,omitzero"`
	HostRegoAllocs int64 `json:"hostRegoAllocs,omitzero"`
	HostRegoBytes  int64 `json:"hostRegoBytes,omitzero"`

	// Rego is plain OPA in the form that was quicker, which RegoForm names.
	RegoNs     int64  `json:"regoNs,omitzero"`
	RegoAllocs int64  `json:"regoAllocs,omitzero"`
	RegoBytes  int64  `json:"regoBytes,omitzero"`
	RegoForm   string `json:"regoForm,omitempty"`
	// RegoForms has the nanoseconds of each form.
	RegoForms map[string]int64 `json:"regoForms,omitzero"`

	// Ratio is how many times as long plain OPA takes as lane, HostRatio as
	// host-rego.
	Ratio     float64 `json:"ratio,omitzero"`
	HostRatio float64 `json:"hostRatio,omitzero"`
}

// Run measures the policies one by one, then all together.
func Run(ctx context.Context, in *inputs.Inputs, o Options) (*Report, error) {
	policies := in.Policies.InForce()
	switch {
	case len(policies) == 0:
		return nil, errors.New("there are no policies to measure")
	case len(in.Sites) == 0:
		return nil, errors.New("the topology has no sites to measure at")
	}
	all, err := engines(in, o.Compare)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Component: in.Component, Lanes: len(in.Sites), Texts: o.Texts, TimeNs: int64(o.Time),
		Machine: Machine{Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()},
	}
	policies = slices.DeleteFunc(policies, func(p *policy.Policy) bool { return len(in.Of(p.Hook)) == 0 })
	rows := len(policies) + 1
	for i := range rows {
		a := asked{texts: o.Texts}
		if i < len(policies) {
			a.policy = policies[i].ID
		}
		if o.Progress != nil {
			o.Progress(i+1, rows, a.policy)
		}
		asking, lanes := all, r.Lanes
		if i < len(policies) && policies[i].Hook != policy.Site {
			asking, lanes = all[:hosts], len(in.Of(policies[i].Hook)) // plain OPA is asked about sites alone
		}
		row, err := measureRow(ctx, asking, a, o.Time)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("measuring: %w", ctx.Err()) // what an engine was at does not matter
		}
		if err != nil {
			return nil, err
		}
		row.Lanes = lanes
		if a.policy == "" {
			r.Total = *row
		} else {
			r.Rules = append(r.Rules, *row)
		}
	}
	return r, nil
}

// measureRow measures one policy, or all, by all engines.
func measureRow(ctx context.Context, all []engine, a asked, budget time.Duration) (*Row, error) {
	fs := make([]func(context.Context) error, len(all))
	for i, e := range all {
		f, err := e.prepare(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name(), err)
		}
		fs[i] = f
	}
	found, err := measure(ctx, fs, budget)
	if err != nil {
		return nil, err
	}
	row := &Row{Policy: a.policy}
	for i, e := range all {
		row.put(e.name(), found[i])
	}
	row.Ratio, row.HostRatio = ratio(row.RegoNs, row.LaneNs), ratio(row.RegoNs, row.HostRegoNs)
	return row, nil
}

// put notes what an engine took.
func (r *Row) put(engine string, f figures) {
	switch engine {
	case laneName:
		r.LaneNs, r.LaneAllocs, r.LaneBytes = f.ns, f.allocs, f.bytes
	case hostRegoName:
		r.HostRegoNs, r.HostRegoAllocs, r.HostRegoBytes = f.ns, f.allocs, f.bytes
	case baseline.SiteBySite.String(), baseline.AllAtOnce.String():
		if r.RegoForms == nil {
			r.RegoForms = map[string]int64{}
		}
		r.RegoForms[engine] = f.ns
		if r.RegoForm == "" || f.ns < r.RegoNs {
			r.RegoNs, r.RegoAllocs, r.RegoBytes, r.RegoForm = f.ns, f.allocs, f.bytes, engine
		}
	}
}

// ratio is how many times as long as the other one takes, to three decimals; 0 if
// one of them was not measured.
func ratio(one, other int64) float64 {
	if one == 0 || other == 0 {
		return 0
	}
	return math.Round(float64(one)/float64(other)*1000) / 1000
}
