package topology

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// diffSections are the parts of a topology that Diff compares on every day, in its order.
var diffSections = []struct {
	name string
	list func(*Snapshot) []entity
}{
	{"sources", (*Snapshot).listSources},
	{"providers", (*Snapshot).listProviders},
	{"partitions", (*Snapshot).listPartitions},
	{"jurisdictions", (*Snapshot).listJurisdictions},
	{"adequacy", (*Snapshot).listAdequacy},
	{"regimes", (*Snapshot).listRegimes},
	{"sites", (*Snapshot).listSites},
	{"services", (*Snapshot).listServices},
	{"programmes", (*Snapshot).listProgrammes},
	{"links", (*Snapshot).listLinks},
	{"populations", (*Snapshot).listPopulations},
	{"access", (*Snapshot).listAccess},
	{"egress", (*Snapshot).listEgress},
	{"riskGroups", (*Snapshot).listRiskGroups},
}

// facts gathers an entity's facts, all of one source.
type facts struct {
	entity
	source string
}

func (f *facts) put(path string, state State, value string) {
	n := NamedFact{Path: path, Stated: Stated{State: state}}
	if state == Known {
		n.Value, n.Source = value, f.source
	}
	f.facts = append(f.facts, n)
}

// text is a fact that is plainly not there when it is empty.
func (f *facts) text(path, v string) {
	if v == "" {
		f.put(path, Absent, "")
		return
	}
	f.put(path, Known, v)
}

func (f *facts) words(path string, v []string) { f.text(path, strings.Join(v, ", ")) }

func (f *facts) flag(path string, v Fact[bool]) {
	f.put(path, v.State, strconv.FormatBool(v.Value))
}

func (f *facts) num(path string, v Fact[float64]) {
	f.put(path, v.State, strconv.FormatFloat(v.Value, 'f', -1, 64))
}

func (f *facts) micros(path string, us int32) {
	f.num(path, Fact[float64]{float64(us) / 1000, Known})
}

func (s *Snapshot) jurisdictionIDs(rows []uint32) []string {
	return each(len(rows), func(i int) string { return s.t.jurisdictionID.At(int(rows[i])) })
}

// columnOf returns the text that row i of a column points at.
func columnOf(c image.StringColumn, ref image.RefColumn, i int) string {
	if ref.State(i) != Known {
		return ""
	}
	return c.At(int(ref.At(i)))
}

func (s *Snapshot) listMeta() []entity {
	var f facts
	f.text("name", s.Name())
	f.text("asOf", s.AsOf())
	return []entity{f.entity}
}

func (s *Snapshot) listSources() []entity {
	var out []entity
	for src := range s.Sources() {
		f := facts{entity: entity{id: src.ID}}
		f.text("title", src.Title)
		f.text("url", src.URL)
		f.text("asOf", src.AsOf)
		f.text("licence", src.Licence)
		out = append(out, f.entity)
	}
	return out
}

func (s *Snapshot) listProviders() []entity {
	return each(s.t.providers, func(i int) entity {
		f := facts{entity{id: s.t.providerID.At(i)}, s.sourceAt(s.t.providerSource, i)}
		f.words("control", s.jurisdictionIDs(s.t.control.At(i)))
		f.flag("controlComplete", Fact[bool]{s.t.controlComplete.At(i), Known})
		return f.entity
	})
}

func (s *Snapshot) listPartitions() []entity {
	return each(s.t.partitions, func(i int) entity {
		f := facts{entity{id: s.t.partitionID.At(i)}, s.sourceAt(s.t.partitionSource, i)}
		f.text("provider", columnOf(s.t.providerID, s.t.partitionProvider, i))
		f.words("personnel", s.jurisdictionIDs(s.t.personnel.At(i)))
		return f.entity
	})
}

func (s *Snapshot) listJurisdictions() []entity {
	return each(s.t.jurisdictions, func(i int) entity {
		j := JurisdictionRow(i)
		f := facts{entity: entity{id: s.JurisdictionID(j)}}
		f.text("name", s.JurisdictionName(j))
		f.text("kind", s.t.jurisdictionKind.At(i))
		var blocs []string
		for _, b := range s.jurisdictionIDs(s.In(j)) {
			if b != f.id {
				blocs = append(blocs, b)
			}
		}
		f.words("memberOf", blocs)
		return f.entity
	})
}

// listAdequacy names a finding by who made it of whom, and where that is not enough by scope and date.
func (s *Snapshot) listAdequacy() []entity {
	var out []entity
	seen := map[string]bool{}
	for a := range s.Adequacies() {
		id := s.JurisdictionID(a.By) + " of " + s.JurisdictionID(a.Of)
		if a.Scope != "" {
			id += " within " + a.Scope
		}
		if seen[id] {
			id += " since " + a.Since
		}
		seen[id] = true
		f := facts{entity{id: id}, a.Source}
		f.text("since", a.Since)
		f.text("until", a.Until)
		out = append(out, f.entity)
	}
	return out
}

