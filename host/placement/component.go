package placement

// Component is one thing to place, in one or more copies.
type Component struct {
	Name              string       `json:"name" omit:"required" format:"id" doc:"Name of the component."`
	Services          []string     `json:"services" omit:"none" format:"id" doc:"Services every copy needs, by id or alias."`
	Data              []string     `json:"data" omit:"none" format:"id" doc:"Data sets every copy holds, by name."`
	Tier              string       `json:"tier,omitempty" default:"region" enum:"region|availability-zone|local-zone|wavelength-zone|outpost|edge-location|lowest" doc:"Kind of site the copies are on."`
	Copies            Copies       `json:"copies" omit:"default" doc:"How many sites of that tier. If omitted, one."`
	Roles             []string     `json:"roles" omit:"default" enum:"primary|replica|standby|voter|witness|cache" doc:"Roles of the copies in order. A standby serves once another copy is lost and does not vote; a witness only votes; a cache only serves. If omitted, the first is primary; copies beyond the list are replicas."`
	Survive           string       `json:"survive,omitempty" default:"none" enum:"none|zone|region|partition|provider" doc:"The component survives the loss of any one of these."`
	Quorum            string       `json:"quorum,omitempty" default:"none" enum:"none|majority" doc:"What must stay up after the loss: one copy, or a majority of the chosen ones."`
	Spread            Spread       `json:"spread" omit:"none" doc:"How far apart the copies are."`
	Capacity          *Capacity    `json:"capacity,omitempty" omit:"none" doc:"Load that what is left after a loss must still carry."`
	DependsOn         []Dependency `json:"dependsOn,omitempty" omit:"none" doc:"Components this one calls."`
	RTOSeconds        *float64     `json:"rtoSeconds,omitempty" omit:"none" min:"0" doc:"Longest time without service after a loss, in seconds."`
	RPOSeconds        *float64     `json:"rpoSeconds,omitempty" omit:"none" min:"0" doc:"Longest span of lost writes after a loss, in seconds."`
	Latency           Latency      `json:"latency" omit:"none" doc:"Round-trip time between users and their nearest copy."`
	UserFacing        *bool        `json:"userFacing,omitempty" omit:"default" doc:"Whether users call it. If omitted, true where the request has users."`
	DisconnectedHours float64      `json:"disconnectedHours" omit:"none" min:"0" doc:"How long it must run without its parent region, in hours."`
	EnergyKWh         float64      `json:"energyKWh" omit:"none" min:"0" max:"1000000000000" doc:"Energy a copy uses per month, in kWh, for the footprint report."`
	Units             float64      `json:"units,omitzero" default:"1" min:"0" doc:"Cost of a copy, in units of the price index. More than 0, at most a million, at most six decimals."`
}

// IsUserFacing reports whether users call the component. It is meaningful in a
// request from Decode or New.
func (c *Component) IsUserFacing() bool { return c.UserFacing != nil && *c.UserFacing }

// Copies is how many copies a component has.
type Copies struct {
	Min int `json:"min,omitzero" omit:"default" min:"1" max:"100" doc:"The least number. If omitted, 1."`
	Max int `json:"max,omitzero" omit:"default" min:"1" max:"100" doc:"The greatest number. If omitted, min, or the number of roles where that is more."`
}

// Spread keeps copies apart. In every field 0 is no limit.
type Spread struct {
	SeparationKm float64 `json:"separationKm" omit:"none" min:"0" doc:"Least distance between two copies, in km. 0 is no limit."`
	PerRegion    int     `json:"perRegion" omit:"none" min:"0" doc:"Most copies in one region. 0 is no limit."`
	PerCountry   int     `json:"perCountry" omit:"none" min:"0" doc:"Most copies in one country. 0 is no limit."`
	PerRiskGroup int     `json:"perRiskGroup" omit:"none" min:"0" doc:"Most copies in one risk group. 0 is no limit."`
	MaxSkew      int     `json:"maxSkew" omit:"none" min:"0" doc:"Greatest difference between the numbers of copies in any two regions with a site that may be chosen. 0 is no limit."`
}

// Capacity is load, in any unit that both fields share.
type Capacity struct {
	Needed  float64 `json:"needed" omit:"required" min:"0" doc:"Load to be carried, after a loss too."`
	PerCopy float64 `json:"perCopy" omit:"required" min:"0" doc:"Load one copy carries, in the same unit. More than 0."`
}

// Dependency is a call from one component to another.
type Dependency struct {
	Component string   `json:"component" omit:"required" format:"id" doc:"Component that is called."`
	MaxMs     *float64 `json:"maxMs,omitempty" omit:"none" min:"0" doc:"Greatest round-trip time from any copy to the nearest one that answers, in ms, now and after every loss that both components survive. More than 0."`
	TrafficGB float64  `json:"trafficGB" omit:"none" min:"0" doc:"Traffic to it per month, in GB: part of cost, where a dollar counts as one of the price index. Each copy that serves sends an equal share to the nearest copy that answers."`
}

// Latency is about users' round-trip times.
type Latency struct {
	MaxMs         *float64 `json:"maxMs,omitempty" omit:"none" min:"0" doc:"Greatest round-trip time from any user group to its nearest copy, in ms, now and after every loss that survive names. More than 0."`
	Percentile    *float64 `json:"percentile,omitempty" omit:"none" min:"1" max:"100" doc:"Percentile of round-trip times that maxMs is about."`
	Accelerated   bool     `json:"accelerated" omit:"none" doc:"Whether users enter the provider's backbone at the nearest edge location that the sovereignty policies allow."`
	CacheHitRatio float64  `json:"cacheHitRatio" omit:"none" min:"0" max:"1" doc:"Share of calls answered by a cache at the edge."`
}
