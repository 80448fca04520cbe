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
	Calls      []Call  // between components
	Weights    []int64 // of the users, in the order of Candidate.RTT
	Objectives []Objective
	Weighted   []int64 // one factor an objective for a weighted sum; nil: lexicographic
	Steps      int64   // that a search may take; 0: [MaxNodes]
}

// Component is what is to be placed.
type Component struct {
	Name       string
	Candidates []Candidate // sorted by site id
	Min, Max   int         // copies
	Seats      []Seat      // what the copies do, in the order in which roles are given out; nil: all that a copy can
	Survive    Loss
	Majority   bool // more than half of the copies that vote must live, not only one with data
	UserFacing bool
	MaxMicros  int64 // every user must have a copy this near, after a loss too; 0: no limit
	Spread     Spread
	Capacity   Capacity

	quota [][]int              // for each number of copies, how many of each kind of seat; nil: one kind
	parts func(n, i int) int64 // the same, where it hangs on the number of copies
}

// Seat is what one of a component's copies does.
type Seat struct {
	Serves bool // users and callers
	Stands bool // serves them once another copy is lost
	Votes  bool // counts for a majority
	Data   bool // is a copy that can go on alone, carries load, and answers who calls the component
}

// whole is the seat of a copy that does everything.
var whole = Seat{Serves: true, Votes: true, Data: true}

// Candidate is a site that may host a copy.
type Candidate struct {
	Site         uint32  // row of the site
	Zone         int64   // the zone whose loss takes the copy, unless it survives that: no two candidates share one
	Region       int64   // row of its region; for a site of no region, a number no other site has
	Fate         int64   // the region whose loss takes the copy; negative: none does
	Partition    int64   // the partition it is in
	Provider     int64   // who operates it
	Country      int64   // row of its country; -1 unknown
	Groups       []int32 // risk groups it is in
	RTT          []int64 // microseconds to each user; Unknown where not known
	Carbon       int64   // milligrams CO2e per kWh, or Unknown
	Cost         int64   // ten-thousandths of the price index times units, or Unknown
	SurvivesZone bool    // a copy here is known to live through the loss of any one zone
	Moves        int64   // 1 if the component has no copy here today, else 0

	seat Seat
	kind int     // of seat
	of   int     // index of the candidate that this is a way to use
	late []int64 // RTT once another copy is lost
}

// Call is that one component calls another: each copy that serves calls the copy with data that is nearest to it, the
// first of several.
type Call struct {
	From, To  int                             // components
	RTT       func(from, to *Candidate) int64 // microseconds, or Unknown
	MaxMicros int64                           // what a call may take at most, after a loss too; 0: no limit
	Price     func(from, to *Candidate) int64 // of all traffic between the two, in the unit of Candidate.Cost, or Unknown; nil: none
}

// Spread keeps copies apart. Zero is no limit.
type Spread struct {
	Far          func(a, b uint32) bool // reports whether two sites are known to be far enough apart; nil: no limit
	PerRegion    int
	PerCountry   int
	PerRiskGroup int
	MaxSkew      int // between the numbers of copies in any two regions that have a candidate
}

// Capacity is what the copies left after a loss must carry. Zero Needed is no limit.
type Capacity struct {
	Needed, PerCopy int64
}

// Loss is a kind of failure.
type Loss uint8

// The kinds of failure, each of which takes all that the one before takes, and more. A copy in a zone or a region is lost
// with its region; one of a fate of its own is not.
const (
	LoseNothing Loss = iota
	LoseZone
	LoseRegion
	LosePartition
	LoseProvider
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
	Steps      int64 // that it took, of those that it might take
}
