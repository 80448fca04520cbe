package host

import (
	"fmt"
	"math"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// aftermath is what a loss leaves of a placement.
type aftermath struct {
	left    [][]int // the candidates of each component whose copies are known to go on, in the order of roles
	verdict placement.Verdict
	missing []string
	values  []int64
}

// left are the copies that are known to go on.
func (f *footing) left(l *loss) [][]int {
	out := make([][]int, len(f.p.Components))
	for i, goes := range l.goes {
		if s := &f.copies[i]; goes == yes {
			out[s.component] = append(out[s.component], s.candidate)
		}
	}
	return out
}

// survivors lists sites in the order of the copies, each once.
func (f *footing) survivors(left [][]int) []topology.SiteRow {
	var out []topology.SiteRow
	for i, list := range left {
		for _, k := range list {
			if site := topology.SiteRow(f.p.Components[i].Candidates[k].Site); !slices.Contains(out, site) {
				out = append(out, site)
			}
		}
	}
	return out
}

// lost lists the sites that fail, and those of copies that are not known to go on.
func (f *footing) lost(l *loss) []topology.SiteRow {
	out := slices.Clone(l.fails)
	for i, goes := range l.goes {
		if site := f.copies[i].site; goes != yes && !slices.Contains(out, site) {
			out = append(out, site)
		}
	}
	return out
}

// scenarios says what remains of a placement after each loss of something that it uses. With what policies said of its sites,
// it also says where the law is against what is left.
func (f *footing) scenarios(losses []loss, sites [][]judged) []placement.Scenario {
	before := f.reached(f.left(&loss{goes: f.everything()}), false)
	memo := map[string]aftermath{}
	out := make([]placement.Scenario, 0, len(losses))
	for i := range losses {
		l := &losses[i]
		key := fates(l.goes)
		a, ok := memo[key]
		if !ok {
			a = f.after(l)
			memo[key] = a
		}
		f.cutWays(l, &a)
		rto, rpo := f.recovery(l, &a)
		f.tooSlow(l, &a)
		if v := f.forbidden(a.left, sites); v != placement.Permit {
			a.verdict = worseToday(a.verdict, v)
		}
		s := placement.Scenario{
			ID: l.id, Verdict: a.verdict, Lost: f.ids(f.lost(l)), Survivors: f.ids(f.survivors(a.left)), Missing: a.missing,
			Users: f.rerouted(before, f.reached(a.left, true)), ControlPlanes: f.frozen(l, a.left), Objective: map[string]float64{},
			RTOSeconds: rto, RPOSeconds: rpo,
		}
		if a.values != nil {
			s.Objective, _ = f.q.objectives(a.values)
		}
		out = append(out, s)
	}
	return out
}

// fates writes what becomes of copies as a key.
func fates(goes []answer) string {
	key := make([]byte, len(goes))
	for i, a := range goes {
		key[i] = byte(a)
	}
	return string(key)
}

func (f *footing) ids(rows []topology.SiteRow) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = f.q.snap.SiteID(r)
	}
	return out
}

// after works out what a loss leaves. Where it is not known whether some copies go on, the verdict is what is sure:
// indeterminate if service goes on only with them.
func (f *footing) after(l *loss) aftermath {
	gone := func(least answer) func(int, *solve.Candidate) bool {
		return func(component int, c *solve.Candidate) bool {
			for i, s := range f.of(component) {
				if s.site == topology.SiteRow(c.Site) {
					return l.goes[f.first[component]+i] < least
				}
			}
			return false
		}
	}
	sure := f.p.After(f.pl, gone(yes))
	a := aftermath{left: f.left(l), verdict: placement.Permit, values: sure.Values}
	for _, m := range sure.Missing {
		a.missing = append(a.missing, field(m.Component, m.What))
	}
	if sure.Holds {
		return a
	}
	best := sure
	if slices.Contains(l.goes, maybe) {
		best = f.p.After(f.pl, gone(maybe))
	}
	a.verdict = placement.Infeasible
	if best.Holds || !slices.ContainsFunc(best.Missing, func(m solve.Lack) bool { return !f.timeUnknown(m, best.Left[m.Component]) }) {
		a.verdict = placement.Indeterminate
	}
	return a
}

// field is the name of a component's field as decisions give it.
func field(component int, name string) string {
	return fmt.Sprintf("components[%d].%s", component, name)
}

