package topology

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// none is the row number of something that is not there.
const none = -1

// catalogue is a topology with its sections sorted by id, names turned into row numbers and inherited
// facts filled in: what validation reads and the compiler lays out. Sorting first makes a row number
// independent of the order of files, and comparing rows the same as comparing ids.
type catalogue struct {
	Topology
	source, provider, partition, jurisdiction map[string]int
	site, service, population                 map[string]int // service includes aliases

	rows []row   // one a site
	in   [][]int // blocs a jurisdiction is in, itself included, sorted
	errs decode.Errors

	today string     // day the edition speaks of: the topology's asOf, or when the edition begins if that is later
	flips []Override // what later layers say contrary to lower ones of who is in a set
}

// row is a site with what it inherits.
type row struct {
	*Site
	kind              Kind
	parent, region    int
	partition         int
	country           int // none: unknown
	ground            *Site
	lat, lon          *float64
	optIn             *bool
	status            string
	carbon, price     int // index of the fact, or none
	disconnectedHours *float64
}

// resolve sorts and links a topology that is the same on every day, as it stands today. The errors are all
// that could be found.
func resolve(t *Topology, today string) (*catalogue, error) {
	c := &catalogue{Topology: *t, today: today}
	if len(c.Sites) > maxSites {
		return nil, fmt.Errorf("topology: %d sites are more than the %d an image may have", len(c.Sites), maxSites)
	}
	c.source = index(c, &c.Sources)
	c.provider = index(c, &c.Providers)
	c.partition = index(c, &c.Partitions)
	c.jurisdiction = index(c, &c.Jurisdictions)
	index(c, &c.Regimes)
	c.site = index(c, &c.Sites)
	c.service = index(c, &c.Services)
	c.population = index(c, &c.Populations)
	index(c, &c.Programmes)
	index(c, &c.RiskGroups)
	index(c, &c.Carbon)
	index(c, &c.Prices)
	index(c, &c.Links)
	index(c, &c.Access)
	index(c, &c.Egress)
	c.aliases()
	c.services()
	c.blocs()
	c.sites()
	c.validate()
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	return c, nil
}

// index sorts a section by key, refuses keys that occur twice (naming both origins) and returns where
// each is. It works on a copy: the caller's topology keeps its order.
func index[T any, P entryOf[T]](c *catalogue, section *[]T) map[string]int {
	type place struct {
		key string
		at  int
	}
	order := make([]place, len(*section)) // sorted in place of the entries, which are large
	for i := range *section {
		_, key := P(&(*section)[i]).name()
		order[i] = place{key, i}
	}
	byKey := func(a, b place) int { return cmp.Or(cmp.Compare(a.key, b.key), a.at-b.at) }
	s := make([]T, len(order))
	if slices.IsSortedFunc(order, byKey) {
		copy(s, *section)
	} else {
		slices.SortFunc(order, byKey)
		for i := range order {
			s[i] = (*section)[order[i].at]
		}
	}
	*section = s
	at := make(map[string]int, len(s))
	for i := range s {
		what, id := P(&s[i]).name()
		if first, dup := at[id]; dup {
			c.fail(P(&s[i]).common().Pos, "%s %q is already defined at %s; remove one of them or rename it", what, id, P(&s[first]).common().Pos)
			continue
		}
		at[id] = i
	}
	return at
}

// fail keeps an error; past maxErrors the rest would bury what matters.
func (c *catalogue) fail(pos decode.Pos, format string, args ...any) {
	if len(c.errs) >= maxErrors {
		return
	}
	c.errs = append(c.errs, &decode.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// ref resolves a name, or says that it does not and which are near. An empty name is none.
func (c *catalogue) ref(in map[string]int, name, what string, pos decode.Pos, owner string) int {
	if name == "" {
		return none
	}
	if i, ok := in[name]; ok {
		return i
	}
	if len(c.errs) >= maxErrors {
		return none
	}
	if c.onOtherDays(what, name) {
		c.fail(pos, "%s: %s %q is not there on these days, and nothing can be said without it; give both the same since and until", owner, what, name)
		return none
	}
	known := make([]string, 0, len(in))
	for k := range in {
		known = append(known, k)
	}
	slices.Sort(known)
	c.fail(pos, "%s: %s %q is not defined%s", owner, what, name, decode.DidYouMean(name, known))
	return none
}

// onOtherDays reports whether what is not there today is on other days. What names such a thing has been
// dropped where it could be; see [Topology.on].
func (c *catalogue) onOtherDays(what, name string) bool {
	if c.ever == nil {
		return false
	}
	switch what {
	case "jurisdiction", "country":
		return c.ever.jurisdiction[name]
	case "controlPlane site":
		return c.ever.site[name]
	}
	return false
}

// aliases adds the services' other names to the index.
func (c *catalogue) aliases() {
	owner := map[string]*Service{}
	for i := range c.Services {
		s := &c.Services[i]
		for _, a := range s.Aliases {
			if other, dup := c.service[a]; dup {
				o := &c.Services[other]
				c.fail(s.Pos, "service %q: alias %q already names service %q, defined at %s", s.ID, a, o.ID, o.Pos)
				continue
			}
			if o := owner[a]; o == nil {
				owner[a] = s
			}
			c.service[a] = i
		}
	}
}

// blocs closes membership: a country is in its blocs and in the blocs those are in.
func (c *catalogue) blocs() {
	c.in = make([][]int, len(c.Jurisdictions))
	var walk func(j, depth int, seen map[int]bool)
	walk = func(j, depth int, seen map[int]bool) {
		if seen[j] {
			return
		}
		seen[j] = true
		jur := &c.Jurisdictions[j]
		if depth > maxBlocDepth {
			c.fail(jur.Pos, "jurisdiction %q: memberOf goes more than %d deep", jur.ID, maxBlocDepth)
			return
		}
		for _, m := range jur.MemberOf {
			if b, ok := c.jurisdiction[m]; ok {
				walk(b, depth+1, seen)
			}
		}
	}
	for j := range c.Jurisdictions {
		jur := &c.Jurisdictions[j]
		for _, m := range jur.MemberOf {
			if b := c.ref(c.jurisdiction, m, "bloc", jur.Pos, fmt.Sprintf("jurisdiction %q", jur.ID)); b != none && c.Jurisdictions[b].Kind != "bloc" {
				c.fail(jur.Pos, "jurisdiction %q: memberOf %q, which is a country and not a bloc", jur.ID, m)
			}
		}
		seen := map[int]bool{}
		walk(j, 0, seen)
		for b := range seen {
			c.in[j] = append(c.in[j], b)
		}
		slices.Sort(c.in[j])
	}
}
