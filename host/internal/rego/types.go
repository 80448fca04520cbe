package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Documents is what rules see of one snapshot at one decision time, beside the
// site that is asked about. Terms are shared by all evaluations and must not
// change.
type Documents struct {
	// Topology is data.topology, an object. Facts that are unknown or do not
	// apply are absent from it. Nil means an empty object.
	Topology *ast.Term
	// SiteUnknown returns the dotted paths below data.topology.sites[id] whose
	// value is unknown; a path covers everything below it. It must be safe for
	// concurrent use. Nil means that none are unknown.
	SiteUnknown func(id string) []string
	// AnyUnknown lists every path that SiteUnknown returns for one site or more.
	AnyUnknown []string
	// TopologyUnknown lists the dotted paths below data.topology, other than
	// below its sites, that are incomplete or unknown, such as
	// "regimes.ru-152fz". Everything else is known and complete.
	TopologyUnknown []string
	// Rows are the documents of all sites as they stand in data.topology.sites, for
	// judging many at once. Without them that is slower.
	Rows []SiteDoc
	// ByLanes says that cases are judged by the lane machine.
	ByLanes bool
}

// SiteDoc is what is judged for one request: input.site of a candidate; for an engine of another hook, input.path,
// or an object of input.placement and input.scenario, under these names.
type SiteDoc struct {
	ID string
	// Term is the object; unknown facts are absent from it.
	Term *ast.Term
	// Unknown lists the dotted paths below input.site whose value is unknown
	// here, such as "country" or "carbon.gridGramsPerKWh"; a path covers
	// everything below it. A list that is not complete is unknown.
	// id, kind, partition, parent and region are always known. Elements of lists
	// are named by their numbers, as in "placement.copies.0.site.country".
	Unknown []string

	// Row is the site's place in Documents.Rows, and Own what of Term and Unknown
	// is not there: a request's own facts. A field that one site has of its own no
	// site has there. They are read by [Case.Sites] if the documents have rows.
	Row int
	Own lane.Doc
}

// Input is what stays the same while a component's candidates are judged.
type Input struct {
	Request, Component *ast.Term
}

// Verdict is what one policy says about one site.
type Verdict uint8

// The verdicts, worst last.
const (
	Permit   Verdict = iota // nothing speaks against the site
	Possible                // a fact that is unknown decides; the site is indeterminate
	Deny                    // surely not
)

// String returns the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case Permit:
		return "permit"
	case Possible:
		return "possible"
	}
	return "deny"
}

// Result is what one policy says about one site. Findings are sorted by message,
// then by their other keys.
type Result struct {
	Policy  *policy.Policy
	Verdict Verdict
	// Denies holds a finding for each reason, and for each body that an unknown
	// fact leaves undecided.
	Denies []Finding
	// Warnings and Obligations hold what fired, sure or not.
	Warnings, Obligations []Finding
	// Score is from 0 to 100; nil if the policy gives none, or an unknown fact
	// decides it.
	Score *float64
	// Facts are all that the policy reads to come to this, found statically.
	Facts []Fact
}

// Finding is one element of deny, warn or obligation.
type Finding struct {
	// Message is text for a platform engineer. It is what the policy wrote and
	// may hold any character; whoever prints it escapes it.
	Message string
	// Extra holds the other keys of an element that is an object, as values of
	// JSON. Nil if there are none.
	Extra map[string]any
	// Location is the rule body, as file:line.
	Location string
	// Sure is false if it depends on a fact that is unknown here; Message then prints
	// what is unknown as "unknown", as it does where such a fact is only mentioned.
	Sure bool
	// Unknown names the unknown facts that the body reads, as "site.country"; nil if
	// Sure.
	Unknown []string
	// Facts are those the body reads, itself or through what it calls, found
	// statically; sorted, and shared between findings. See [Engine.Value].
	Facts []Fact
}
