package placement

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Decision is the answer to a request. Its numbers are exact decimals: they
// are computed as integers and only written with a point. Lists are never
// left out: an empty one is [].
type Decision struct {
	APIVersion      string       `json:"apiVersion" omit:"required" enum:"bailiwick/v1" doc:"Version of this format."`
	Kind            string       `json:"kind" omit:"required" enum:"Decision" doc:"What this document is."`
	ID              string       `json:"id" omit:"required" format:"digest" doc:"SHA-256 of this document's canonical JSON with an empty id."`
	Request         string       `json:"request" omit:"required" format:"id" doc:"Name of the request."`
	Verdict         Verdict      `json:"verdict" omit:"required" enum:"permit|deny|infeasible|indeterminate" doc:"Outcome for the request: permit if a placement passes; else indeterminate if one would pass were every possible denial harmless; else deny if one would pass without the policies; else infeasible."`
	Placements      []Placement  `json:"placements" omit:"required" doc:"The best placements, best first; none unless the verdict is permit."`
	Refused         []Refused    `json:"refused,omitempty" omit:"none" doc:"Placements that rank before the best one, or all there are, and that policies about paths or placements refuse; the first few."`
	Current         *Current     `json:"current,omitempty" omit:"inapplicable" doc:"Verdict on where the components run today, if the request says where."`
	Sites           []SiteResult `json:"sites" omit:"required" doc:"Every site of each component's tier, judged."`
	Conflicts       []Conflict   `json:"conflicts" omit:"required" doc:"Sets of policies and requirements that no placement meets together, and of which none can be spared."`
	MoreConflicts   bool         `json:"moreConflicts,omitzero" omit:"none" doc:"Whether there are, or may be, more conflicts than are listed."`
	Relaxations     []Relaxation `json:"relaxations" omit:"required" doc:"The smallest changes of the request that would make it pass, those of the fewest fields first, then by field. Each was decided."`
	MoreRelaxations bool         `json:"moreRelaxations,omitzero" omit:"none" doc:"Whether there may be more, or lesser, changes than are listed."`
	Assumed         []Assumption `json:"assumed" omit:"required" doc:"What was taken for granted, under unknown: assume."`
	Waived          []Waived     `json:"waived" omit:"required" doc:"Denials that waivers set aside."`
	Inputs          Inputs       `json:"inputs" omit:"required" doc:"Digests of everything that went in."`
}

// Placement is one way to place every component.
type Placement struct {
	Rank      int                `json:"rank" omit:"required" min:"1" doc:"1 is the best."`
	Score     *float64           `json:"score,omitempty" omit:"none" doc:"Sum of what policies about placements score it; it does not change the rank."`
	Copies    []Copy             `json:"copies" omit:"required" doc:"Which copy is where, in the request's order of components."`
	Objective map[string]float64 `json:"objective" omit:"required" doc:"Value of each objective of the request; lower is better. latency: weight × ms, summed; latency.worst: ms; carbon: g/kWh; cost: price index × units; copies and moves: a number."`
	Users     []UserRoute        `json:"users" omit:"required" doc:"Which copy each group of users reaches, for user-facing components."`
	Proof     *Proof             `json:"proof,omitempty" omit:"inapplicable" doc:"How far the search has proved that nothing is better."`
	Scenarios []Scenario         `json:"scenarios" omit:"required" doc:"What is left after each failure of what the placement uses. Only losses that a component is to survive can refuse a placement."`
	Cuts
	Footprint   *Footprint   `json:"footprint,omitempty" omit:"inapplicable" doc:"Emissions, where components say what energy they use."`
	Warnings    []Warning    `json:"warnings" omit:"required" doc:"What the policies warn of."`
	Obligations []Obligation `json:"obligations" omit:"required" doc:"What someone has to see to, for this placement to be in order."`
}

// Refused is a placement that meets the request, and that policies about paths or placements refuse.
type Refused struct {
	Copies  []Copy   `json:"copies" omit:"required" doc:"Which copy would be where, in the request's order of components."`
	Reasons []Reason `json:"reasons" omit:"required" doc:"What speaks against it."`
}

// Copy is one copy of a component at its site.
type Copy struct {
	Component      string          `json:"component" omit:"required" format:"id" doc:"Name of the component."`
	Role           string          `json:"role" omit:"required" enum:"primary|replica|standby|voter|witness|cache" doc:"Role of the copy."`
	Site           string          `json:"site" omit:"required" format:"id" doc:"Id of the site."`
	ParentServices []ParentService `json:"parentServices,omitempty" omit:"none" doc:"Services that a small zone lacks and its region provides."`
	CutOff         []CutOff        `json:"cutOff,omitempty" omit:"inapplicable" doc:"How each service of a copy on an Outpost goes on when the link to its region is cut."`
}

