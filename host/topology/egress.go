package topology

import "sync"

// maxUSDPerGB is the highest price of traffic that a topology may have.
const maxUSDPerGB = 100

// tariff holds the prices of traffic between sites, in US dollars per gigabyte.
type tariff struct {
	once     sync.Once
	prices   map[[2]SiteRow]float64
	internet map[SiteRow]int // rows of the table
}

// EgressUSDPerGB returns what a gigabyte costs that leaves one site for another: the price between these two, else that between
// their regions. Within a site traffic costs nothing. It is Unknown where the topology has no such price.
func (s *Snapshot) EgressUSDPerGB(from, to SiteRow) (usd float64, state State) {
	if from == to {
		return 0, Known
	}
	prices := s.egress().prices
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
func (s *Snapshot) HasEgress() bool { return len(s.egress().prices) > 0 }

func (s *Snapshot) egress() *tariff {
	s.fares.once.Do(func() {
		s.fares.prices, s.fares.internet = make(map[[2]SiteRow]float64, s.t.egress), map[SiteRow]int{}
		for i := range s.t.egress {
			usd := s.t.egressUSD.At(i)
			if s.t.egressFrom.State(i) != Known || !(usd >= 0 && usd <= maxUSDPerGB) { // an image may be of anybody
				continue
			}
			from, word := SiteRow(s.t.egressFrom.At(i)), s.t.egressTo.At(i)
			if to, ok := s.Site(word); ok {
				s.fares.prices[[2]SiteRow{from, to}] = usd
			} else if word == internet {
				s.fares.internet[from] = i
			}
		}
	})
	return &s.fares
}

// internet is where traffic goes that leaves the provider's network, as prices of traffic call it.
const internet = "internet"

// InternetUSDPerGB returns what a gigabyte costs that leaves a site for the internet, in US dollars. An availability zone has
// its region's price; other sites have one of their own, or none that is known.
func (s *Snapshot) InternetUSDPerGB(r SiteRow) Fact[float64] {
	if i, ok := s.toInternet(r); ok {
		return Fact[float64]{s.t.egressUSD.At(i), Known}
	}
	return Fact[float64]{State: Unknown}
}

// toInternet finds the row of the prices of traffic that says what leaves a site for the internet.
func (s *Snapshot) toInternet(r SiteRow) (int, bool) {
	if s.Kind(r) == AvailabilityZone {
		r = s.regionOf(r)
	}
	i, ok := s.egress().internet[r]
	return i, ok
}
