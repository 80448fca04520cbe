package document

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Snapshot holds the documents of one snapshot that are the same on every day. It is safe for
// concurrent use.
type Snapshot struct {
	*topology.Snapshot
	sites  []site
	tables fields // of data.topology, without what is dated
}

// New builds the documents of a snapshot.
func New(snap *topology.Snapshot) *Snapshot {
	t := &Snapshot{Snapshot: snap, sites: make([]site, snap.Sites())}
	b := builder{snap: snap, services: map[string]*ast.Term{}}
	all := make([]pair, len(t.sites))
	for i := range t.sites {
		t.sites[i] = b.site(topology.SiteRow(i))
		all[i] = pair{str(snap.SiteID(topology.SiteRow(i))), t.sites[i].term}
	}
	f := &t.tables
	f.put("asOf", str(snap.AsOf()))
	f.put("sites", ast.ObjectTerm(all...))
	f.put("partitions", list(snap.Partitions()))
	f.nest("services", services(snap))
	f.nest("programmes", programmes(snap))
	f.nest("populations", populations(snap))
	f.put("riskGroups", riskGroups(snap))
	f.nest("rttMs", rtts(snap))
	return t
}

// Unknown returns the sorted dotted paths below a site's document whose values are unknown.
func (t *Snapshot) Unknown(r topology.SiteRow) []string { return t.sites[r].unknown }

// UnknownByID returns what [Snapshot.Unknown] does for the site called id; nil where there is none.
func (t *Snapshot) UnknownByID(id string) []string {
	if r, ok := t.Site(id); ok {
		return t.Unknown(r)
	}
	return nil
}

