// Package policy loads sets of Rego policies and describes them, without
// evaluating anything.
//
// A [Set] is immutable. [Load] reads every *.rego file of its sources except
// *_test.rego, parses them as Rego v1, and finds the policies among them: a
// package that defines deny, warn, obligation or score is a [Policy], described
// by its METADATA; any other package is a library that policies call.
//
//	sources ──Load──▶ Set ──WithSettings, WithLimits──▶ Set ──▶ engine
//
// Settings change what a policy compares with, never what it is: each overrides
// a default that the policy's METADATA declares, and has the default's type.
// [Set.Digest] names everything that may change a decision: the modules, the
// settings and the evaluation limits.
//
// The METADATA of a policy stands before its package clause:
//
//	# METADATA
//	# title: No copy outside the allowed countries
//	# description: Why, in a sentence or two.
//	# custom:
//	#   id: ACME-1
//	#   class: sovereignty      # sovereignty | redundancy | selection
//	#   hook: site
//	#   reviewed: 2026-11-23    # the day a person last checked it
//	#   severity: high          # low | medium | high; default medium
//	#   references: ["…"]       # where the requirement comes from
//	#   enforcement: deny       # deny | warn | off; default deny
//	#   settings: {allowed: [DE, FR]}
//	#   settingsSchema: {allowed: {type: array, items: {type: string}}}
//	package acme.countries
package policy
