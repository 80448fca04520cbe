// Package solve chooses sites for the copies of components: every placement that meets the
// requirements is looked at, or is part of those of which a bound shows that they are worse, so the best
// one is known to be best. Where that takes too long, how far the best may be is said.
//
// A [Problem] is plain numbers: candidates with their round-trip times in whole microseconds, carbon
// and cost in whole units, and the requirements of each component. [Search] returns the best
// placements in order; [Problem.After] says what remains of a placement when something is lost. The
// package knows no policy and no document: who may host what was decided before, by leaving
// candidates out.
//
// Objectives are integers, compared exactly, and ties go to the smaller site ids, so that the same
// problem has the same answer on every machine.
package solve
