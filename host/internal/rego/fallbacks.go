package rego

import (
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Outline is what a policy consists of.
type Outline struct {
	Policy *policy.Policy
	// Bodies counts the bodies of deny, warn and obligation, and a score as one.
	Bodies int
	// Facts are all that the policy reads, found statically.
	Facts []Fact
}

// Outlines describes the policies, in the order of their ids.
func (p *Program) Outlines() []Outline {
	out := make([]Outline, 0, len(p.policies))
	for _, cp := range p.policies {
		o := Outline{Policy: cp.policy, Facts: cp.facts}
		cp.eachBody(func(string, *body) { o.Bodies++ })
		out = append(out, o)
	}
	return out
}

// Fallback is a body that only the reference engine can evaluate.
type Fallback struct {
	Policy string // id
	Place  string // file:line
	What   string // the rule's name: deny, warn, obligation or score
	Why    string // one line
}

// Fallbacks lists, in the order of the policies and their bodies, what OPA's
// planner cannot plan: OPA alone evaluates such a body, and where a fact that it
// reads is unknown it stays open.
func (p *Program) Fallbacks() []Fallback {
	var out []Fallback
	for _, cp := range p.policies {
		cp.eachBody(func(what string, b *body) {
			if b.refused != nil {
				why := strings.Join(strings.Fields(b.refused.Error()), " ")
				out = append(out, Fallback{Policy: cp.policy.ID, Place: b.location, What: what, Why: "OPA's planner: " + why})
			}
		})
	}
	return out
}

// eachBody visits the bodies of a policy with the names of their rules.
func (c *compiledPolicy) eachBody(visit func(rule string, b *body)) {
	for kind, bodies := range c.rules {
		for _, b := range bodies {
			visit(kindNames[kind], b)
		}
	}
	if c.score != nil {
		visit(policy.RuleScore, c.score)
	}
}
