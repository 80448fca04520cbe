package decode_test

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

type site struct {
	ID      string     `json:"id" omit:"required" format:"id" doc:"Name of the site."`
	Kind    string     `json:"kind" default:"region" enum:"region|availability-zone"`
	Country string     `json:"country" omit:"unknown"`
	Pos     decode.Pos `json:"-" decode:"pos"`
}

func Example() {
	n, err := decode.Parse("sites.yaml", []byte("- {id: eu-north-1, country: NO}\n"), decode.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var sites []site
	if err := n.Into(&sites); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sites[0].ID, sites[0].Kind, sites[0].Country, sites[0].Pos)
	// Output: eu-north-1 region NO sites.yaml:1:3
}

func ExampleNode_Into_errors() {
	n, err := decode.Parse("sites.yaml", []byte("- {id: a, kind: regoin}\n- {contry: DE}\n"), decode.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var sites []site
	fmt.Println(n.Into(&sites))
	// Output:
	// sites.yaml:1:17: /0/kind: "regoin" is not allowed here; did you mean "region"?
	// sites.yaml:2:3: /1: field "id" is missing; it is required
	// sites.yaml:2:4: /1/contry: unknown field "contry"; did you mean "country"?
}

func ExampleCSV() {
	n, err := decode.CSV("sites.csv", []byte("id,country\neu-west-1,IE\nunknown-1,\n"), decode.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var sites []site
	if err := n.Into(&sites); err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range sites {
		fmt.Printf("%s: %q\n", s.ID, s.Country)
	}
	// Output:
	// eu-west-1: "IE"
	// unknown-1: ""
}

func ExampleCanonical() {
	text, err := decode.Canonical(map[string]any{"b": 1.50, "a": []string(nil)})
	fmt.Println(string(text), err)
	// Output: {"a":[],"b":1.5} <nil>
}

func ExampleDidYouMean() {
	fmt.Println("no region eu-centrl-1" + decode.DidYouMean("eu-centrl-1", []string{"eu-central-1", "us-east-1"}))
	// Output: no region eu-centrl-1; did you mean "eu-central-1"?
}