// timeUnknown reports whether what is missing is only that users may be served too late by a copy whose time is not known.
func (f *footing) timeUnknown(m solve.Lack, left []int) bool {
	c := &f.p.Components[m.Component]
	if m.What != "latency.maxMs" {
		return false
	}
	for u := range f.q.populations {
		near := slices.ContainsFunc(left, func(k int) bool { return c.Candidates[k].RTT[u] <= c.MaxMicros })
		open := slices.ContainsFunc(left, func(k int) bool { return c.Candidates[k].RTT[u] >= solve.Unknown })
		if !near && !open {
			return false
		}
	}
	return true
}

// forbidden is what sovereignty policies say of the sites that are left: the law holds after a failure, too. Under unknown:
// assume what is only possible does not count.
func (f *footing) forbidden(left [][]int, sites [][]judged) placement.Verdict {
	verdict := placement.Permit
	if sites == nil {
		return verdict
	}
	for i, list := range left {
		for _, k := range list {
			at := slices.IndexFunc(sites[i], func(j judged) bool { return j.row == topology.SiteRow(f.p.Components[i].Candidates[k].Site) })
			for r := range sites[i][at].against {
				against := &sites[i][at].against[r]
				switch {
				case against.Policy.Class != policy.Sovereignty:
				case against.Verdict == rego.Deny:
					return placement.Deny
				case f.q.stance() != assuming:
					verdict = placement.Indeterminate
				}
			}
		}
	}
	return verdict
}

// reached is the candidate that each group of users reaches, for each component; -1 where none is known to serve it. Standbys
// serve once a copy of their component is lost; caches do as long as a copy with data lives.
func (f *footing) reached(left [][]int, lost bool) [][]int {
	out := make([][]int, len(left))
	for i := range left {
		c := &f.p.Components[i]
		if !c.UserFacing {
			continue
		}
		promoted := lost && len(left[i]) < len(f.of(i))
		var serving []int
		alive := false
		for _, s := range f.of(i) {
			if !slices.Contains(left[i], s.candidate) {
				continue
			}
			alive = alive || s.seat.Data
			if s.seat.Serves || promoted && s.seat.Stands {
				serving = append(serving, s.candidate)
			}
		}
		out[i] = make([]int, len(f.q.populations))
		for u := range out[i] {
			out[i][u] = -1
			if alive {
				out[i][u] = c.Nearest(serving, u)
			}
		}
	}
	return out
}

// rerouted lists the groups of users that reach another copy than before.
func (f *footing) rerouted(before, after [][]int) []placement.Reroute {
	var out []placement.Reroute
	for i := range after {
		for u, k := range after[i] {
			if k < 0 || k == before[i][u] {
				continue
			}
			c := &f.p.Components[i].Candidates[k]
			group := f.q.populations[u]
			r := placement.Reroute{
				Population: group.name, Mobile: group.Mobile, Component: f.q.components[i].Name, Site: f.q.snap.SiteID(topology.SiteRow(c.Site)),
			}
			if c.RTT[u] < solve.Unknown {
				r.RTTMs = new(float64(c.RTT[u]) / 1000)
			}
			out = append(out, r)
		}
	}
	return out
}

// cutWays adds what a loss of links means for calls between components. Copies go on; a call takes another way, if one is known.
func (f *footing) cutWays(l *loss, a *aftermath) {
	if l.cut == nil {
		return
	}
	for i := range f.q.components {
		for _, d := range f.q.components[i].DependsOn {
			to := f.q.called(d.Component)
			if d.MaxMs == nil {
				continue
			}
			verdict := placement.Permit
			for n, c := range f.of(i) {
				if l.goes[f.first[i]+n] == yes && c.seat.Serves {
					verdict = worseToday(verdict, f.callAfter(l, c.site, to, int64(math.Round(*d.MaxMs*1000))))
				}
			}
			if verdict != placement.Permit {
				a.verdict = worseToday(a.verdict, verdict)
				if name := field(i, "dependsOn"); !slices.Contains(a.missing, name) {
					a.missing = append(slices.Clip(a.missing), name)
				}
			}
		}
	}
}

// callAfter judges whether a call from a site reaches a copy of a component in time after a loss of links.
func (f *footing) callAfter(l *loss, from topology.SiteRow, to int, most int64) placement.Verdict {
	verdict := placement.Infeasible
	for n, c := range f.of(to) {
		if l.goes[f.first[to]+n] != yes || !c.seat.Data {
			continue
		}
		us, basis := f.q.snap.RTT(from, c.site)
		micros, known := int64(us), basis != topology.UnknownBasis
		if x, y := f.q.home(from), f.q.home(c.site); x != y && l.cut(x, y) {
			micros, known = f.around(x, y, l.cut)
		}
		switch {
		case known && micros <= most:
			return placement.Permit
		case !known:
			verdict = placement.Indeterminate
		}
	}
	return verdict
}
