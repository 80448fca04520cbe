// Package literal makes sets and objects that rules write out mean their values
// before anyone looks at them: {a, b} has one member where a and b are equal.
//
// OPA's evaluator passes such a term on as it is written, and looks variables up as
// it goes: {a, b} is walked twice where both are equal, in the order of the
// variables' names; of {a: 1, b: 2} a look-up finds the first value and printing
// the last; {a: 1, b: 1} has two keys where it is compared. OPA's planner makes the
// value first, but where it compares objects it counts the keys that are written.
//
// [Apart] gives each such term a statement of its own, x = {a, b}, ahead of what
// uses x. The caller says how the statement is written, as the two engines need
// different ones.
package literal
