package solve

// MaxNodes bounds the work of one search: parts of the placements bounded, sets looked at, and sets of
// components compared. It counts steps and never looks at a clock, so that a search ends alike everywhere.
const MaxNodes = 50_000_000
