package placement

// SiteResult is the outcome for one site and one component.
type SiteResult struct {
	Site        string       `json:"site" omit:"required" format:"id" doc:"Id of the site."`
	Component   string       `json:"component" omit:"required" format:"id" doc:"Name of the component."`
	Verdict     Verdict      `json:"verdict" omit:"required" enum:"permit|deny|indeterminate" doc:"A sure deny of any policy denies; else a possible one makes it indeterminate; else it is permitted."`
	Score       float64      `json:"score" omit:"required" min:"0" doc:"What the score rules give it; 0 without any."`
	Reasons     []Reason     `json:"reasons" omit:"required" doc:"Why it is denied or indeterminate."`
	Warnings    []Warning    `json:"warnings" omit:"required" doc:"What policies warn of here."`
	Obligations []Obligation `json:"obligations" omit:"required" doc:"What someone has to see to if this site is used."`
}

// Reason is why a policy denies, or possibly denies.
type Reason struct {
	Policy   string `json:"policy" omit:"required" format:"id" doc:"Id of the policy."`
	Message  string `json:"message" omit:"required" doc:"What the policy says."`
	Possible bool   `json:"possible,omitzero" omit:"none" doc:"Whether a fact it depends on is unknown here, so that it is not sure."`
	Facts    []Fact `json:"facts" omit:"required" doc:"Facts the rule reads, with their values here."`
}

// Warning is what a policy warns of.
type Warning struct {
	Policy  string `json:"policy" omit:"required" format:"id" doc:"Id of the policy."`
	Message string `json:"message" omit:"required" doc:"What the policy says."`
	Facts   []Fact `json:"facts" omit:"required" doc:"Facts the rule reads, with their values here."`
}

// Obligation is something a person has to see to.
type Obligation struct {
	Policy string `json:"policy" omit:"required" format:"id" doc:"Id of the policy."`
	Text   string `json:"text" omit:"required" format:"text" doc:"What is to be done."`
}

// Fact is one fact a rule reads.
type Fact struct {
	Path   string `json:"path" omit:"required" format:"text" doc:"Where rules find it, such as site.country."`
	Value  any    `json:"value,omitzero" omit:"unknown" doc:"Its value: text, a number, true or false, a list or a mapping."`
	Source string `json:"source,omitempty" omit:"unknown" format:"text" doc:"Id of the source it comes from."`
}

// Assumption is a possible denial that was taken not to be one.
type Assumption struct {
	Policy    string   `json:"policy" omit:"required" format:"id" doc:"Policy that cannot be decided."`
	Component string   `json:"component" omit:"required" format:"id" doc:"Name of the component."`
	Site      string   `json:"site" omit:"required" format:"id" doc:"Site that was taken to pass."`
	Unknown   []string `json:"unknown" omit:"required" doc:"Paths of the unknown facts it depends on."`
}

// Waived is a denial that a waiver set aside.
type Waived struct {
	Waiver
	Message string `json:"message" omit:"required" doc:"What the policy says."`
}
