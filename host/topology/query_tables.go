package topology

import "iter"

// ServiceFacts are what is known of a service. What a variant does not state is its service's.
type ServiceFacts struct {
	ID, Name                       string
	VariantOf                      Fact[ServiceRow] // absent where it is no variant
	Scope, ControlPlane, CrossMode Fact[string]
	Copies, Readable               Fact[int32] // zones with a copy; copies beside the primary that can be read
	Synchronous                    Fact[bool]
	RPOSeconds                     Fact[float64]
	FailoverSeconds                Fact[float64] // the figure to count on
	FailoverAtLeastSeconds         Fact[float64]
	DisconnectedMode               Fact[string]  // at an Outpost that is cut off: continues, limited or stops
	DisconnectedHours              Fact[float64] // how long it goes on so
	DisconnectedNote               string        // for people; empty where nothing is noted
}

// ServiceFacts gathers a service's facts.
func (s *Snapshot) ServiceFacts(k ServiceRow) ServiceFacts {
	i, t := int(k), &s.t
	return ServiceFacts{
		ID: t.serviceID.At(i), Name: t.serviceName.At(i),
		Scope: text(t.scope, i), ControlPlane: text(t.controlPlane, i), CrossMode: text(t.crossMode, i),
		Copies:          Fact[int32]{t.zoneCopies.At(i), t.zoneCopies.State(i)},
		Synchronous:     Fact[bool]{t.zonesSynchronous.At(i), t.zonesSynchronous.State(i)},
		VariantOf:       Fact[ServiceRow]{ServiceRow(t.variantOf.At(i)), t.variantOf.State(i)},
		Readable:        Fact[int32]{t.zonesReadable.At(i), t.zonesReadable.State(i)},
		RPOSeconds:      number(t.rpo, i),
		FailoverSeconds: number(t.failover, i), FailoverAtLeastSeconds: number(t.failoverAtLeast, i),
		DisconnectedMode: text(t.cutMode, i), DisconnectedHours: number(t.cutHours, i), DisconnectedNote: t.cutNote.At(i),
	}
}

// ProgrammeFacts are a compliance programme and the sites known to hold it.
type ProgrammeFacts struct {
	ID, Name string
	Sites    []string
	Complete bool // whether it is known of every site
}

// Programmes yields the compliance programmes, sorted by id.
func (s *Snapshot) Programmes() iter.Seq[ProgrammeFacts] {
	return func(yield func(ProgrammeFacts) bool) {
		for k := range s.t.programmes {
			p := ProgrammeFacts{ID: s.t.programmeID.At(k), Name: s.t.programmeName.At(k)}
			for r := range s.t.held.At(k).Rows() {
				p.Sites = append(p.Sites, s.t.siteID.At(r))
			}
			p.Complete = s.t.heldKnown.At(k).Count() == s.t.sites
			if !yield(p) {
				return
			}
		}
	}
}

// RegimeFacts are a regime as the topology states it. Dates are YYYY-MM-DD, or empty without a bound.
type RegimeFacts struct {
	ID, Approval, Since, Until, Ref, Reviewed, Note string
	Subjects, StoreIn, ProcessIn                    []uint32 // jurisdictions
	Classes                                         []string
	CopiesAbroad, ProcessingAbroad                  Fact[bool]
}

// Regimes yields the regimes, sorted by id.
func (s *Snapshot) Regimes() iter.Seq[RegimeFacts] {
	return func(yield func(RegimeFacts) bool) {
		t := &s.t
		for i := range t.regimes {
			say := func(name string) string { return t.regimeText[name].At(i) }
			r := RegimeFacts{
				ID: say("id"), Approval: say("approval"), Since: say("since"), Until: say("until"),
				Ref: say("ref"), Reviewed: say("reviewed"), Note: say("note"),
				Subjects: t.regimeSubjects.At(i), StoreIn: t.regimeStoreIn.At(i), ProcessIn: t.regimeProcessIn.At(i),
				CopiesAbroad:     Fact[bool]{t.copiesAbroad.At(i), t.copiesAbroad.State(i)},
				ProcessingAbroad: Fact[bool]{t.processingAbroad.At(i), t.processingAbroad.State(i)},
			}
			for c := range t.regimeClasses.Len(i) {
				r.Classes = append(r.Classes, t.regimeClasses.At(i, c))
			}
			if !yield(r) {
				return
			}
		}
	}
}

// PopulationFacts are what is known of a population.
type PopulationFacts struct {
	ID, Name, Kind string
	Country        Fact[JurisdictionRow]
	Lat, Lon       Fact[float64]
	Weight         float64
}

// PopulationFacts gathers a population's facts.
func (s *Snapshot) PopulationFacts(p PopulationRow) PopulationFacts {
	i, t := int(p), &s.t
	return PopulationFacts{
		ID: t.populationID.At(i), Name: t.populationName.At(i), Kind: t.populationKind.At(i),
		Country: Fact[JurisdictionRow]{JurisdictionRow(t.populationCountry.At(i)), t.populationCountry.State(i)},
		Lat:     number(t.populationLat, i), Lon: number(t.populationLon, i), Weight: t.populationWeight.At(i),
	}
}

// RiskGroupFacts are a risk group and the sites in it.
type RiskGroupFacts struct {
	ID, Kind string
	Sites    []string
}

// RiskGroups yields the risk groups, sorted by id.
func (s *Snapshot) RiskGroups() iter.Seq[RiskGroupFacts] {
	return func(yield func(RiskGroupFacts) bool) {
		for g := range s.t.riskGroups {
			f := RiskGroupFacts{ID: s.t.riskGroupID.At(g), Kind: s.t.riskGroupKind.At(g)}
			for _, r := range s.t.riskGroupSites.At(g) {
				f.Sites = append(f.Sites, s.t.siteID.At(int(r)))
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Regions yields the regions, sorted by id.
func (s *Snapshot) Regions() iter.Seq[SiteRow] {
	return func(yield func(SiteRow) bool) {
		for i := range s.t.regions {
			if !yield(SiteRow(s.t.regionSite.At(i))) {
				return
			}
		}
	}
}
