package policy

import (
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Class is what a policy is about.
type Class string

// The classes, in the order reasons are shown.
const (
	Sovereignty Class = "sovereignty"
	Redundancy  Class = "redundancy"
	Selection   Class = "selection"
)

// Hook is what a policy is asked about.
type Hook string

// The hooks: a site, a path from one place to another, a placement in a scenario.
const (
	Site      Hook = "site"
	Path      Hook = "path"
	Placement Hook = "placement"
)

// Severity is how much a violation matters to people; it decides nothing.
type Severity string

// The severities.
const (
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// The rules that make a package a policy.
const (
	RuleDeny       = "deny"       // set of reasons why not
	RuleWarn       = "warn"       // set of things to know
	RuleObligation = "obligation" // set of things a person must follow up
	RuleScore      = "score"      // a number from 0 to 100
)

// Policy describes one policy. It is shared by everyone who holds the set:
// read it, do not change it.
type Policy struct {
	// ID names the policy in decisions and waivers, for example "SOV-01".
	ID          string
	Title       string
	Description string
	Class       Class
	Hook        Hook
	Severity    Severity
	// References say where the requirement comes from. May be empty.
	References []string
	// Reviewed is the day a person last checked the policy, at midnight UTC.
	Reviewed time.Time
	// Settings are in force for this policy: the METADATA's defaults with the
	// set's overrides. Values are those of JSON: bool, float64, string, []any
	// and map[string]any. Never nil.
	Settings map[string]any
	// SettingsSchema holds a JSON Schema (draft 2020-12) for each setting that has one. May be nil.
	SettingsSchema map[string]any
	// Enforcement is what its denials do: the METADATA's, or that of the set's settings.
	Enforcement Enforcement
	// Package is the ref of the policy's package, beginning with data.
	Package ast.Ref
	// File is the module that carries the METADATA: source name and path; of a
	// plugin, its file.
	File string
	// Plugin is the policy's wasm module; nil if it is written in Rego. A plugin
	// has no Package, and its Hook is the first of its hooks.
	Plugin *Plugin
}

// Has reports whether the policy is asked about a hook.
func (p *Policy) Has(h Hook) bool {
	if p.Plugin != nil {
		return p.Plugin.Has(h)
	}
	return p.Hook == h
}

// Module is one parsed file of a set.
type Module struct {
	// Name is the source's name and the file's path; unique in a set.
	Name string
	// Path is the file's path below its source's root.
	Path string
	// Text is what was read; it is what the digest covers.
	Text []byte
	// AST is the parsed module. Compilers copy it; nobody may change it.
	AST *ast.Module
}
