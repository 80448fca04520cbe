// Command extismguest is the carbon ceiling as a plugin for Extism: it reads all it needs as JSON and answers in JSON.
//go:build wasip1

package main

import "fmt"

// Input is what the plugin is asked.
type Input struct {
	MaxGramsPerKWh float64 `json:"maxGramsPerKWh"`
	Sites          []Site  `json:"sites"`
}

// Site is a candidate. A figure that is not known is not there.
type Site struct {
	ID    string   `json:"id"`
	Grams *float64 `json:"gridGramsPerKWh,omitempty"`
}

// Output is what it answers.
type Output struct {
	Sites []Answer `json:"sites"`
}

// Answer is about one site.
type Answer struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	Message string `json:"message,omitempty"`
}

//go:wasmexport judge
func judge() int32 {
	var in Input
	if err := input(&in); err != nil {
		return 1
	}
	out := Output{Sites: make([]Answer, 0, len(in.Sites))}
	for _, s := range in.Sites {
		a := Answer{ID: s.ID, Verdict: "permit"}
		switch {
		case s.Grams == nil:
			a.Verdict = "unknown"
		case *s.Grams > in.MaxGramsPerKWh:
			a.Verdict, a.Message = "deny", fmt.Sprintf("%s has %v g CO2e/kWh by location; the ceiling is %v", s.ID, *s.Grams, in.MaxGramsPerKWh)
		}
		out.Sites = append(out.Sites, a)
	}
	if err := output(&out); err != nil {
		return 1
	}
	return 0
}

func main() {}
