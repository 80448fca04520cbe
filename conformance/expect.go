package conformance

import "github.com/bailiwick-dev/bailiwick/host/placement"

// Expect is what must come out of a case. What is left out (a nil list, a nil mapping, "") is not compared; an
// empty list says that there must be none.
type Expect struct {
	// Verdict is the request's.
	Verdict placement.Verdict `json:"verdict,omitempty" omit:"none" enum:"permit|deny|infeasible|indeterminate"`
	// Sites are outcomes of single sites. Sites that are not named are not compared.
	Sites []Site `json:"sites,omitempty" omit:"none"`
	// Copies are the sites of the best placement, in order, by component. An empty mapping says that there is
	// no placement.
	Copies map[string][]string `json:"copies,omitempty" omit:"none" format:"id"`
	// Best is what is said of the best placement as a whole.
	Best *Best `json:"best,omitempty" omit:"none"`
	// Refused are the first of the placements that policies about paths or placements refuse. Those that are not
	// listed are not compared; an empty list says that there are none.
	Refused []Refused `json:"refused,omitempty" omit:"none"`
	// Assumed and Waived are the decision's lists, whole and in order.
	Assumed []Assumed `json:"assumed,omitempty" omit:"none"`
	Waived  []Waived  `json:"waived,omitempty" omit:"none"`
	// Error is the whole text of the error that comes in place of a decision, ErrorContains a part of it. With
	// either nothing else is expected.
	Error         string `json:"error,omitempty" omit:"none" format:"text"`
	ErrorContains string `json:"errorContains,omitempty" omit:"none" format:"text"`
	// Fuel bounds what a call of a plugin takes; nil does not. An engine that is no [Witness] fails by it.
	Fuel *Fuel `json:"-"`
}

// Site is the outcome of one site for one component.
type Site struct {
	Site string `json:"site" omit:"required" format:"id"`
	// Component may be left out where the request has one.
	Component string            `json:"component,omitempty" omit:"default" format:"id"`
	Verdict   placement.Verdict `json:"verdict,omitempty" omit:"none" enum:"permit|deny|indeterminate"`
	Score     *float64          `json:"score,omitempty" omit:"none" min:"0"`
	// Reasons, Warnings and Obligations are the decision's lists, whole and in order.
	Reasons     []Reason     `json:"reasons,omitempty" omit:"none"`
	Warnings    []Warning    `json:"warnings,omitempty" omit:"none"`
	Obligations []Obligation `json:"obligations,omitempty" omit:"none"`
}

// Best is what is said of the best placement.
type Best struct {
	Score       *float64     `json:"score,omitempty" omit:"none" min:"0"`
	Warnings    []Warning    `json:"warnings,omitempty" omit:"none"`
	Obligations []Obligation `json:"obligations,omitempty" omit:"none"`
}

// Refused is a placement that policies about paths or placements refuse.
type Refused struct {
	// Sites are those of its copies, in order.
	Sites   []string `json:"sites,omitempty" omit:"none" format:"id"`
	Reasons []Reason `json:"reasons" omit:"required" minItems:"1"`
}

// Reason is why a policy denies, or possibly denies.
type Reason struct {
	Policy   string `json:"policy" omit:"required" format:"id"`
	Message  string `json:"message" omit:"required"`
	Possible bool   `json:"possible,omitempty" omit:"none"`
}

// Warning is what a policy warns of.
type Warning struct {
	Policy  string `json:"policy" omit:"required" format:"id"`
	Message string `json:"message" omit:"required"`
}

// Obligation is what somebody has to see to.
type Obligation struct {
	Policy string `json:"policy" omit:"required" format:"id"`
	Text   string `json:"text" omit:"required"`
}

// Assumed is a possible denial that was taken not to be one.
type Assumed struct {
	Policy    string   `json:"policy" omit:"required" format:"id"`
	Component string   `json:"component" omit:"required" format:"id"`
	Site      string   `json:"site" omit:"required" format:"id"`
	Unknown   []string `json:"unknown" omit:"required"`
}

// Waived is a denial that a waiver set aside.
type Waived struct {
	Policy    string `json:"policy" omit:"required" format:"id"`
	Component string `json:"component" omit:"required" format:"id"`
	Site      string `json:"site" omit:"required" format:"id"`
	Message   string `json:"message" omit:"required"`
}

// nothing reports whether it would let anything pass.
func (e *Expect) nothing() bool {
	return e.Verdict == "" && len(e.Sites) == 0 && e.Copies == nil && e.Best == nil && e.Refused == nil && e.Assumed == nil && e.Waived == nil && e.Fuel == nil && !e.failure()
}

// failure reports whether an error is expected.
func (e *Expect) failure() bool { return e.Error != "" || e.ErrorContains != "" }

// nothing reports whether it says no more than that the site is listed.
func (s *Site) nothing() bool {
	return s.Verdict == "" && s.Score == nil && s.Reasons == nil && s.Warnings == nil && s.Obligations == nil
}
