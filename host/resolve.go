package host

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// question is a request whose names have become rows of the snapshot.
type question struct {
	*generation
	req *placement.Request
	at  string // RFC 3339
	day string // YYYY-MM-DD

	users       document.Users
	populations []population
	components  []component
	include     map[topology.SiteRow]bool // nil: all
	exclude     map[topology.SiteRow]bool
	partitions  map[string]bool // nil: all
	scale       scale
	request     *ast.Term
}

// population is a group of users: a row of populations, or a site whose own links count.
type population struct {
	row  topology.PopulationRow
	site topology.SiteRow
	own  bool // the group is the site
}

// component is a component with its services resolved.
type component struct {
	*placement.Component
	services []topology.ServiceRow
	kind     topology.Kind
	term     *ast.Term
}

// resolve turns names into rows. The error lists every name the snapshot does not have, with the
// nearest ones it has.
func (g *generation) resolve(req *placement.Request) (*question, error) {
	if req == nil {
		return nil, errors.New("host: no request")
	}
	req, err := req.Checked()
	if err != nil {
		return nil, err
	}
	if err := req.Unsupported(); err != nil {
		return nil, err
	}
	q := &question{generation: g, req: req}
	r := resolver{q: q}
	r.time()
	r.places()
	r.people()
	r.data()
	r.work()
	r.scale()
	if err := r.errs.Sorted(); err != nil {
		return nil, err
	}
	return q, q.terms()
}

// resolver gathers what does not resolve.
type resolver struct {
	q    *question
	errs decode.Errors
}

func (r *resolver) fail(pointer, format string, args ...any) {
	r.errs = append(r.errs, r.q.req.Errorf(pointer, format, args...))
}

// unknown reports a name that the snapshot does not have. The names it has are gathered only now.
func (r *resolver) unknown(pointer, what, name string, known iter.Seq[string]) {
	r.fail(pointer, "there is no %s %q in the topology%s", what, name, decode.DidYouMean(name, slices.Collect(known)))
}

// time takes the decision time, or the day the facts were gathered; never the machine's clock.
func (r *resolver) time() {
	t, ok := r.q.req.Spec.DecisionTime()
	if !ok {
		t, _ = time.Parse(time.DateOnly, r.q.snap.AsOf())
	}
	r.q.at, r.q.day = t.Format(time.RFC3339), t.Format(time.DateOnly)
}

func (r *resolver) siteIDs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, id := range r.q.snap.SiteIDs() {
			if !yield(id) {
				return
			}
		}
	}
}

// site resolves a site's id, or the account's own name of a zone.
func (r *resolver) site(pointer, name string) (topology.SiteRow, bool) {
	id := name
	if zone, ok := r.q.req.Spec.ZoneNames[name]; ok {
		id = zone
	}
	row, ok := r.q.snap.Site(id)
	if !ok {
		r.unknown(pointer, "site", id, r.siteIDs())
	}
	return row, ok
}

func (r *resolver) places() {
	spec := &r.q.req.Spec
	for i, p := range spec.Partitions {
		if !slices.Contains(slices.Collect(r.q.snap.Partitions()), p) {
			r.unknown(fmt.Sprintf("/spec/partitions/%d", i), "partition", p, r.q.snap.Partitions())
			continue
		}
		if r.q.partitions == nil {
			r.q.partitions = map[string]bool{}
		}
		r.q.partitions[p] = true
	}
	for _, name := range slices.Sorted(maps.Keys(spec.ZoneNames)) {
		pointer := "/spec/zoneNames/" + name
		row, ok := r.q.snap.Site(spec.ZoneNames[name])
		switch {
		case !ok:
			r.unknown(pointer, "availability zone", spec.ZoneNames[name], r.siteIDs())
		case r.q.snap.Kind(row) != topology.AvailabilityZone:
			r.fail(pointer, "%q is of kind %s; name an availability zone by its id", spec.ZoneNames[name], r.q.snap.Kind(row))
		}
		if _, clash := r.q.snap.Site(name); clash {
			r.fail(pointer, "%q is also a site of the topology", name)
		}
	}
	list := func(field string, names []string) map[topology.SiteRow]bool {
		if len(names) == 0 {
			return nil
		}
		set := map[topology.SiteRow]bool{}
		for i, name := range names {
			if row, ok := r.site(fmt.Sprintf("/spec/sites/%s/%d", field, i), name); ok {
				set[row] = true
			}
		}
		return set
	}
	r.q.include = list("include", spec.Sites.Include)
	r.q.exclude = list("exclude", spec.Sites.Exclude)
	for i, w := range spec.Waivers {
		r.site(fmt.Sprintf("/spec/waivers/%d/site", i), w.Site)
		known := func(yield func(string) bool) {
			for _, p := range r.q.set.Policies() {
				if !yield(p.ID) {
					return
				}
			}
		}
		if !slices.Contains(slices.Collect(known), w.Policy) {
			r.fail(fmt.Sprintf("/spec/waivers/%d/policy", i), "there is no policy %q%s", w.Policy, decode.DidYouMean(w.Policy, slices.Collect(known)))
		}
	}
}