func (s *Snapshot) listRegimes() []entity {
	var out []entity
	for r := range s.Regimes() {
		f := facts{entity: entity{id: r.ID}}
		f.words("subjects", s.jurisdictionIDs(r.Subjects))
		f.words("classes", r.Classes)
		f.words("storeIn", s.jurisdictionIDs(r.StoreIn))
		f.words("processIn", s.jurisdictionIDs(r.ProcessIn))
		f.flag("copiesAbroad", r.CopiesAbroad)
		f.flag("processingAbroad", r.ProcessingAbroad)
		f.text("approval", r.Approval)
		f.text("since", r.Since)
		f.text("until", r.Until)
		f.text("ref", r.Ref)
		f.text("reviewed", r.Reviewed)
		f.text("note", r.Note)
		out = append(out, f.entity)
	}
	return out
}

func (s *Snapshot) listSites() []entity {
	return each(s.t.sites, func(i int) entity {
		r := SiteRow(i)
		f := facts{entity: entity{s.SiteID(r), s.FactList(r)}}
		var groups []string
		for g := range s.RiskGroupsAt(r) {
			groups = append(groups, g)
		}
		f.words("riskGroups", groups)
		return f.entity
	})
}

func (s *Snapshot) listServices() []entity {
	aliases := make([][]string, s.t.services)
	for i := range s.t.serviceNames {
		k := s.t.nameService.At(i)
		if name := s.t.nameText.At(i); name != s.t.serviceID.At(int(k)) {
			aliases[k] = append(aliases[k], name)
		}
	}
	return each(s.t.services, func(i int) entity {
		v := s.ServiceFacts(ServiceRow(i))
		f := facts{entity{id: v.ID}, s.sourceAt(s.t.serviceSource, i)}
		f.text("name", v.Name)
		f.words("aliases", aliases[i])
		f.put("scope", v.Scope.State, v.Scope.Value)
		f.put("controlPlane", v.ControlPlane.State, v.ControlPlane.Value)
		f.put("zones.copies", v.Copies.State, strconv.Itoa(int(v.Copies.Value)))
		f.flag("zones.synchronous", v.Synchronous)
		f.put("crossRegion.mode", v.CrossMode.State, v.CrossMode.Value)
		f.num("crossRegion.rpoSeconds", v.RPOSeconds)
		f.num("failover.seconds", v.FailoverSeconds)
		return f.entity
	})
}

func (s *Snapshot) listProgrammes() []entity {
	return each(s.t.programmes, func(i int) entity {
		f := facts{entity: entity{id: s.t.programmeID.At(i)}}
		f.text("name", s.t.programmeName.At(i))
		return f.entity
	})
}

func (s *Snapshot) listLinks() []entity {
	return each(s.t.links, func(i int) entity {
		id := columnOf(s.t.siteID, s.t.linkFrom, i) + " → " + columnOf(s.t.siteID, s.t.linkTo, i)
		f := facts{entity{id: id}, s.sourceAt(s.t.linkSource, i)}
		f.micros("rttMs", s.t.linkRTT.At(i))
		return f.entity
	})
}

func (s *Snapshot) listPopulations() []entity {
	return each(s.t.populations, func(i int) entity {
		p := s.PopulationFacts(PopulationRow(i))
		f := facts{entity: entity{id: p.ID}}
		f.text("name", p.Name)
		f.text("kind", p.Kind)
		country := ""
		if p.Country.State == Known {
			country = s.JurisdictionID(p.Country.Value)
		}
		f.put("country", p.Country.State, country)
		f.num("lat", p.Lat)
		f.num("lon", p.Lon)
		f.num("weight", Fact[float64]{p.Weight, Known})
		return f.entity
	})
}

func (s *Snapshot) listAccess() []entity {
	return each(s.t.access, func(i int) entity {
		id := columnOf(s.t.populationID, s.t.accessFrom, i) + " → " + columnOf(s.t.siteID, s.t.accessTo, i)
		f := facts{entity{id: id}, s.sourceAt(s.t.accessSource, i)}
		f.micros("rttMs", s.t.accessRTT.At(i))
		return f.entity
	})
}

func (s *Snapshot) listEgress() []entity {
	return each(s.t.egress, func(i int) entity {
		f := facts{entity{id: columnOf(s.t.siteID, s.t.egressFrom, i) + " → " + s.t.egressTo.At(i)}, s.sourceAt(s.t.egressSource, i)}
		f.num("usdPerGB", number(s.t.egressUSD, i))
		return f.entity
	})
}

func (s *Snapshot) listRiskGroups() []entity {
	var out []entity
	for g := range s.RiskGroups() {
		f := facts{entity: entity{id: g.ID}}
		f.text("kind", g.Kind)
		f.words("sites", g.Sites)
		out = append(out, f.entity)
	}
	return out
}

// String says a change in one line, for people and logs.
func (c Change) String() string {
	days := ""
	if held := (period{c.Since, c.Until}); held != (period{}) {
		days = " (" + held.String() + ")"
	}
	if c.Op != Changed {
		return fmt.Sprintf("%s %s %s%s", c.Section, c.ID, c.Op, days)
	}
	return fmt.Sprintf("%s %s %s: %s → %s%s", c.Section, c.ID, c.Fact, c.Old, c.New, days)
}

// String says what is stated.
func (v Stated) String() string {
	if v.State == Known {
		return v.Value
	}
	return v.State.String()
}
