package host

// defaultRunnersUp is how many placements beside the best one a decision shows: enough to compare, few
// enough to read.
const defaultRunnersUp = 2

// maxRunnersUp bounds what WithRunnersUp may ask for: the search keeps that many sets a component.
const maxRunnersUp = 100
