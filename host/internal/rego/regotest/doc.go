// Package regotest makes policies and requests at random, for tests that compare engines: [Module] and
// [Modules] write Rego about the documents a host shows to rules, [Request] writes requests in the names
// of the embedded catalogue, and [Catalogue] has that catalogue's documents for them.
//
// What is written has kinds: a text is of a domain (a country, a service), a number of a quantity
// (milliseconds, grams). An expression is put together from literals, facts, variables, calls and helper
// rules of the kind that is wanted, so that nearly all modules compile and most bodies hold at some sites
// and not at others. All of it is drawn from rapid, and shrinks with it.
//
// It imports no engine, so that the tests of every engine can import it.
package regotest
