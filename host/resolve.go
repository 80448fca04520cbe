package host

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
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
	*edition        // in force on day
	now      *epoch // what rules see on day
	req      *placement.Request
	at       string // RFC 3339
	day      string // YYYY-MM-DD

	users       document.Users
	populations []population
	components  []component
	include     map[topology.SiteRow]bool // nil: all
	exclude     map[topology.SiteRow]bool
	carriers    []string        // mobile carriers of users that no site's network belongs to
	partitions  map[string]bool // nil: all
	scale       scale
	request     *ast.Term
	names       map[string]int64 // of partitions, operators and risk groups, numbered
	quiet       bool             // nobody is shown what is said of sites: facts are not looked up
	ifMet       bool             // what cannot be met is answered with errUnmet
	brief       bool             // nor is anybody shown more than the verdict, what stands in its way and the best placement

	// What is lost in a simulation.
	lost    map[topology.SiteRow]bool
	severed map[string]bool // risk groups; of these, private links
	// Of a simulation's second question, what the first one was told, as far as it still holds.
	told  func(component int, r topology.SiteRow) *judged // nil, or nil for a site: it is to be asked about
	ways  []*way
	wider func(fields []string) (told func(component int, r topology.SiteRow) *judged, ways []*way)
	// What a brief question was told, a component each, sorted by row, and of sites that the request leaves out.
	seen    [][]judged
	widened []widening

	// What failures are worked out from, filled as it is asked for.
	outlives map[spot]answer
	links    map[[2]topology.SiteRow]link
	risks    []riskGroup

	// What rules about paths and placements see, filled as it is asked for.
	pathDocs map[passage]document.Document
	copyDocs map[spot]document.Document
	speaks   map[hooked]map[string]bool
}

// population is a group of users, under the name it has in the request.
type population struct {
	topology.User
	name string
}

// component is a component with its services resolved.
type component struct {
	*placement.Component
	services []topology.ServiceRow
	kinds    []topology.Kind             // the tiers it may be on, the most preferred first
	terms    map[topology.Kind]*ast.Term // what rules see of it on each tier
	current  map[topology.SiteRow]bool   // where it runs today; nil: the request does not say
	parents  map[topology.SiteRow]spoken // what policies say of regions that zones have services from, as it is asked for
	way      *way                        // how users get to it; set before sites are judged
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
	if days := r.q.otherDays(what, name); days != "" {
		r.fail(pointer, "%s exists %s; the decision time is %s", name, days, r.q.day)
		return
	}
	r.fail(pointer, "there is no %s %q in the topology%s", what, name, decode.DidYouMean(name, slices.Collect(known)))
}

