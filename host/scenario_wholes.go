package host

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// failures are the scenarios of a placement and its cut sets.
func (q *question) failures(p *solve.Problem, pl *solve.Placement, sites [][]judged) ([]placement.Scenario, placement.Cuts) {
	f := q.footing(p, pl)
	losses := f.losses()
	return f.scenarios(losses, sites), f.cuts(losses)
}

// laidOut is a placement as guests read it, after a loss; nil is none.
func (f *footing) laidOut(l *loss) tables.Placement {
	t := tables.Placement{Scenario: "none", Kind: "none"}
	goes := f.everything()
	if l != nil {
		t.Scenario, t.Kind, t.Lost, goes = l.id, l.kind, f.lost(l), l.goes
	}
	left := f.left(&loss{goes: goes})
	t.Survivors = f.survivors(left)
	for i, s := range f.copies {
		if goes[i] == yes {
			t.Copies = append(t.Copies, tables.Copy{Component: s.component, Role: s.role, Site: s.site})
		}
	}
	for i, routes := range f.reached(left, l != nil) {
		if len(left[i]) == 0 {
			continue
		}
		c := &f.p.Components[i]
		for u, k := range routes {
			r := tables.Route{Component: i, User: u, Site: topology.SiteRow(c.Candidates[left[i][0]].Site), Micros: -1}
			if k >= 0 {
				r.Site, r.Micros = topology.SiteRow(c.Candidates[k].Site), c.Candidates[k].RTT[u]
			}
			t.Routes = append(t.Routes, r)
		}
	}
	return t
}

// forbid takes what a sovereignty policy says of what is left after a scenario.
func (o *opinion) forbid(r *rego.Result, scenario string, s stance) {
	verdict := map[rego.Verdict]placement.Verdict{rego.Deny: placement.Deny, rego.Possible: placement.Indeterminate}[r.Verdict]
	if scenario == "" || r.Policy.Class != policy.Sovereignty || verdict == "" || verdict == placement.Indeterminate && s == assuming {
		return
	}
	if o.after == nil {
		o.after = map[string]placement.Verdict{}
	}
	if before, ok := o.after[scenario]; ok {
		verdict = worseToday(before, verdict)
	}
	o.after[scenario] = verdict
}

// noteAfter adds to scenarios what sovereignty policies make of what is left.
func (o *opinion) noteAfter(list []placement.Scenario) {
	for i := range list {
		if v, ok := o.after[list[i].ID]; ok {
			list[i].Verdict = worseToday(list[i].Verdict, v)
		}
	}
}
