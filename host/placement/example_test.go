package placement_test

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

const checkout = `
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: checkout}
spec:
  users: [{population: DE, weight: 60}, {population: FR, weight: 40}]
  components:
    - {name: api, services: [ec2, dynamodb], copies: {min: 2}, survive: region}
`

func ExampleDecode() {
	r, err := placement.Decode("checkout.yaml", []byte(checkout))
	if err != nil {
		fmt.Println(err)
		return
	}
	api := r.Spec.Components[0]
	fmt.Println(api.Tier, api.Copies.Max, api.Roles, api.IsUserFacing(), r.Spec.Objective.Terms[0].Name)
	// Output: region 2 [primary replica] true latency
}

func ExampleDecode_errors() {
	_, err := placement.Decode("bad.yaml", []byte(`
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: bad}
spec:
  data: [{name: customers, class: personal}]
  components:
    - {name: api, data: [custmers], copies: {min: 2, max: 1}}
`))
	fmt.Println(err)
	// Output:
	// bad.yaml:8:26: /spec/components/0/data/0: there is no data set "custmers"; did you mean "customers"?
	// bad.yaml:8:59: /spec/components/0/copies/max: max is 1, less than min, which is 2
}

func ExampleNew() {
	r, err := placement.New(placement.Request{
		Metadata: placement.Metadata{Name: "checkout"},
		Spec: placement.Spec{
			Components: []placement.Component{{Name: "api", Services: []string{"dynamodb"}}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Spec.Components[0].Tier, r.Spec.Unknown)
	// Output: region deny
}

func ExampleRequest_Unsupported() {
	r, err := placement.Decode("edge.yaml", []byte(`
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: edge}
spec:
  components: [{name: api, latency: {percentile: 99}}]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Unsupported())
	// Output:
	// edge.yaml:6:50: /spec/components/0/latency/percentile: latency.percentile is not supported by this version: remove it
}

func ExampleDecision_ComputeID() {
	d := placement.Decision{
		APIVersion: placement.APIVersion, Kind: placement.DecisionKind,
		Request: "checkout", Verdict: placement.Infeasible,
	}
	if err := d.ComputeID(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.ID[:7], len(d.ID))
	// Output: sha256: 71
}
