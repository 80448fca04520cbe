package topology

import (
	"iter"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// Services returns how many services there are; rows run from 0.
func (s *Snapshot) Services() int { return s.t.services }

// ServiceID returns a service's id.
func (s *Snapshot) ServiceID(k ServiceRow) string { return s.t.serviceID.At(int(k)) }

// Service returns the service that name means, be it the id or an alias.
func (s *Snapshot) Service(name string) (ServiceRow, bool) {
	i, ok := find(s.t.nameText, s.t.serviceNames, name)
	if !ok {
		return 0, false
	}
	return ServiceRow(s.t.nameService.At(i)), true
}

// ServiceNames yields every name of every service, sorted.
func (s *Snapshot) ServiceNames() iter.Seq[string] { return stringsOf(s.t.nameText, s.t.serviceNames) }

// Offered tells whether a site offers a service: Known with true or false, or Unknown.
func (s *Snapshot) Offered(k ServiceRow, r SiteRow) (bool, State) {
	if !s.t.offeredKnown.At(int(k)).Get(int(r)) {
		return false, Unknown
	}
	return s.t.offered.At(int(k)).Get(int(r)), Known
}

// OfferedAt returns the set of sites that offer a service and the set where that is known.
func (s *Snapshot) OfferedAt(k ServiceRow) (offered, known image.Bits) {
	return s.t.offered.At(int(k)), s.t.offeredKnown.At(int(k))
}

// ServiceZones tells how a service spreads over zones. scope is zonal, regional, global or edge;
// copies and synchronous say in how many zones a regional service keeps its data, and whether every
// write is in all of them. Each has its own state.
func (s *Snapshot) ServiceZones(k ServiceRow) (z ServiceSpread) {
	i := int(k)
	z.Scope, z.ScopeState = s.t.scope.At(i), s.t.scope.State(i)
	z.Copies, z.ZonesState = int(s.t.zoneCopies.At(i)), s.t.zoneCopies.State(i)
	z.Synchronous = z.ZonesState == Known && s.t.zonesSynchronous.At(i)
	return z
}

// ServiceSpread is what is known of a service's spread over zones.
type ServiceSpread struct {
	Scope       string
	ScopeState  State
	Copies      int
	Synchronous bool
	ZonesState  State // of Copies and Synchronous
}

// Jurisdictions returns how many countries and blocs there are; rows run from 0.
func (s *Snapshot) Jurisdictions() int { return s.t.jurisdictions }

// Jurisdiction returns the row of the country or bloc called id.
func (s *Snapshot) Jurisdiction(id string) (JurisdictionRow, bool) {
	i, ok := find(s.t.jurisdictionID, s.t.jurisdictions, id)
	return JurisdictionRow(i), ok
}

// JurisdictionIDs yields the ids of all countries and blocs, sorted.
func (s *Snapshot) JurisdictionIDs() iter.Seq[string] {
	return stringsOf(s.t.jurisdictionID, s.t.jurisdictions)
}

// JurisdictionID returns the id of a country or bloc.
func (s *Snapshot) JurisdictionID(j JurisdictionRow) string { return s.t.jurisdictionID.At(int(j)) }

// JurisdictionName returns the name of a country or bloc; its id where it has none.
func (s *Snapshot) JurisdictionName(j JurisdictionRow) string {
	if s.t.jurisdictionName.State(int(j)) == Known {
		return s.t.jurisdictionName.At(int(j))
	}
	return s.JurisdictionID(j)
}

// IsBloc tells whether a jurisdiction is a bloc of countries.
func (s *Snapshot) IsBloc(j JurisdictionRow) bool { return s.t.jurisdictionKind.At(int(j)) == "bloc" }

// In returns a jurisdiction and every bloc it is in, sorted. The slice is the image's own.
func (s *Snapshot) In(j JurisdictionRow) []uint32 { return s.t.in.At(int(j)) }

// Members returns the countries of a bloc, sorted. The slice is the image's own.
func (s *Snapshot) Members(j JurisdictionRow) []uint32 { return s.t.members.At(int(j)) }

// SitesIn returns the set of sites on the ground of a country or bloc. A site whose country is unknown
// is in no set, and may be in any.
func (s *Snapshot) SitesIn(j JurisdictionRow) image.Bits { return s.t.jurisdictionSites.At(int(j)) }

// AdequacyFacts are one finding that a jurisdiction protects personal data adequately. Dates are YYYY-MM-DD, or empty where there is no bound; Scope is
// empty where the finding has no limit.
type AdequacyFacts struct {
	By, Of              JurisdictionRow
	Since, Until, Scope string
	Source              string
}

// InForce tells whether the finding holds on a day, YYYY-MM-DD.
func (f AdequacyFacts) InForce(day string) bool {
	return f.Since <= day && (f.Until == "" || day < f.Until)
}

// Adequacies yields the adequacy findings, sorted by who made them and of whom.
func (s *Snapshot) Adequacies() iter.Seq[AdequacyFacts] {
	return func(yield func(AdequacyFacts) bool) {
		for i := range s.t.findings {
			f := AdequacyFacts{
				By: JurisdictionRow(s.t.findingBy.At(i)), Of: JurisdictionRow(s.t.findingOf.At(i)),
				Since: s.t.findingSince.At(i), Until: s.t.findingUntil.At(i), Scope: s.t.findingScope.At(i),
				Source: s.sourceAt(s.t.findingSource, i),
			}
			if !yield(f) {
				return
			}
		}
	}
}

// sourceAt returns the id of the source a row names, or "".
func (s *Snapshot) sourceAt(c image.RefColumn, row int) string {
	if c.State(row) != Known {
		return ""
	}
	return s.t.sourceID.At(int(c.At(row)))
}
