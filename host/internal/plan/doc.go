// Package plan evaluates OPA's plan IR in three-valued logic. It is the meaning
// of *unknown*: docs/unknown.md says what each statement does with a value that
// is not known.
//
// OPA's own planner makes the plan ([Plan]), in which names are looked up once
// ([Program]). One evaluation ([Run]) asks rules of it under an input and data
// which may be documents with gaps ([NewDoc]). What comes out is a [Value]: a
// term if it is known, or what is known of it.
//
//	ast.Compiler ──Plan──▶ Program ──NewRun(Env, input, data)──▶ Run ──Rule──▶ Value, sure
//
// The law: whatever is sure is what OPA answers under every way of filling in
// the gaps, as far as it answers, rather than fail, under any. What is neither
// sure nor possible is so under none.
//
// A statement is executed once for all those ways together. A test of something
// unknown splits them: the path goes on, and what it finds holds where it is
// taken. Where a block ends, the ways meet again, and each local is what it may
// be on any of them. See frame.
package plan