// time takes the decision time, or the day the facts were gathered; never the machine's clock.
func (r *resolver) time() {
	t, ok := r.q.req.Spec.DecisionTime()
	if !ok {
		t, _ = time.Parse(time.DateOnly, r.q.whole.AsOf())
	}
	r.q.at, r.q.day = t.Format(time.RFC3339), t.Format(time.DateOnly)
	r.q.edition = r.q.inForce(r.q.day)
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

// siteID is the id of the zone that the account calls by this name, or the name itself.
func (r *resolver) siteID(name string) string {
	if zone, ok := r.q.req.Spec.ZoneNames[name]; ok {
		return zone
	}
	return name
}

// site resolves a site's id, or the account's own name of a zone.
func (r *resolver) site(pointer, name string) (topology.SiteRow, bool) {
	id := r.siteID(name)
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
	r.zoneNames()
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

// zoneNames checks what the account calls its zones. A zone has one name in an account, which begins with its
// region's id where the provider gave it: another region's is a slip that would place copies elsewhere.
func (r *resolver) zoneNames() {
	names := r.q.req.Spec.ZoneNames
	nameOf := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		pointer, zone := "/spec/zoneNames/"+name, names[name]
		row, ok := r.q.snap.Site(zone)
		switch {
		case !ok:
			r.unknown(pointer, "availability zone", zone, r.siteIDs())
		case r.q.snap.Kind(row) != topology.AvailabilityZone:
			r.fail(pointer, "%q is of kind %s; name an availability zone by its id", zone, r.q.snap.Kind(row))
		default:
			if other, twice := nameOf[zone]; twice {
				r.fail(pointer, "%s is already the zone called %s; a zone has one name in an account: give the id of another, or remove one of the two", zone, other)
			} else {
				nameOf[zone] = name
			}
			region, _ := r.q.snap.Region(row)
			if named, ok := r.regionIn(name); ok && named != region {
				r.fail(pointer, "the name is of a zone of %s, but %s is in %s; give the id of a zone of %[1]s, or correct the name",
					r.q.snap.SiteID(named), zone, r.q.snap.SiteID(region))
			}
		}
		if _, clash := r.q.snap.Site(name); clash {
			r.fail(pointer, "%q is also a site of the topology", name)
		}
	}
}

// regionIn is the region whose id a zone's name begins with, the longest one if several do: us-east-1 in
// us-east-1a. What follows the id must not go on with its last word: a region "prod" is not in "production".
func (r *resolver) regionIn(name string) (found topology.SiteRow, ok bool) {
	longest := 0
	for region := range r.q.snap.Regions() {
		rest, begins := strings.CutPrefix(name, r.q.snap.SiteID(region))
		if n := len(name) - len(rest); begins && n > longest && (len(rest) < 2 || strings.ContainsAny(rest[:1], "-_. ")) {
			found, ok, longest = region, true, n
		}
	}
	return found, ok
}

func (r *resolver) people() {
	users := r.q.req.Spec.Users
	r.q.users.Weights = r.q.req.Spec.UserWeights()
	for i, u := range users {
		pointer := fmt.Sprintf("/spec/users/%d/population", i)
		p := population{name: u.Population}
		row, ok := r.q.snap.Population(u.Population)
		if ok {
			p.Population = row
		} else if p.Site, p.IsSite = r.q.snap.Site(r.siteID(u.Population)); !p.IsSite {
			r.unknown(pointer, "population", u.Population, func(yield func(string) bool) {
				for i := range r.q.snap.Populations() {
					if !yield(r.q.snap.PopulationID(topology.PopulationRow(i))) {
						return
					}
				}
			})
		}
		if u.Access != nil && u.Access.Mobile != "" {
			r.mobile(i, &p, u.Access.Mobile)
		}
		r.q.users.Populations = append(r.q.users.Populations, r.label(i))
		r.q.populations = append(r.q.populations, p)
	}
}

// mobile puts users on a carrier's network.
func (r *resolver) mobile(i int, p *population, carrier string) {
	if p.IsSite {
		r.fail(fmt.Sprintf("/spec/users/%d/access/mobile", i), "%q is a site, whose own links its traffic takes; remove access, or name a population", p.name)
		return
	}
	p.Mobile = carrier
	if !slices.Contains(slices.Collect(r.q.snap.Carriers()), carrier) && !slices.Contains(r.q.carriers, carrier) {
		r.q.carriers = append(r.q.carriers, carrier)
	}
}

// label names a group of users for rules: by its population, and by its carrier too where the request has
// several groups of one population.
func (r *resolver) label(i int) string {
	users := r.q.req.Spec.Users
	u := users[i]
	for k := range users {
		if k != i && users[k].Population == u.Population && u.Access != nil && u.Access.Mobile != "" {
			return u.Population + "@" + u.Access.Mobile
		}
	}
	return u.Population
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
		c := component{Component: &r.q.req.Spec.Components[i], kinds: tiers(r.q.req.Spec.Components[i].Tier)}
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
		for k, name := range r.q.req.Spec.Current[c.Name] {
			if row, ok := r.site(fmt.Sprintf("/spec/current/%s/%d", c.Name, k), name); ok {
				if c.current == nil {
					c.current = map[topology.SiteRow]bool{}
				}
				c.current[row] = true
			}
		}
		r.q.components = append(r.q.components, c)
	}
}

// tiers lists the kinds of site a tier stands for. The lowest that suffices is looked for from the region
// outwards: each next one has less to offer and stands nearer to its users.
func tiers(tier string) []topology.Kind {
	if tier == placement.TierLowest {
		return []topology.Kind{topology.Region, topology.EdgeLocation, topology.LocalZone, topology.WavelengthZone, topology.Outpost}
	}
	kind, _ := topology.ParseKind(tier)
	return []topology.Kind{kind}
}

// terms builds the documents that no site changes.
func (q *question) terms() error {
	var err error
	if q.request, err = document.Request(q.req, q.at); err != nil {
		return err
	}
	for i := range q.components {
		c := &q.components[i]
		c.terms = map[topology.Kind]*ast.Term{}
		for _, kind := range c.kinds {
			if c.terms[kind], err = q.componentTerm(c, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// componentTerm is what rules see of a component that is placed on sites of a kind.
func (q *question) componentTerm(c *component, kind topology.Kind) (*ast.Term, error) {
	ids := make([]string, len(c.services))
	for k, s := range c.services {
		ids[k] = q.snap.ServiceID(s)
	}
	on := *c.Component
	on.Tier = kind.String()
	return document.Component(&on, q.req.Spec.Data, ids)
}
