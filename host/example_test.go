package host_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

const checkout = `
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: checkout}
spec:
  partitions: [aws]
  users: [{population: DE}]
  data:
    - {name: customers, class: personal, subjects: [EU], residency: [EU]}
  components:
    - {name: api, services: [ec2, dynamodb], data: [customers], copies: {min: 2}, survive: region}
`

func ExampleOpen() {
	ctx := context.Background()
	h, err := host.Open(ctx) // the embedded AWS catalogue and the standard policies
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	snap, err := h.Snapshot()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(snap.Name(), snap.AsOf())
	// Output: aws 2026-11-23
}

func ExampleHost_Decide() {
	ctx := context.Background()
	h, err := host.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	req, err := placement.Decode("checkout.yaml", []byte(checkout))
	if err != nil {
		log.Fatal(err)
	}
	d, err := h.Decide(ctx, req)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Verdict)
	for _, c := range d.Placements[0].Copies {
		fmt.Println(c.Component, c.Role, c.Site)
	}
	for _, s := range d.Placements[0].Scenarios[:2] {
		fmt.Println(s.ID, s.Verdict, s.Survivors)
	}
	// Output:
	// permit
	// api primary eu-central-1
	// api replica eu-north-1
	// lose:region:eu-central-1 permit [eu-north-1]
	// lose:region:eu-north-1 permit [eu-central-1]
}

func ExampleHost_Explain() {
	ctx := context.Background()
	h, err := host.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	req, err := placement.Decode("checkout.yaml", []byte(checkout))
	if err != nil {
		log.Fatal(err)
	}
	x, err := h.Explain(ctx, req, "us-east-1")
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range x.Components[0].Policies {
		if p.Policy == "SOV-01" {
			fmt.Println(p.Verdict, p.Reasons[0])
			for _, f := range p.Facts {
				fmt.Println(f.Path, f.Value, f.Source)
			}
		}
	}
	// Output:
	// deny data set "customers" may be stored only in EU; us-east-1 is in US
	// site.country US aws-regions-guide
	// site.jurisdictions [US five-eyes] aws-regions-guide
}

// A policy of one's own is a directory of Rego files: here one that an organisation writes for itself.
func ExampleWithPolicies() {
	own := fstest.MapFS{"frankfurt.rego": {Data: []byte(`# METADATA
# title: We run in Frankfurt
# custom: {id: OWN-01, class: selection, hook: site, severity: low, reviewed: 2026-11-23}
package own.frankfurt

deny contains message if {
	input.site.region != "eu-central-1"
	message := sprintf("%s is not Frankfurt", [input.site.id])
}
`)}}
	ctx := context.Background()
	h, err := host.Open(ctx, host.WithPolicies("own", own))
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	req, err := placement.Decode("checkout.yaml", []byte(checkout))
	if err != nil {
		log.Fatal(err)
	}
	d, err := h.Decide(ctx, req)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range d.Conflicts {
		fmt.Println(d.Verdict, c.Policies, c.Requirements)
	}
	// Output:
	// deny [OWN-01] [components[0].copies.min]
	// deny [OWN-01] [components[0].survive]
}

func ExampleHost_Reload() {
	ctx := context.Background()
	h, err := host.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	// The next generation serves calls that come from now on; calls in flight finish on theirs.
	err = h.Reload(ctx, host.WithSettings(map[string]map[string]any{
		"SEL-09": {"optedIn": []any{"eu-south-1", "eu-south-2"}},
	}))
	if err != nil {
		log.Fatal(err)
	}
	// A reload that fails leaves the present generation as it is.
	err = h.Reload(ctx, host.WithSettings(map[string]map[string]any{"SEL-99": {}}))
	fmt.Println(err)
	// Output: host: reload: settings: there is no policy "SEL-99"; did you mean "SEL-09", "SEL-01" or "SEL-02"?
}

func ExampleHost_Close() {
	ctx := context.Background()
	h, err := host.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := h.Close(); err != nil {
		log.Fatal(err)
	}
	_, err = h.Snapshot()
	fmt.Println(err)
	// Output: host: closed
}
