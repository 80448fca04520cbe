package placement

// Verdict is the outcome for a site or a whole request.
type Verdict string

// The verdicts. A site is never infeasible.
const (
	// Permit: no policy denies. For a request: a placement passes.
	Permit Verdict = "permit"
	// Deny: a policy surely denies. For a request: a placement would pass
	// without the policies.
	Deny Verdict = "deny"
	// Infeasible: the topology cannot meet the requirements at all.
	Infeasible Verdict = "infeasible"
	// Indeterminate: it depends on a fact that is unknown. It is treated as not
	// permitted unless the request says unknown: assume.
	Indeterminate Verdict = "indeterminate"
)

// Names of kinds, as a document's apiVersion and kind give them.
const (
	APIVersion   = "bailiwick/v1"
	RequestKind  = "PlacementRequest"
	DecisionKind = "Decision"
)

// Tiers: the kind of site a component's copies are on.
const (
	TierRegion           = "region"
	TierAvailabilityZone = "availability-zone"
	TierLocalZone        = "local-zone"
	TierWavelengthZone   = "wavelength-zone"
	TierOutpost          = "outpost"
	TierEdgeLocation     = "edge-location"
	TierLowest           = "lowest"
)

// What a component survives the loss of.
const (
	SurviveNone      = "none"
	SurviveZone      = "zone"
	SurviveRegion    = "region"
	SurvivePartition = "partition"
	SurviveProvider  = "provider"
)

// How many of the chosen copies must stay up.
const (
	QuorumNone     = "none"
	QuorumMajority = "majority"
)

// Roles of copies.
const (
	RolePrimary = "primary"
	RoleReplica = "replica"
	RoleStandby = "standby" // takes over once another copy is lost; does not vote
	RoleVoter   = "voter"   // as a replica
	RoleWitness = "witness" // votes, and neither holds data nor serves
	RoleCache   = "cache"   // serves what others hold
)

// Ways to treat unknown facts.
const (
	UnknownDeny   = "deny"
	UnknownAssume = "assume"
)

// Ways to account for carbon.
const (
	BasisLocation = "location" // what the grid emits
	BasisMarket   = "market"   // what the operator's contracts say
)
