package topology

import "sync"

// maxUSDPerGB is the highest price of traffic that a topology may have.
const maxUSDPerGB = 100

// tariff holds the prices of traffic between sites, in US dollars per gigabyte.
type tariff struct {
	once   sync.Once
	prices map[[2]SiteRow]float64
}

// EgressUSDPerGB returns what a gigabyte costs that leaves one site for another: the price between these two, else that between
// their regions. Within a site traffic costs nothing. It is Unknown where the topology has no such price.
func (s *Snapshot) EgressUSDPerGB(from, to SiteRow) (usd float64, state State) {
	if from == to {
		return 0, Known
	}
	prices := s.egress()
	if usd, ok := prices[[2]SiteRow{from, to}]; ok {
		return usd, Known
	}
	a, okA := s.Region(from)
	b, okB := s.Region(to)
	if okA && okB {
		if usd, ok := prices[[2]SiteRow{a, b}]; ok {
			return usd, Known
		}
	}
	return 0, Unknown
}

// HasEgress reports whether the topology has any price of traffic between sites.
func (s *Snapshot) HasEgress() bool { return len(s.egress()) > 0 }

func (s *Snapshot) egress() map[[2]SiteRow]float64 {
	s.fares.once.Do(func() {
		s.fares.prices = make(map[[2]SiteRow]float64, s.t.egress)
		for i := range s.t.egress {
			to, ok := s.Site(s.t.egressTo.At(i)) // it may be a word such as internet
			usd := s.t.egressUSD.At(i)
			if ok && s.t.egressFrom.State(i) == Known && usd >= 0 && usd <= maxUSDPerGB { // an image may be of anybody
				s.fares.prices[[2]SiteRow{SiteRow(s.t.egressFrom.At(i)), to}] = usd
			}
		}
	})
	return s.fares.prices
}
