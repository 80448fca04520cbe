package host

// DefaultRunnersUp is how many placements beside the best one a decision shows: enough to compare, few
// enough to read.
const DefaultRunnersUp = 2

// MaxRunnersUp bounds what WithRunnersUp may ask for: the search keeps that many sets a component.
const MaxRunnersUp = 100