func (r *resolver) people() {
	users := r.q.req.Spec.Users
	r.q.users.Weights = r.q.req.Spec.UserWeights()
	for i, u := range users {
		pointer := fmt.Sprintf("/spec/users/%d/population", i)
		p := population{}
		row, ok := r.q.snap.Population(u.Population)
		if ok {
			p.row = row
		} else if p.site, p.own = r.q.snap.Site(u.Population); !p.own {
			r.unknown(pointer, "population", u.Population, func(yield func(string) bool) {
				for i := range r.q.snap.Populations() {
					if !yield(r.q.snap.PopulationID(topology.PopulationRow(i))) {
						return
					}
				}
			})
		}
		r.q.users.Populations = append(r.q.users.Populations, u.Population)
		r.q.populations = append(r.q.populations, p)
	}
}

// data checks that the jurisdictions data sets speak of exist.
func (r *resolver) data() {
	check := func(pointer, id string) {
		if _, ok := r.q.snap.Jurisdiction(id); !ok && id != "" {
			r.unknown(pointer, "country or bloc", id, r.q.snap.JurisdictionIDs())
		}
	}
	for i, d := range r.q.req.Spec.Data {
		base := fmt.Sprintf("/spec/data/%d", i)
		for _, f := range []struct {
			name  string
			given bool
		}{
			// What the standard policies read is not in this list: whoever leaves them out does so on purpose.
			{"logs", len(d.Logs) > 0}, {"keys", d.Keys != nil}, {"encryption", d.Encryption != ""},
		} {
			if f.given && !r.q.mentioned[f.name] {
				r.fail(base+"/"+f.name, "no policy reads %s, so it would change nothing; add a policy that does, or remove it", f.name)
			}
		}
		for _, f := range []struct {
			name string
			ids  []string
		}{{"subjects", d.Subjects}, {"residency", d.Residency}, {"processing", d.Processing}, {"logs", d.Logs}} {
			for k, id := range f.ids {
				check(fmt.Sprintf("%s/%s/%d", base, f.name, k), id)
			}
		}
		for k, t := range d.Transfer {
			check(fmt.Sprintf("%s/transfer/%d/to", base, k), t.To)
		}
		if d.Keys != nil {
			check(base+"/keys/location", d.Keys.Location)
		}
	}
}

func (r *resolver) work() {
	for i := range r.q.req.Spec.Components {
		c := component{Component: &r.q.req.Spec.Components[i]}
		c.kind, _ = topology.ParseKind(c.Tier)
		for k, name := range c.Services {
			row, ok := r.q.snap.Service(name)
			if !ok {
				r.unknown(fmt.Sprintf("/spec/components/%d/services/%d", i, k), "service", name, r.q.snap.ServiceNames())
				continue
			}
			if !slices.Contains(c.services, row) {
				c.services = append(c.services, row)
			}
		}
		r.q.components = append(r.q.components, c)
	}
}

// terms builds the documents that no site changes.
func (q *question) terms() error {
	var err error
	if q.request, err = document.Request(q.req, q.at); err != nil {
		return err
	}
	for i := range q.components {
		c := &q.components[i]
		ids := make([]string, len(c.services))
		for k, s := range c.services {
			ids[k] = q.snap.ServiceID(s)
		}
		if c.term, err = document.Component(c.Component, q.req.Spec.Data, ids); err != nil {
			return err
		}
	}
	return nil
}

// access is the round-trip time a group of users sees at a site, in whole microseconds; negative where
// it is unknown.
func (q *question) access(p population, r topology.SiteRow) (int64, topology.Basis) {
	var us int32
	var basis topology.Basis
	if p.own {
		us, basis = q.snap.RTT(p.site, r)
	} else {
		us, basis = q.snap.Access(p.row, r)
	}
	if basis == topology.UnknownBasis {
		return -1, basis
	}
	return int64(us), basis
}
