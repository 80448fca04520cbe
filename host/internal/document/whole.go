package document

import (
	"maps"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Path is input.path for a path between two places, whose documents are given.
func (t *Snapshot) Path(p *topology.PathFacts, from, to Document) Document {
	f := new(fields)
	t.path(f, p, from, to)
	return f.document()
}

func (t *Snapshot) path(f *fields, p *topology.PathFacts, from, to Document) {
	f.within("from", from)
	f.within("to", to)
	state := topology.Known
	if p.Basis == topology.UnknownBasis {
		state = topology.Unknown
	}
	f.fact("rttMs", state, func() *ast.Term { return Millis(int64(p.Micros)) })
	f.fact("basis", state, func() *ast.Term { return ast.InternedTerm(p.Basis.String()) })
	f.boolean("private", p.Private)
	crossed := p.Jurisdictions
	if p.Inferred {
		crossed = t.grounds(p.From, p.To) // what lies between them is a guess, and no fact
	}
	countries := make([]*ast.Term, len(crossed))
	for i, j := range crossed {
		countries[i] = ast.InternedTerm(t.JurisdictionID(j))
	}
	f.put("jurisdictions", ast.ArrayTerm(countries...))
	f.incomplete("jurisdictions", p.Complete && !p.Inferred)
	f.put("riskGroups", stringList(p.RiskGroups))
	f.incomplete("riskGroups", !p.Inferred)
}

// grounds are the countries of sites, as far as they are known, sorted.
func (t *Snapshot) grounds(sites ...topology.SiteRow) (out []topology.JurisdictionRow) {
	for _, r := range sites {
		if j, state := t.Country(r); state == topology.Known && !slices.Contains(out, j) {
			out = append(out, j)
		}
	}
	slices.Sort(out)
	return out
}

// Copy is a copy of a placement, with the document of its site.
type Copy struct {
	Component, Role string
	Site            Document
}

// Way is a path that a placement depends on: between copies of a component, or from one that calls to one of what it
// calls.
type Way struct {
	Component, Calls string // Calls is "" where copies of one component stay in step
	Path             *topology.PathFacts
	From, To         Document
}

// Route is which copy a group of users reaches.
type Route struct {
	Component, Population, Mobile, Site string
	Micros                              int64 // less than 0: unknown
}

// Whole is a placement as it stands, or as a failure leaves it.
type Whole struct {
	Copies    []Copy
	Chosen    map[string]int // by component, how many copies it has as long as nothing is lost
	Voters    map[string]int // and how many of them vote
	MoreMayBe bool           // there may be other copies: nobody knows whether they go on
	Ways      []Way
	Routes    []Route
	Objective map[string]float64
	Open      []string // objectives whose value is unknown

	Scenario, Kind  string // "none" and "none" for the placement itself
	Lost, Survivors []string
	ControlPlanes   []string // services that go on and whose control plane is lost
	RTO, RPO        *float64 // seconds, of the component that is asked about; nil: unknown
}

// Placement is what rules about placements see of one: an object of input.placement and input.scenario.
func (t *Snapshot) Placement(w *Whole) Document {
	f := new(fields)
	f.items("copies", len(w.Copies), func(i int, f *fields) {
		c := &w.Copies[i]
		f.put("component", ast.InternedTerm(c.Component))
		f.put("role", ast.InternedTerm(c.Role))
		f.within("site", c.Site)
	})
	f.incomplete("copies", !w.MoreMayBe)
	f.counts("chosen", w.Chosen)
	f.counts("voters", w.Voters)
	f.items("paths", len(w.Ways), func(i int, f *fields) {
		way := &w.Ways[i]
		f.put("component", ast.InternedTerm(way.Component))
		if way.Calls != "" {
			f.put("calls", ast.InternedTerm(way.Calls))
		}
		t.path(f, way.Path, way.From, way.To)
	})
	f.items("users", len(w.Routes), func(i int, f *fields) {
		r := &w.Routes[i]
		f.put("component", ast.InternedTerm(r.Component))
		f.put("population", ast.InternedTerm(r.Population))
		if r.Mobile != "" {
			f.put("mobile", str(r.Mobile))
		}
		f.put("site", ast.InternedTerm(r.Site))
		if r.Micros < 0 {
			f.unknown = append(f.unknown, "rttMs")
		} else {
			f.put("rttMs", Millis(r.Micros))
		}
	})
	objective := &fields{unknown: slices.Clone(w.Open)}
	for _, name := range slices.Sorted(maps.Keys(w.Objective)) {
		objective.put(name, number(w.Objective[name]))
	}
	f.nest("objective", objective)

	s := new(fields)
	s.put("id", str(w.Scenario))
	s.put("kind", ast.InternedTerm(w.Kind))
	s.put("lost", stringList(w.Lost))
	s.put("survivors", stringList(w.Survivors))
	s.incomplete("lost", !w.MoreMayBe)
	s.incomplete("survivors", !w.MoreMayBe)
	s.put("controlPlanes", stringList(w.ControlPlanes))
	if w.Kind != "none" {
		s.seconds("rtoSeconds", w.RTO)
		s.seconds("rpoSeconds", w.RPO)
	}
	whole := new(fields)
	whole.nest("placement", f)
	whole.nest("scenario", s)
	return whole.document()
}

// AnyPlacement is a placement of which nothing is known but the kind of its scenario.
func AnyPlacement(kind string) Document {
	return Document{
		Term:    ast.ObjectTerm(pair{str("placement"), ast.ObjectTerm()}, pair{str("scenario"), ast.ObjectTerm(pair{str("kind"), str(kind)})}),
		Unknown: append(below("placement", placementFields), below("scenario", scenarioFields)...),
	}
}

// AnyPath is what is unknown of a path of which nothing is known.
func AnyPath() []string { return slices.Clone(pathFields) }

// The fields of what is judged, all of which a document has or lists as unknown, but for a scenario's kind.
var (
	pathFields      = []string{"basis", "from", "jurisdictions", "private", "riskGroups", "rttMs", "to"}
	placementFields = []string{"chosen", "copies", "objective", "paths", "users", "voters"}
	scenarioFields  = []string{"controlPlanes", "id", "lost", "rpoSeconds", "rtoSeconds", "survivors"}
)

func below(name string, fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = name + "." + f
	}
	return out
}

func (f *fields) counts(name string, of map[string]int) {
	inner := new(fields)
	for _, key := range slices.Sorted(maps.Keys(of)) {
		inner.put(key, ast.InternedTerm(of[key]))
	}
	f.nest(name, inner)
}

func (f *fields) seconds(name string, v *float64) {
	if v == nil {
		f.unknown = append(f.unknown, name)
		return
	}
	f.put(name, number(*v))
}

// within adds a document that has been made.
func (f *fields) within(name string, d Document) {
	f.put(name, d.Term)
	for _, u := range d.Unknown {
		f.unknown = append(f.unknown, name+"."+u)
	}
}

// items adds a list of objects.
func (f *fields) items(name string, n int, item func(i int, f *fields)) {
	list := make([]*ast.Term, n)
	for i := range list {
		inner := new(fields)
		item(i, inner)
		list[i] = ast.ObjectTerm(inner.pairs...)
		for _, u := range inner.unknown {
			f.unknown = append(f.unknown, name+"."+strconv.Itoa(i)+"."+u)
		}
	}
	f.put(name, ast.ArrayTerm(list...))
}

func (f *fields) document() Document {
	slices.Sort(f.unknown)
	return Document{ast.ObjectTerm(f.pairs...), f.unknown}
}