// UnknownAnywhere returns the sorted dotted paths that are unknown at one site or more.
func (t *Snapshot) UnknownAnywhere() []string {
	seen := map[string]bool{}
	for i := range t.sites {
		for _, u := range t.sites[i].unknown {
			seen[u] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// On returns data.topology as it stands on a day, YYYY-MM-DD, and the sorted dotted paths below it, its
// sites left out, that are unknown. What is not dated is shared between days.
func (t *Snapshot) On(day string) (data *ast.Term, unknown []string) {
	f := fields{pairs: slices.Clip(t.tables.pairs), unknown: slices.Clip(t.tables.unknown)}
	f.put("jurisdictions", jurisdictions(t.Snapshot, day))
	f.nest("regimes", regimes(t.Snapshot, day))
	slices.Sort(f.unknown)
	return ast.ObjectTerm(f.pairs...), f.unknown
}

// jurisdictions shows each country and bloc with its members and what it finds adequate on the day:
// without limit (adequate), or only inside a scope (adequateWithin). A jurisdiction keeps a list if it has
// ever found another adequate: it restricts transfers on days when nothing is on the list, too.
func jurisdictions(s *topology.Snapshot, day string) *ast.Term {
	adequate, within := map[topology.JurisdictionRow][]uint32{}, map[topology.JurisdictionRow][]pair{}
	keeper := map[topology.JurisdictionRow]bool{}
	for f := range s.Adequacies() {
		keeper[f.By] = true
		switch {
		case !f.InForce(day):
		case f.Scope != "":
			within[f.By] = append(within[f.By], pair{str(s.JurisdictionID(f.Of)), str(f.Scope)})
		default:
			adequate[f.By] = append(adequate[f.By], uint32(f.Of))
		}
	}
	all := make([]pair, s.Jurisdictions())
	for i := range all {
		j := topology.JurisdictionRow(i)
		kind := "country"
		if s.IsBloc(j) {
			kind = "bloc"
		}
		f := new(fields)
		f.put("id", str(s.JurisdictionID(j)))
		f.put("name", str(s.JurisdictionName(j)))
		f.put("kind", ast.InternedTerm(kind))
		f.put("members", jurisdictionIDs(s, s.Members(j)))
		f.put("adequate", jurisdictionIDs(s, adequate[j]))
		f.put("keepsList", ast.InternedTerm(keeper[j]))
		f.put("adequateWithin", ast.ObjectTerm(within[j]...))
		all[i] = pair{str(s.JurisdictionID(j)), ast.ObjectTerm(f.pairs...)}
	}
	return ast.ObjectTerm(all...)
}

// regimes shows the regimes in force on the day.
func regimes(s *topology.Snapshot, day string) *fields {
	all := new(fields)
	for r := range s.Regimes() {
		if r.Since > day || r.Until != "" && r.Until <= day {
			continue
		}
		f := new(fields)
		f.put("id", str(r.ID))
		f.put("subjects", jurisdictionIDs(s, r.Subjects))
		f.put("classes", stringList(r.Classes))
		f.put("storeIn", jurisdictionIDs(s, r.StoreIn))
		f.put("processIn", jurisdictionIDs(s, r.ProcessIn))
		f.boolean("copiesAbroad", r.CopiesAbroad)
		f.boolean("processingAbroad", r.ProcessingAbroad)
		for _, extra := range [][2]string{{"approval", r.Approval}, {"note", r.Note}, {"ref", r.Ref}, {"reviewed", r.Reviewed}, {"since", r.Since}, {"until", r.Until}} {
			if extra[1] != "" {
				f.put(extra[0], str(extra[1]))
			}
		}
		all.nest(r.ID, f)
	}
	return all
}

func services(s *topology.Snapshot) *fields {
	all := new(fields)
	for i := range s.Services() {
		k := s.ServiceFacts(topology.ServiceRow(i))
		f := new(fields)
		f.put("id", str(k.ID))
		if k.Name != "" {
			f.put("name", str(k.Name))
		}
		f.fact("variantOf", k.VariantOf.State, func() *ast.Term { return ast.InternedTerm(s.ServiceID(k.VariantOf.Value)) })
		f.text("scope", k.Scope)
		f.text("controlPlane", k.ControlPlane)
		zones := new(fields)
		zones.integer("copies", k.Copies)
		zones.boolean("synchronous", k.Synchronous)
		zones.integer("readable", k.Readable)
		f.nest("zones", zones)
		cross := new(fields)
		cross.text("mode", k.CrossMode)
		cross.number("rpoSeconds", k.RPOSeconds)
		f.nest("crossRegion", cross)
		failover := new(fields)
		failover.number("seconds", k.FailoverSeconds)
		failover.number("atLeastSeconds", k.FailoverAtLeastSeconds)
		f.nest("failover", failover)
		cut := new(fields)
		cut.text("mode", k.DisconnectedMode)
		cut.number("hours", k.DisconnectedHours)
		f.nest("disconnected", cut)
		all.nest(k.ID, f)
	}
	return all
}

func programmes(s *topology.Snapshot) *fields {
	all := new(fields)
	for p := range s.Programmes() {
		f := new(fields)
		f.put("id", str(p.ID))
		f.put("name", str(p.Name))
		f.put("sites", stringList(p.Sites))
		f.put("complete", ast.InternedTerm(p.Complete))
		f.incomplete("sites", p.Complete)
		all.nest(p.ID, f)
	}
	return all
}

func populations(s *topology.Snapshot) *fields {
	all := new(fields)
	for i := range s.Populations() {
		p := s.PopulationFacts(topology.PopulationRow(i))
		f := new(fields)
		f.put("id", str(p.ID))
		f.put("kind", ast.InternedTerm(p.Kind))
		f.put("weight", number(p.Weight))
		if p.Name != "" {
			f.put("name", str(p.Name))
		}
		f.fact("country", p.Country.State, func() *ast.Term { return ast.InternedTerm(s.JurisdictionID(p.Country.Value)) })
		f.number("lat", p.Lat)
		f.number("lon", p.Lon)
		all.nest(p.ID, f)
	}
	return all
}

func riskGroups(s *topology.Snapshot) *ast.Term {
	var all []pair
	for g := range s.RiskGroups() {
		f := new(fields)
		f.put("id", str(g.ID))
		f.put("kind", ast.InternedTerm(g.Kind))
		f.put("sites", stringList(g.Sites))
		all = append(all, pair{str(g.ID), ast.ObjectTerm(f.pairs...)})
	}
	return ast.ObjectTerm(all...)
}

// rtts shows the round-trip times between regions, in milliseconds.
func rtts(s *topology.Snapshot) *fields {
	all := new(fields)
	for from := range s.Regions() {
		row := new(fields)
		for to := range s.Regions() {
			us, basis := s.RTT(from, to)
			state := topology.Known
			if basis == topology.UnknownBasis {
				state = topology.Unknown
			}
			row.fact(s.SiteID(to), state, func() *ast.Term { return Millis(int64(us)) })
		}
		all.nest(s.SiteID(from), row)
	}
	return all
}
