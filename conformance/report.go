package conformance

// Outcome is how a case went with an engine.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped" // the engine does not take part in the case
)

// Report is what came out of a run.
type Report struct {
	// Cases is how many cases each engine was to be asked.
	Cases int `json:"cases"`
	// Engines are in the order in which they were given.
	Engines []EngineReport `json:"engines"`
}

// EngineReport is what came out with one engine.
type EngineReport struct {
	Engine  string `json:"engine"`
	Passed  int    `json:"passed"`
	Failed  int    `json:"failed"`
	Skipped int    `json:"skipped"`
	// Results are in the order of the cases.
	Results []Result `json:"results"`
}

// Result is what came out of one case with one engine.
type Result struct {
	// Case is the case's id; Title and Place are its own.
	Case    string  `json:"case"`
	Title   string  `json:"title"`
	Place   string  `json:"place,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Fuel is what the costliest call of a plugin took, where the engine is a [Witness].
	Fuel int64 `json:"fuel,omitzero"`
	// Differences are why it failed, and More how many there are beyond those.
	Differences []Difference `json:"differences,omitempty"`
	More        int          `json:"more,omitzero"`
	// Reason says why it was skipped.
	Reason string `json:"reason,omitempty"`
}

// Passed reports whether no case failed with any engine and at least one passed with each.
func (r *Report) Passed() bool {
	for i := range r.Engines {
		if e := &r.Engines[i]; e.Failed > 0 || e.Passed == 0 {
			return false
		}
	}
	return true
}

// add adds a result and counts it.
func (e *EngineReport) add(r Result) {
	switch r.Outcome {
	case Passed:
		e.Passed++
	case Failed:
		e.Failed++
	case Skipped:
		e.Skipped++
	}
	e.Results = append(e.Results, r)
}

// differ makes a result fail by differences, if there are any.
func (r *Result) differ(found []Difference) {
	if len(found) == 0 {
		return
	}
	r.Outcome = Failed
	r.Differences = append(r.Differences, found...)
	if over := len(r.Differences) - maxDifferences; over > 0 {
		r.Differences, r.More = r.Differences[:maxDifferences], r.More+over
	}
}

// String returns the difference on three lines.
func (d Difference) String() string {
	nothing := func(s string) string {
		if s == "" {
			return "nothing"
		}
		return s
	}
	as := ""
	if d.As != "" {
		as = " (" + d.As + ")"
	}
	return d.Path + "\n    want" + as + " " + nothing(d.Want) + "\n    got " + nothing(d.Got)
}
