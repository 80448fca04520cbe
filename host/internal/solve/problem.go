package solve

import (
	"errors"
	"math/big"
)

// ErrTooLarge is what Search reports when a problem needs more than [MaxNodes] steps.
var ErrTooLarge = errors.New("solve: more combinations than a search looks at")

// Unknown marks a number that is not known. It is larger than any known one, so that what is unknown
// is never preferred.
const Unknown = int64(1) << 62

// Problem is a request in numbers.
type Problem struct {
	Components []Component
	Weights    []int64 // of the users, in the order of Candidate.RTT
	Objectives []Objective
	Weighted   []int64 // one factor an objective for a weighted sum; nil: lexicographic
}

// Component is what is to be placed.
type Component struct {
	Name       string
	Candidates []Candidate // sorted by site id
	Min, Max   int         // copies
	Survive    Loss
	Majority   bool // a majority of the chosen copies must live, not only one
	UserFacing bool
	MaxMicros  int64 // every user must have a copy this near; 0: no limit
	Spread     Spread
	Capacity   Capacity
}

// Candidate is a site that may host a copy.
type Candidate struct {
	Site         uint32  // row of the site
	Region       int64   // row of its region; for a site of no region, a number no other site has
	Fate         int64   // the region whose loss takes the copy; negative: none does
	Country      int64   // row of its country; -1 unknown
	RTT          []int64 // microseconds to each user; Unknown where not known
	Carbon       int64   // milligrams CO2e per kWh, or Unknown
	Cost         int64   // ten-thousandths of the price index times units, or Unknown
	SurvivesZone bool    // a copy here is known to live through the loss of any one zone
	Moves        int64   // 1 if the component has no copy here today, else 0
}

// Spread keeps copies apart. Zero is no limit.
type Spread struct {
	Far        func(a, b uint32) bool // reports whether two sites are known to be far enough apart; nil: no limit
	PerRegion  int
	PerCountry int
}

// Capacity is what the copies left after a loss must carry. Zero Needed is no limit.
type Capacity struct {
	Needed, PerCopy int64
}

// Loss is a kind of failure.
type Loss uint8

// The kinds of failure. A copy in a zone or a region is lost with its region; one of a fate of its own is not.
const (
	LoseNothing Loss = iota
	LoseZone
	LoseRegion
)

// Objective is a figure to make small.
type Objective uint8

// The objectives. Latency is Σ weight × RTT to the nearest copy over users, summed over user-facing
// components; Worst the largest such RTT; AfterLoss the Σ to the second nearest copy; Carbon the mean
// over copies; Cost, Copies and Moves are sums.
const (
	Latency Objective = iota
	Worst
	AfterLoss
	Carbon
	Cost
	Copies
	Moves
)

// Placement is one answer. Chosen holds, for each component, indexes of its candidates in the order in
// which roles are given out. Values are in the order of the problem's objectives.
type Placement struct {
	Chosen [][]int
	Values []int64
}

// Result is what a search found: the best placements, best first, and the parts of all placements it looked at. Lower is
// nil where they are proved to be the best; else no placement has a first objective, or a weighted sum, below it.
type Result struct {
	Placements []Placement
	Nodes      int64
	Lower      *big.Int
}
