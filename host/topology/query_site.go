package topology

import (
	"iter"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// SiteFacts are one site's facts as engines show them to rules. A string or number whose state is not
// Known is zero.
type SiteFacts struct {
	Kind                                 Kind
	City, Launched, Status, Carrier      Fact[string]
	Subdivision                          Fact[string]
	Lat, Lon                             Fact[float64]
	OptIn                                Fact[bool]
	Grid, Market, PUE, WUE               Fact[float64] // g/kWh, g/kWh, ratio, l/kWh
	Price                                Fact[float64]
	CarbonYear                           Fact[int32] // that the figures of carbon speak of
	Pops, ZoneCount                      Fact[int32]
	DisconnectedHours                    Fact[float64]
	Owner                                string
	Control, Personnel                   []uint32 // jurisdictions
	ControlComplete, PersonnelKnown      bool
	ServicesComplete, ProgrammesComplete bool
}

// Fact is a value and what is known of it.
type Fact[T any] struct {
	Value T
	State State
}

// Facts gathers a site's facts.
func (s *Snapshot) Facts(r SiteRow) SiteFacts {
	i, t := int(r), &s.t
	f := SiteFacts{
		Kind: s.Kind(r), Owner: t.owner.At(i),
		City: text(t.city, i), Launched: text(t.launched, i), Status: text(t.status, i), Carrier: text(t.carrier, i),
		Subdivision: text(t.subdivision, i),
		Lat:         number(t.lat, i), Lon: number(t.lon, i),
		OptIn: Fact[bool]{t.optIn.At(i), t.optIn.State(i)},
		Grid:  number(t.grid, i), Market: number(t.market, i), PUE: number(t.pue, i), WUE: number(t.wue, i),
		Price: number(t.price, i), CarbonYear: Fact[int32]{t.carbonYear.At(i), t.carbonYear.State(i)},
		Pops: Fact[int32]{t.pops.At(i), t.pops.State(i)}, ZoneCount: Fact[int32]{t.zoneCount.At(i), t.zoneCount.State(i)},
		DisconnectedHours:  number(t.disconnected, i),
		ServicesComplete:   allKnown(t.offeredKnown, t.services, i),
		ProgrammesComplete: t.programmes > 0 && allKnown(t.heldKnown, t.programmes, i),
	}
	if p, ok := s.provider(r); ok {
		f.Control, f.ControlComplete = t.control.At(p), t.controlComplete.At(p)
	}
	if t.partition.State(i) == Known {
		f.Personnel = t.personnel.At(int(t.partition.At(i)))
		f.PersonnelKnown = len(f.Personnel) > 0
	}
	return f
}

func text(c image.StringColumn, i int) Fact[string]     { return Fact[string]{c.At(i), c.State(i)} }
func number(c image.Float64Column, i int) Fact[float64] { return Fact[float64]{c.At(i), c.State(i)} }

func allKnown(known image.BitsColumn, rows, site int) bool {
	for k := range rows {
		if !known.At(k).Get(site) {
			return false
		}
	}
	return true
}

// ServicesAt yields the ids of the services known to be offered at a site, sorted.
func (s *Snapshot) ServicesAt(r SiteRow) iter.Seq[string] {
	return setOf(s.t.offered, s.t.serviceID, s.t.services, int(r))
}

// ProgrammesAt yields the ids of the programmes a site is known to hold, sorted.
func (s *Snapshot) ProgrammesAt(r SiteRow) iter.Seq[string] {
	return setOf(s.t.held, s.t.programmeID, s.t.programmes, int(r))
}

func setOf(sets image.BitsColumn, ids image.StringColumn, rows, site int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range rows {
			if sets.At(k).Get(site) && !yield(ids.At(k)) {
				return
			}
		}
	}
}

// RiskGroupsAt yields the ids of the risk groups a site is in, sorted.
func (s *Snapshot) RiskGroupsAt(r SiteRow) iter.Seq[string] {
	return func(yield func(string) bool) {
		for g := range s.t.riskGroups {
			for _, site := range s.t.riskGroupSites.At(g) {
				if site == uint32(r) && !yield(s.t.riskGroupID.At(g)) {
					return
				}
			}
		}
	}
}