// ParentService is a service that a copy in a small zone has from its region, over a path that takes time.
// The time is that of each call from the copy to the service; it is not part of what users see of calls
// that do without.
type ParentService struct {
	Service string   `json:"service" omit:"required" format:"id" doc:"Id of the service."`
	Site    string   `json:"site" omit:"required" format:"id" doc:"Region that provides it."`
	RTTMs   *float64 `json:"rttMs,omitempty" omit:"unknown" min:"0" doc:"Round-trip time between the two, in ms."`
	Basis   string   `json:"basis" omit:"required" enum:"measured|modelled|unknown" doc:"How the time is known."`
}

// CutOff is how a service on an Outpost goes on when it is cut off.
type CutOff struct {
	Service string   `json:"service" omit:"required" format:"id" doc:"Id of the service."`
	Mode    string   `json:"mode" omit:"required" enum:"continues|limited|stops|unknown" doc:"continues: as it was; limited: in part; stops."`
	Hours   *float64 `json:"hours,omitempty" omit:"unknown" min:"0" doc:"For how long, in hours, as far as it has a limit of its own that is known."`
}

// UserRoute is the nearest copy of a component to a group of users.
type UserRoute struct {
	Population string  `json:"population" omit:"required" format:"id" doc:"The group, as the request names it."`
	Component  string  `json:"component,omitempty" omit:"inapplicable" format:"id" doc:"The component, where the request has several user-facing ones."`
	Site       string  `json:"site" omit:"required" format:"id" doc:"Site of the nearest copy."`
	Mobile     string  `json:"mobile,omitempty" omit:"none" format:"text" doc:"Mobile carrier the group is on; absent for a fixed line."`
	RTTMs      float64 `json:"rttMs" omit:"required" min:"0" doc:"Round-trip time to it, in ms, to the microsecond; with a cache, the mean over calls."`
	Basis      string  `json:"basis" omit:"required" enum:"measured|modelled" doc:"Whether the round-trip time was measured or comes from the latency model."`
	Parts      []Part  `json:"parts" omit:"required" doc:"The stretches the time is the sum of, from the users on."`
}

// Part is one stretch of the way between users and a site.
type Part struct {
	Name  string  `json:"name" omit:"required" enum:"fixed-line|mobile-network|carrier-network|internet|backbone|access|link|cache-miss" doc:"What it is. access and link: the whole way as measured; cache-miss: the share of calls that no cache answers, times their way on to the site."`
	To    string  `json:"to,omitempty" omit:"inapplicable" format:"id" doc:"Site it leads to; absent for the users' own line."`
	Via   string  `json:"via,omitempty" omit:"inapplicable" format:"id" doc:"Regional edge cache that a cache's misses pass."`
	Ms    float64 `json:"ms" omit:"required" min:"0" doc:"Its round-trip time, in ms."`
	Basis string  `json:"basis" omit:"required" enum:"measured|modelled" doc:"How the time is known."`
}

// Bases of a round-trip time.
const (
	BasisMeasured = "measured"
	BasisModelled = "modelled"
)

// Proof says how good a placement is known to be.
type Proof struct {
	Optimal bool    `json:"optimal" omit:"required" doc:"Whether no placement is better."`
	Bound   float64 `json:"bound" omit:"required" doc:"No placement has a lower value of the first objective (of the weighted sum)."`
	Gap     float64 `json:"gap" omit:"required" min:"0" doc:"This placement's value less the bound, divided by the value. 0 if optimal."`
	Nodes   int64   `json:"nodes" omit:"required" min:"0" doc:"Partial placements the search looked at."`
}

// Footprint is the emissions of a placement.
type Footprint struct {
	LocationKgPerMonth *float64        `json:"locationKgPerMonth,omitempty" omit:"unknown" min:"0" doc:"By the grids' intensity, in kg of CO2 equivalent per month. Absent if a fact it needs is unknown."`
	MarketKgPerMonth   *float64        `json:"marketKgPerMonth,omitempty" omit:"unknown" min:"0" doc:"By the operators' contracts, in kg of CO2 equivalent per month. Absent if a fact it needs is unknown."`
	Copies             []CopyFootprint `json:"copies" omit:"required" doc:"What each copy adds, for components that say what energy they use."`
}

// CopyFootprint is the emissions of one copy: energyKWh × PUE × intensity.
type CopyFootprint struct {
	Component          string   `json:"component" omit:"required" format:"id" doc:"Name of the component."`
	Site               string   `json:"site" omit:"required" format:"id" doc:"Id of the site."`
	EnergyKWh          float64  `json:"energyKWh" omit:"required" min:"0" doc:"Energy the copy itself uses per month, in kWh."`
	PUE                *float64 `json:"pue,omitempty" omit:"unknown" min:"1" doc:"Power usage effectiveness of the site: energy of the building for each unit of the machines'."`
	GridGramsPerKWh    *float64 `json:"gridGramsPerKWh,omitempty" omit:"unknown" min:"0" doc:"Intensity of the site's grid, in grams of CO2 equivalent per kWh."`
	MarketGramsPerKWh  *float64 `json:"marketGramsPerKWh,omitempty" omit:"unknown" min:"0" doc:"Intensity by the operator's contracts, in grams of CO2 equivalent per kWh."`
	LocationKgPerMonth *float64 `json:"locationKgPerMonth,omitempty" omit:"unknown" min:"0" doc:"In kg of CO2 equivalent per month, to the gram."`
	MarketKgPerMonth   *float64 `json:"marketKgPerMonth,omitempty" omit:"unknown" min:"0" doc:"In kg of CO2 equivalent per month, to the gram."`
}

