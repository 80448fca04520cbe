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
// A body that reads nothing that is unknown at the site is evaluated by OPA. One
// that does is evaluated by package plan, in three-valued logic over OPA's plan of
// it: what it yields is sure, or possible, or surely not there. A body that
// cannot be planned, or that fails for some of the values, stays open.
//
// Evaluation is pure and bounded: built-in functions come from an allow-list,
// and steps and sizes are counted, not timed.
package rego
