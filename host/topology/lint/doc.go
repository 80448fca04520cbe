// Package lint looks for facts of a topology that are wrong, doubtful or missing, beyond what
// compilation refuses: [Check] goes through a table of rules, each a small function.
//
// The level of a finding says what it is: an error is surely wrong (two facts contradict each other,
// whichever of them is at fault), a warning deserves a look, a note names a gap. Findings are about the
// text that people wrote: each has the place where the fact stands, and says what to do about it. No
// decision reads them.
package lint
