// Package rego evaluates policies with OPA itself. It is the reference engine:
// whatever another engine answers must be what this one answers.
//
// A policy set is compiled once ([Compile]), bound to a snapshot's documents
// once ([Program.Bind]), and then asked about one site at a time: by [Engine.Site],
// or, for many sites and one component, by [Engine.Case] and [Case.Site]. All are
// safe for concurrent use.
//
//	policy.Set ──Compile──▶ Program ──Bind(Documents)──▶ Engine ──Site(Input, SiteDoc)──▶ []Result
//
// Every body of deny, warn and obligation is evaluated on its own, so that each
// finding knows the place that produced it and the facts that place reads.
// Which facts those are is found statically, through helper rules, functions
// and aliases; what cannot be followed counts as reading the whole document.
//
// That is also how unknown facts are kept from deciding anything: a body that
// reads a fact that is unknown at this site is only possible, whatever it
// yields. Its guard, the statements that read nothing which can be unknown, is
// evaluated first: a conjunction with something false is false, so a body whose
// guard fails is surely silent.
//
// Evaluation is pure and bounded: built-in functions come from an allow-list,
// and steps and sizes are counted, not timed.
package rego
