// Package lane runs OPA's plans for many sites at once, as a GPU runs a program on
// many elements: each site is a lane, a value is the same on all lanes or differs
// between them, and masks say on which lanes a statement counts. docs/lane.md tells
// how; docs/unknown.md what a statement does with a fact that is not known.
//
//	plan.Program ──Compile──▶ Program ─┐
//	documents ──NewWorld──▶ World ──NewQuestion──▶ Question ──NewRun──▶ Run ──Rule, Marks──▶ Answer
//
// A Program, a World and a Question that has been made are immutable and safe for
// concurrent use; a Run is for one goroutine.
//
// A lane on which something is not done here, or fails, is handed back: it is in the
// answer's Left, and whoever asks evaluates it with another engine. What is answered
// is what the interpreter of package plan answers, which is what OPA does where
// nothing is unknown.
package lane