// Current is the verdict on where the components run today.
type Current struct {
	Verdict   Verdict            `json:"verdict" omit:"required" enum:"permit|deny|infeasible|indeterminate" doc:"Outcome for the present placement: deny if a policy denies a site of it, or all of it; else infeasible if a requirement is not met; else indeterminate if it depends on an unknown fact."`
	Reasons   []CurrentReason    `json:"reasons" omit:"required" doc:"Why it is not permitted."`
	Objective map[string]float64 `json:"objective" omit:"required" doc:"Value of each objective, where the request says of every component where it runs and the value is known."`
	Users     []UserRoute        `json:"users" omit:"required" doc:"Which copy each group of users reaches today."`
	Scenarios []Scenario         `json:"scenarios" omit:"none" doc:"What is left after each failure of what is used today, where the request says of every component where it runs."`
	Cuts
}

// CurrentReason is what speaks against where a component runs today.
type CurrentReason struct {
	Component string `json:"component" omit:"required" format:"id" doc:"Name of the component."`
	Site      string `json:"site,omitempty" omit:"inapplicable" format:"id" doc:"Site it is about; absent where it is about all of them together."`
	Reason
}

// Conflict is a set of policies and requirements that cannot hold together and
// of which none can be spared: any fewer of them, by themselves, could be met.
type Conflict struct {
	Policies     []string `json:"policies" omit:"required" format:"id" doc:"Ids of the policies in it."`
	Requirements []string `json:"requirements" omit:"required" doc:"Fields of the request in it, such as components[0].survive."`
	MayBeSmaller bool     `json:"mayBeSmaller,omitzero" omit:"none" doc:"Whether one of these may be spared after all: to find that out would have taken too many steps."`
}

// Relaxation is a change of the request and what it would bring.
type Relaxation struct {
	Change    string             `json:"change" omit:"required" format:"text" doc:"The change, such as components[0].survive: region → zone. Several that are made together stand apart by semicolons."`
	Changes   []Change           `json:"changes" omit:"required" doc:"The same, field by field."`
	Verdict   Verdict            `json:"verdict" omit:"required" enum:"permit|deny|infeasible|indeterminate" doc:"Outcome with the change."`
	Objective map[string]float64 `json:"objective" omit:"required" doc:"Value of each objective with the change."`
	Copies    []Copy             `json:"copies" omit:"required" doc:"The best placement with the change; none unless the verdict is permit."`
}

// Change is one field of a request and what to put there. Fields and values are
// those of the request with its defaults filled in.
type Change struct {
	Field string `json:"field" omit:"required" format:"text" doc:"The field, such as components[0].survive."`
	From  any    `json:"from,omitzero" omit:"none" doc:"Its value. If omitted, it is not given."`
	To    any    `json:"to,omitzero" omit:"none" doc:"Its value after the change. If omitted, leave the field out."`
}

// Inputs names what a decision was made from. The same inputs give the same
// decision, byte for byte.
type Inputs struct {
	Snapshot  string `json:"snapshot" omit:"required" format:"digest" doc:"Digest of the topology snapshot."`
	Policies  string `json:"policies" omit:"required" format:"digest" doc:"Digest of the rules, settings, grants and limits."`
	Request   string `json:"request" omit:"required" format:"digest" doc:"Digest of the request's canonical JSON, defaults filled."`
	Semantics int    `json:"semantics" omit:"required" min:"1" doc:"Version of the meaning of rules and requests."`
}

// Canonical returns the decision as canonical JSON (RFC 8785).
func (d *Decision) Canonical() ([]byte, error) {
	data, err := decode.Canonical(d)
	if err != nil {
		return nil, fmt.Errorf("decision: %w", err)
	}
	return data, nil
}

// ComputeID sets the ID: "sha256:" and the hexadecimal SHA-256 of the canonical
// JSON with an empty id. On error, which only numbers JSON cannot hold cause,
// the ID is unchanged.
func (d *Decision) ComputeID() error {
	nameless := *d
	nameless.ID = ""
	data, err := nameless.Canonical()
	if err != nil {
		return err
	}
	d.ID = digest(data)
	return nil
}

// DecodeDecision reads a decision from JSON or YAML, as strictly as Decode reads
// a request. Whether the ID is that of the content is not checked: compare it
// with what ComputeID says.
func DecodeDecision(name string, data []byte) (*Decision, error) {
	n, err := decode.Parse(name, data, decisionLimits)
	if err != nil {
		return nil, err
	}
	d := &Decision{}
	if err := n.Into(d); err != nil {
		return nil, err
	}
	return d, nil
}
