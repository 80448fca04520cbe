// Package inputs is what the host asks rules with, for the tools of this module
// that measure engines and hold them against each other: the documents, and one
// document a site.
package inputs

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Inputs is one component of one request and every site of the topology, of all
// kinds, on the request's decision day. It is shared: read it, do not change it.
type Inputs struct {
	Policies *policy.Set
	// Engine is the host's engine, bound to the documents of the day.
	Engine *rego.Engine
	// Documents are those the engine is bound to.
	Documents rego.Documents
	// Component is the component's name.
	Component string
	// Input is the request and the component as rules see them on the tier that
	// the component asks for; on the first of them if it asks for the lowest.
	Input rego.Input
	// Sites are input.site of every site, by row of the snapshot.
	Sites []rego.SiteDoc
	// Paths are input.path of every ordered pair of regions.
	Paths []rego.SiteDoc
	// Placements are input.placement and input.scenario of the best placement as it stands and in every scenario; none
	// if the request has no placement.
	Placements []rego.SiteDoc
}

// Of returns what policies of a hook are asked about.
func (in *Inputs) Of(h policy.Hook) []rego.SiteDoc {
	switch h {
	case policy.Path:
		return in.Paths
	case policy.Placement:
		return in.Placements
	}
	return in.Sites
}
