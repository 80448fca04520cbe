package placement

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// Request is a PlacementRequest: components to place, and what must hold. Get
// one from Decode or New, which fill defaults; treat it as read-only.
type Request struct {
	APIVersion string   `json:"apiVersion" omit:"required" enum:"bailiwick/v1" doc:"Version of this format."`
	Kind       string   `json:"kind" omit:"required" enum:"PlacementRequest" doc:"What this document is."`
	Metadata   Metadata `json:"metadata" omit:"required" doc:"The request's name."`
	Spec       Spec     `json:"spec" omit:"required" doc:"What is asked."`

	node *decode.Node // where it was decoded from, for positions
	sum  string       // its digest when it was checked; see Checked
}

// Metadata names a request.
type Metadata struct {
	Name string `json:"name" omit:"required" format:"id" doc:"Name of the request; the decision repeats it."`
}

// Spec is what a request asks.
type Spec struct {
	At         string              `json:"at,omitempty" omit:"default" format:"date-time" doc:"Decision time: RFC 3339, or a date, which is midnight UTC. Facts and waivers in force then count. If omitted, the snapshot's asOf; never the machine's clock."`
	Partitions []string            `json:"partitions" omit:"none" format:"id" doc:"Partitions that may be used. If omitted or empty, all."`
	Sites      SiteFilter          `json:"sites" omit:"none" doc:"Sites to consider or leave out."`
	ZoneNames  map[string]string   `json:"zoneNames" omit:"none" format:"id" doc:"The account's own zone names (eu-central-1a) to availability zone ids (euc1-az2). Everywhere else zones are named by id."`
	Users      []User              `json:"users" omit:"none" doc:"Who uses the user-facing components, and from where."`
	Data       []DataSet           `json:"data" omit:"none" doc:"Data sets that components hold."`
	Components []Component         `json:"components" omit:"required" minItems:"1" doc:"What is to be placed."`
	Current    map[string][]string `json:"current,omitempty" omit:"none" format:"id" doc:"Where components run today: component to site ids, in the order of its roles."`
	Carbon     *Carbon             `json:"carbon,omitempty" omit:"none" doc:"Ceiling on, and accounting of, carbon intensity."`
	Cost       *Cost               `json:"cost,omitempty" omit:"none" doc:"Ceiling on cost."`
	Objective  Objective           `json:"objective,omitzero" omit:"default" doc:"What to optimise: a list of objectives, most important first, or a mapping of objectives to weights. If omitted, [latency] where there are users and a user-facing component, else [copies]."`
	Unknown    string              `json:"unknown,omitempty" default:"deny" enum:"deny|assume" doc:"Whether a site whose verdict depends on an unknown fact may be chosen."`
	Waivers    []Waiver            `json:"waivers" omit:"none" doc:"Policies that are knowingly set aside."`
}

// SiteFilter narrows the sites that are considered.
type SiteFilter struct {
	Include []string `json:"include" omit:"none" format:"id" doc:"Only these sites, and sites inside them. If omitted or empty, all. Where users enter is narrowed only if edge locations are listed."`
	Exclude []string `json:"exclude" omit:"none" format:"id" doc:"Not these sites, nor sites inside them."`
}

// User is a group of users.
type User struct {
	Population string  `json:"population" omit:"required" format:"id" doc:"A population of the topology, or a site, whose own links are then used."`
	Weight     float64 `json:"weight" default:"1" min:"0" doc:"Share of this group, relative to the other groups. At most six decimals."`
	Access     *Access `json:"access,omitempty" omit:"none" doc:"How the users are connected. If omitted, by a fixed line."`
}

// Access is how users are connected.
type Access struct {
	Mobile string `json:"mobile,omitempty" omit:"none" format:"text" doc:"Mobile carrier the users are on."`
}

// Carbon is what a request says about carbon.
type Carbon struct {
	MaxGramsPerKWh *float64 `json:"maxGramsPerKWh,omitempty" omit:"none" min:"0" doc:"Highest carbon intensity of a site, in grams of CO2 equivalent per kWh."`
	Basis          string   `json:"basis,omitempty" default:"location" enum:"location|market" doc:"Whether the grid's or the contracts' intensity counts."`
}

// CarbonBasis returns the accounting of carbon, BasisLocation unless the
// request says otherwise.
func (s *Spec) CarbonBasis() string {
	if s.Carbon == nil || s.Carbon.Basis == "" {
		return BasisLocation
	}
	return s.Carbon.Basis
}

// Cost is a ceiling on cost.
type Cost struct {
	MaxIndex *float64 `json:"maxIndex,omitempty" omit:"none" min:"0" doc:"Highest price index of a site, relative to us-east-1 = 1."`
}

// Waiver sets one policy aside for one component at one site, for a time. All
// of it is required: a waiver says what it excuses, until when, why, and who
// answers for it.
type Waiver struct {
	Policy    string `json:"policy" omit:"required" format:"id" doc:"Id of the policy."`
	Component string `json:"component" omit:"required" format:"id" doc:"Component it is waived for."`
	Site      string `json:"site" omit:"required" format:"id" doc:"Site it is waived at."`
	Until     string `json:"until" omit:"required" format:"date" doc:"First day on which it no longer holds (midnight UTC), against the decision time."`
	Reason    string `json:"reason" omit:"required" format:"text" doc:"Why."`
	By        string `json:"by" omit:"required" format:"text" doc:"Who decided it."`
}
