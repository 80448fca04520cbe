package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/kit"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// probeID is the policy id of the probe of the ABI kit.
const probeID = "KIT-1"

// givenModules are the modules that --plugin names.
type givenModules struct {
	plugins []conformance.Plugin
	probes  []probe
}

// probe is a module that is asked the calls of the ABI kit.
type probe struct {
	conformance.Plugin
	bare bool // it carries no manifest
}

// given reads the modules that --plugin names.
func (f *conformanceFlags) given() (out givenModules, err error) {
	for i, name := range f.plugins {
		if slices.Contains(f.plugins[:i], name) {
			return out, fmt.Errorf("--plugin: %s is given twice", name)
		}
		p := conformance.Plugin{Name: name}
		if p.Module, err = config.ReadPlugin(name); err != nil {
			return out, fmt.Errorf("--plugin: %w", err)
		}
		switch id, err := p.ID(); {
		case err == nil && id != probeID:
			out.plugins = append(out.plugins, p)
		case err == nil, errors.Is(err, policy.ErrNoManifest):
			out.probes = append(out.probes, probe{p, err != nil})
		default:
			return out, fmt.Errorf("--plugin: %w", err)
		}
	}
	return out, nil
}

// noCases refuses flags about cases where none is asked.
func (f *conformanceFlags) noCases() error {
	for _, name := range []string{"engine", "cases", "no-embedded-cases", "run"} {
		if f.cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: the probe of the ABI kit is asked no cases; leave it out, or name a plugin too", name)
		}
	}
	return nil
}

// run asks the probe the calls of the ABI kit, compiled and interpreted: the answers are the golden ones, by the same fuel.
func (p *probe) run(ctx context.Context, show *progress) ([]conformance.EngineReport, error) {
	var out []conformance.EngineReport
	for _, how := range []string{"compiled", "interpreted"} {
		name := p.Name + " " + how
		show.show(name)
		r, err := kit.Run(ctx, p.Module, kit.Options{Interpret: how == "interpreted"})
		switch {
		case err != nil && p.bare:
			return nil, fmt.Errorf("--plugin: %s: %w; put it in with: bailiwick plugin build DIR (a probe of the ABI kit, which needs none, it is not: %w)", p.Name, policy.ErrNoManifest, err)
		case err != nil:
			return nil, fmt.Errorf("--plugin: %s: %w", p.Name, err)
		}
		report := conformance.EngineReport{Engine: name, Results: []conformance.Result{}}
		for i := range r.Calls {
			result := asResult(&r.Calls[i])
			if len(out) > 0 {
				result.Differences = append(result.Differences, otherFuel(&result, &out[0].Results[i], out[0].Engine)...)
			}
			if result.Outcome = conformance.Passed; len(result.Differences) > 0 {
				result.Outcome = conformance.Failed
				report.Failed++
			} else {
				report.Passed++
			}
			report.Results = append(report.Results, result)
		}
		out = append(out, report)
	}
	return out, nil
}

// asResult shows a call as a case.
func asResult(c *kit.Call) conformance.Result {
	r := conformance.Result{Case: c.Name, Title: fmt.Sprintf("hook %s, %s", c.Hook, count(c.Rows, "row")), Fuel: c.Fuel}
	if d := c.Difference; d != nil {
		r.Differences = []conformance.Difference{{Path: d.Part, Want: d.Want, Got: d.Got}}
	}
	return r
}

// otherFuel is the difference between what the same call used twice.
func otherFuel(now, before *conformance.Result, as string) []conformance.Difference {
	if now.Fuel == before.Fuel {
		return nil
	}
	return []conformance.Difference{{Path: "fuel", Want: fmt.Sprint(before.Fuel), Got: fmt.Sprint(now.Fuel), As: as}}
}
