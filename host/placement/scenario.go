package placement

// Scenario is a failure and what is left after it.
type Scenario struct {
	ID            string             `json:"id" omit:"required" format:"id" doc:"What is lost, such as lose:region:eu-central-1."`
	Verdict       Verdict            `json:"verdict" omit:"required" enum:"permit|deny|infeasible|indeterminate" doc:"Outcome for what is left: deny if a sovereignty policy denies it; else infeasible if it does not do what is asked; else indeterminate if that depends on an unknown fact."`
	Lost          []string           `json:"lost" omit:"none" format:"id" doc:"Sites that fail, and sites of copies that are not known to go on."`
	Survivors     []string           `json:"survivors" omit:"required" format:"id" doc:"Sites that are left."`
	Missing       []string           `json:"missing,omitempty" omit:"none" format:"text" doc:"Fields of the request that what is left does not meet, or is not known to meet, such as components[0].latency.maxMs."`
	Users         []Reroute          `json:"users,omitempty" omit:"none" doc:"Where groups of users go that reached another copy before."`
	ControlPlanes []string           `json:"controlPlanes,omitempty" omit:"none" format:"id" doc:"Services of copies that are left whose control plane is lost: they go on as they are, and a recovery that sets up, changes or moves something of theirs is not possible."`
	Objective     map[string]float64 `json:"objective" omit:"required" doc:"Value of each objective for what is left."`
	RTOSeconds    *float64           `json:"rtoSeconds,omitempty" omit:"unknown" min:"0" doc:"Time until service is back, in seconds: the worst of the components."`
	RPOSeconds    *float64           `json:"rpoSeconds,omitempty" omit:"unknown" min:"0" doc:"Span of writes that is lost, in seconds: the worst of the components."`
}

// Reroute is the copy that a group of users reaches after a failure.
type Reroute struct {
	Population string   `json:"population" omit:"required" format:"id" doc:"The group, as the request names it."`
	Mobile     string   `json:"mobile,omitempty" omit:"none" format:"text" doc:"Mobile carrier the group is on; absent for a fixed line."`
	Component  string   `json:"component" omit:"required" format:"id" doc:"The component."`
	Site       string   `json:"site" omit:"required" format:"id" doc:"Site of the nearest copy that is left."`
	RTTMs      *float64 `json:"rttMs,omitempty" omit:"unknown" min:"0" doc:"Round-trip time to it, in ms, to the microsecond."`
}

// Cuts are the smallest sets of failures that end service: some component then has no copy with data left, or no quorum
// where it asks for one. A set is named by the ids of its scenarios.
type Cuts struct {
	CutSets         [][]string `json:"cutSets,omitempty" omit:"none" doc:"Smallest sets of failures, of at most three, that together end service; the smallest first."`
	PossibleCutSets [][]string `json:"possibleCutSets,omitempty" omit:"none" doc:"Smallest sets of failures that end service if what is not known turns out badly."`
	MoreCutSets     int        `json:"moreCutSets,omitzero" omit:"none" min:"0" doc:"At least how many such sets are not listed."`
}
