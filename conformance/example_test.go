package conformance_test

import (
	"context"
	"fmt"
	"slices"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// counting is an engine of somebody else's. It knows no Rego: of the standard policies it has RED-01 built in,
// and it places nothing. It reads the compiled topology that the case gives it.
type counting struct{}

func (counting) Name() string { return "counting" }

func (counting) Decide(_ context.Context, c *conformance.Case) (*placement.Decision, error) {
	components := c.Request.Spec.Components
	if !slices.Equal(c.Standard, []string{"RED-01"}) || len(c.Modules) > 0 || components[0].Tier != placement.TierRegion {
		return nil, conformance.Skip("only RED-01 for regions is built in")
	}
	snap, err := c.Snapshot()
	if err != nil {
		return nil, err
	}
	d := &placement.Decision{Verdict: placement.Permit, Placements: []placement.Placement{{}}}
	for i := range snap.Sites() {
		row := topology.SiteRow(i)
		if snap.Kind(row) != topology.Region {
			continue
		}
		site := placement.SiteResult{Site: snap.SiteID(row), Component: components[0].Name, Verdict: placement.Permit}
		if zones := snap.Facts(row).ZoneCount; zones.Value < 2 { // takes unknown for none
			site.Verdict = placement.Deny
			site.Reasons = []placement.Reason{{Policy: "RED-01", Message: fmt.Sprintf("%s has %d availability zone; at least two are needed", site.Site, zones.Value)}}
		} else if len(d.Placements[0].Copies) == 0 {
			d.Placements[0].Copies = []placement.Copy{{Component: site.Component, Site: site.Site}}
		}
		d.Sites = append(d.Sites, site)
	}
	return d, nil
}

// Example asks an engine of somebody else's the embedded cases.
func Example() {
	cases, err := conformance.Cases()
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := conformance.Run(context.Background(), []conformance.Engine{counting{}}, cases, conformance.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range report.Engines[0].Results {
		if r.Outcome == conformance.Failed {
			fmt.Println(r.Case)
			for _, d := range r.Differences {
				fmt.Println(d)
			}
		}
	}
	fmt.Println(report.Passed())
	// Output:
	// red-01-region
	// sites[dim/api].verdict
	//     want indeterminate
	//     got deny
	// sites[dim/api].reasons
	//     want RED-01 possibly: dim has unknown availability zone; at least two are needed (not sure: site.zoneCount unknown)
	//     got nothing
	// sites[dim/api].reasons
	//     want nothing
	//     got RED-01: dim has 0 availability zone; at least two are needed
	// false
}

// ExampleLoad runs cases of one's own on every engine of the host, which must agree to the byte.
func ExampleLoad() {
	dir := fstest.MapFS{"own.yaml": {Data: []byte(`
apiVersion: bailiwick/v1
kind: ConformanceCases
topology: {catalogue: true}
policies: {standard: [SOV-01]}
cases:
  - id: own-germany
    title: what must stay in Germany is placed in Frankfurt
    request:
      partitions: [aws]
      data: [{name: d, class: plain, residency: [DE]}]
      components: [{name: api, data: [d]}]
    expect:
      verdict: permit
      copies: {api: [eu-central-1]}
`)}}
	cases, err := conformance.Load("own", dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := conformance.Run(context.Background(), conformance.Hosts(), cases, conformance.Options{Agree: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Passed())
	// Output: true
}
