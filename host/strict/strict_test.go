package strict_test

import (
	"fmt"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/strict"
)

type team struct {
	Name      string               `json:"name" omit:"required" format:"id"`
	Seats     int                  `json:"seats" default:"4" min:"1" max:"9"`
	Tags      []string             `json:"tags" omit:"none"`
	Objective *placement.Objective `json:"objective,omitempty" omit:"none"`
	At        strict.Pos           `json:"-" decode:"pos"`
}

// Example reads a document of one's own.
func Example() {
	var t team
	if err := strict.Decode("team.yaml", []byte("name: red\nobjective: {carbon: 2}\n"), &t); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Name, t.Seats, t.Tags == nil, t.Objective.Terms[0].Weight, t.At)
	fmt.Println(strict.Decode("team.yaml", []byte("nmae: red\n"), &t))
	// Output:
	// red 4 true 2 team.yaml:1:1
	// team.yaml:1:1: field "name" is missing; it is required
	// team.yaml:1:1: /nmae: unknown field "nmae"; did you mean "name"?
}

// TestErrors wants the exact text for what is wrong.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"empty", "t.yaml", "", "t.yaml:1:1: the text is empty"},
		{"twice", "t.yaml", "name: a\nname: b\n", `t.yaml:2:1: /name: duplicate key "name"; it is first given on line 1`},
		{"of another type", "t.yaml", "name: a\nseats: many\n", `t.yaml:2:8: /seats: expected a whole number, found the text "many"`},
		{"too many", "t.json", `{"name": "a", "seats": 10}`, "t.json:1:24: /seats: 10 is more than 9, the most allowed"},
		{"of a type that reads itself", "t.yaml", "name: a\nobjective: [latncy]\n", `t.yaml:2:13: /objective/0: there is no objective "latncy"; did you mean "latency"?`},
		{"null", "t.yaml", "name: a\ntags:\n", "t.yaml:2:6: /tags: null is not a value here; omit the field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := strict.Decode(c.file, []byte(c.text), new(team)); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestEmpty tells a list that is left out from one that is empty.
func TestEmpty(t *testing.T) {
	var v team
	if err := strict.Decode("t.yaml", []byte("name: a\ntags: []\n"), &v); err != nil || v.Tags == nil {
		t.Errorf("%v, tags %v", err, v.Tags)
	}
}
