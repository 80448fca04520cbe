package topology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInferredBackbone looks at ways that a person can check on a map.
func TestInferredBackbone(t *testing.T) {
	s := mustLoadAWS(t)
	for _, c := range []struct{ from, to, hops, countries string }{
		{"eu-central-1", "eu-central-1", "eu-central-1", "DE"},
		{"eu-central-1", "eu-west-3", "eu-central-1 eu-west-3", "DE FR"},
		{"sa-east-1", "af-south-1", "sa-east-1 us-east-1 eu-west-1 eu-west-3 af-south-1", "BR FR IE US ZA"},
		{"ap-southeast-4", "ap-northeast-1", "ap-southeast-4 ap-southeast-2 ap-northeast-1", "AU JP"},
		{"us-west-2-lax-1", "us-east-1", "us-west-2-lax-1 us-west-2 us-east-2 us-east-1", "US"},
		{"euc1-az1", "eu-west-3", "euc1-az1 eu-central-1 eu-west-3", "DE FR"},
		{"FRA", "eu-west-3", "FRA eu-central-1 eu-west-3", "DE FR"},
		{"ap-southeast-6", "ap-southeast-2", "ap-southeast-6 ap-southeast-2", "AU NZ"},
	} {
		p := s.Path(siteRow(t, s, c.from), siteRow(t, s, c.to))
		var hops, countries []string
		for _, r := range p.Hops {
			hops = append(hops, s.SiteID(r))
		}
		for _, j := range p.Jurisdictions {
			countries = append(countries, s.JurisdictionID(j))
		}
		if got := strings.Join(hops, " "); got != c.hops {
			t.Errorf("%s to %s goes %s, want %s", c.from, c.to, got, c.hops)
		}
		if got := strings.Join(countries, " "); got != c.countries {
			t.Errorf("%s to %s crosses %s, want %s", c.from, c.to, got, c.countries)
		}
		if !p.Inferred || p.Complete {
			t.Errorf("%s to %s: inferred %v, complete %v", c.from, c.to, p.Inferred, p.Complete)
		}
	}
}

// TestWayKeepsTheTime checks every measured pair: the inferred way adds up to the time, within the slack.
func TestWayKeepsTheTime(t *testing.T) {
	s := mustLoadAWS(t)
	if n := s.t.spans; n != 75 {
		t.Errorf("%d pairs are joined directly; docs/latency-model.md says 75", n)
	}
	net := s.network()
	for i := range s.t.regions {
		for j := range s.t.regions {
			there, ok := net.backbone.measured(i, j)
			back, _ := net.backbone.measured(j, i)
			if !ok || i >= j {
				continue
			}
			mean := (int64(there) + int64(back) + 1) / 2
			if _, ok := net.web.way(i, j, mean*(100+spanSlack)/100); !ok {
				t.Errorf("no way between regions %d and %d is about as long as measured", i, j)
			}
		}
	}
}

const carriers = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: carriers, asOf: 2026-06-01}
providers: [{id: acme}]
partitions: [{id: acme, provider: acme}]
jurisdictions: [{id: AA}, {id: BB}]
sites:
  - {id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0}
  - {id: far, kind: region, partition: acme, country: BB, lat: 0, lon: 30}
  - {id: hub-1, kind: availability-zone, parent: hub}
  - {id: hub-wave, kind: wavelength-zone, parent: hub, country: AA, lat: 0, lon: 5, carrier: Red}
  - {id: hub-town, kind: local-zone, parent: hub, country: AA, lat: 0, lon: 5}
  - {id: plant, kind: outpost, parent: hub-1}
  - {id: HUB, kind: edge-location, partition: acme, country: AA, lat: 0, lon: 0}
  - {id: TWN, kind: edge-location, partition: acme, country: AA, lat: 0, lon: 5}
  - {id: rec-hub, kind: regional-edge-cache, parent: hub}
links:
  - {from: hub, to: hub, rttMs: 2}
  - {from: hub, to: far, rttMs: 40, private: true, via: [AA, BB], riskGroups: [ditch]}
  - {from: far, to: hub, rttMs: 41}
populations:
  - {id: town, kind: metro, country: AA, lat: 0, lon: 5}
  - {id: abroad, kind: metro, country: BB, lat: 0, lon: 5}
  - {id: slow, kind: metro, country: AA, lat: 0, lon: 5, fixedMs: 50, mobileMs: 80.5}
  - {id: nowhere, kind: metro, country: AA}
  - {id: far, kind: metro}
access:
  - {from: town, to: far, rttMs: 70}
riskGroups:
  - {id: ditch, kind: conduit, links: [[hub, far]]}
`

// TestAccess adds up the parts by hand.
func TestAccess(t *testing.T) {
	s := mustBuild(t, carriers)
	km5 := DistanceKm(0, 5, 0, 0)
	net5, leg5 := internetMicros(km5), fitted.leg(lightMicros(km5))
	for _, c := range []struct {
		name, population, mobile, site string
		basis                          Basis
		want                           []Part
	}{
		{"a fixed line to a region", "town", "", "hub", Modelled, []Part{{FixedLine, 0, 0, false, 10_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}}},
		{"a zone is where its region is", "town", "", "hub-1", Modelled, []Part{{FixedLine, 0, 0, false, 10_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}}},
		{"mobile", "town", "Red", "hub", Modelled, []Part{{MobileNetwork, 0, 0, false, 33_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}}},
		{"the town's own zone", "town", "", "hub-town", Modelled, []Part{{FixedLine, 0, 0, false, 10_000, Modelled}, {Internet, 0, 0, false, 0, Modelled}}},
		{"the zone's carrier", "town", "Red", "hub-wave", Modelled, []Part{{CarrierNetwork, 0, 0, false, 20_000, Modelled}}},
		{"another carrier goes through the region", "town", "Blue", "hub-wave", Modelled, []Part{{MobileNetwork, 0, 0, false, 33_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}, {Backbone, 0, 0, false, 2_000 + leg5, Modelled}}},
		{"a carrier of the same name abroad is another one", "abroad", "Red", "hub-wave", Modelled, []Part{{MobileNetwork, 0, 0, false, 33_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}, {Backbone, 0, 0, false, 2_000 + leg5, Modelled}}},
		{"so does a fixed line", "town", "", "hub-wave", Modelled, []Part{{FixedLine, 0, 0, false, 10_000, Modelled}, {Internet, 0, 0, false, net5, Modelled}, {Backbone, 0, 0, false, 2_000 + leg5, Modelled}}},
		{"a population with a line of its own", "slow", "", "hub-town", Modelled, []Part{{FixedLine, 0, 0, false, 50_000, Measured}, {Internet, 0, 0, false, 0, Modelled}}},
		{"and mobile", "slow", "Blue", "hub-town", Modelled, []Part{{MobileNetwork, 0, 0, false, 80_500, Measured}, {Internet, 0, 0, false, 0, Modelled}}},
		{"measured", "town", "", "far", Measured, []Part{{MeasuredAccess, 0, 0, false, 70_000, Measured}}},
		{"measured, but by a fixed line", "town", "Red", "far", Modelled, []Part{{MobileNetwork, 0, 0, false, 33_000, Modelled}, {Internet, 0, 0, false, 60_000, Modelled}}},
		{"a population that is a site", "far", "", "hub", Measured, []Part{{MeasuredLink, 0, 0, false, 41_000, Measured}}},
		{"users nobody knows the place of", "nowhere", "", "hub", UnknownBasis, []Part{{}}},
		{"a site nobody knows the place of", "town", "", "plant", UnknownBasis, []Part{{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := s.Population(c.population)
			if !ok {
				t.Fatal("no such population")
			}
			r := s.Access(User{Population: p, Mobile: c.mobile}, siteRow(t, s, c.site))
			var got []Part
			sum := int32(0)
			for _, part := range r.Parts() {
				sum += part.Micros
				part.To = 0
				got = append(got, part)
			}
			if d := cmp.Diff(c.want, got); d != "" || r.Basis != c.basis || sum != r.Micros {
				t.Errorf("%v, %d of %d µs: %s", r.Basis, sum, r.Micros, d)
			}
		})
	}
}

// TestEntry follows users through the edge.
func TestEntry(t *testing.T) {
	s := mustBuild(t, carriers)
	town, _ := s.Population("town")
	u := User{Population: town}
	edges := []SiteRow{siteRow(t, s, "HUB"), siteRow(t, s, "TWN")}
	at, entry, ok := s.Entry(u, edges, "acme")
	if !ok || s.SiteID(at) != "TWN" || entry.Micros != 10_000 {
		t.Fatalf("the users enter at %s after %d µs, %v", s.SiteID(at), entry.Micros, ok)
	}
	if _, _, ok := s.Entry(u, edges, "other"); ok {
		t.Error("an edge of another partition lets users in")
	}
	if _, _, ok := s.Entry(u, nil, "acme"); ok {
		t.Error("users enter without an edge")
	}
	far := siteRow(t, s, "far")
	// The edge is nearer to the hub than half the way, so the time leans on the hub's measured 40 ms.
	over := 40_000 + fitted.leg(lightMicros(DistanceKm(0, 5, 0, 0)))
	r := s.Onward(entry, at, far)
	if r.Micros != 10_000+over || r.Parts()[2].Kind != Backbone || r.Basis != Modelled {
		t.Errorf("onward %+v", r)
	}
	toCache, _ := s.RTT(at, siteRow(t, s, "rec-hub"))
	fromCache, _ := s.RTT(siteRow(t, s, "rec-hub"), far)
	rec, ok := s.NearestCache(at, []SiteRow{siteRow(t, s, "rec-hub")})
	if !ok || s.SiteID(rec) != "rec-hub" {
		t.Fatalf("the nearest cache is %s, %v", s.SiteID(rec), ok)
	}
	r = s.CachedVia(entry, at, rec, far, 0.75)
	if r.Parts()[2].Via != rec || !r.Parts()[2].HasVia {
		t.Errorf("the cache is not named: %+v", r.Parts()[2])
	}
	if want := 10_000 + (toCache+fromCache+2)/4; r.Micros != want || r.Parts()[2].Kind != CacheMiss {
		t.Errorf("cached %+v, want %d", r, want)
	}
	if r := s.Cached(entry, at, far, 0.75); r.Micros != 10_000+(over+2)/4 || r.Parts()[2].HasVia {
		t.Errorf("cached, straight on: %+v", r)
	}
	if r := s.Cached(entry, at, far, 1); r.Micros != entry.Micros {
		t.Errorf("a cache that always answers adds %d µs", r.Micros-entry.Micros)
	}
	if r := s.Onward(entry, at, siteRow(t, s, "plant")); r.Basis != UnknownBasis {
		t.Errorf("onward to nowhere %+v", r)
	}
}

// TestStatedPath reads what a link says of itself.
func TestStatedPath(t *testing.T) {
	s := mustBuild(t, carriers)
	p := s.Path(siteRow(t, s, "hub-1"), siteRow(t, s, "far"))
	if p.Micros != 40_000 || p.Basis != Measured || p.Inferred || !p.Complete || p.Private != (Fact[bool]{true, Known}) || len(p.Jurisdictions) != 2 {
		t.Errorf("%+v", p)
	}
	if d := cmp.Diff([]string{"ditch"}, p.RiskGroups); d != "" {
		t.Error(d)
	}
	back := s.Path(siteRow(t, s, "far"), siteRow(t, s, "hub"))
	if !back.Inferred || back.Complete || back.Private.State != Unknown || back.Micros != 41_000 {
		t.Errorf("%+v", back)
	}
}

// TestPathSaysWhatItRestsOn tells what is inferred from measured times from what nothing is known of.
func TestPathSaysWhatItRestsOn(t *testing.T) {
	s := mustLoadAWS(t)
	for _, c := range []struct {
		from, to string
		measured bool
	}{
		{"sa-east-1", "af-south-1", true},
		{"euc1-az1", "eu-west-1", true},
		{"FRA", "us-east-1", true},
		{"us-east-1", "FRA", true},
		{"cn-north-1", "eu-central-1", false}, // another network
		{"euc1-az1", "euc1-az2", false},
		{"eu-central-1", "eu-central-1", false},
		{"FRA", "MAD", false},
	} {
		if p := s.Path(siteRow(t, s, c.from), siteRow(t, s, c.to)); p.Measured != c.measured || !p.Inferred {
			t.Errorf("%s to %s: measured %v, want %v", c.from, c.to, p.Measured, c.measured)
		}
	}
}

// TestRiskGroupsOfPaths finds the groups that a link names, and those that name it, in both directions and for zones.
func TestRiskGroupsOfPaths(t *testing.T) {
	s := mustBuild(t, carriers+"  - {id: sea, kind: hazard, links: [[far, hub]]}\n  - {id: nothing, kind: hazard, links: [[hub, hub-town]]}\n")
	for _, c := range []struct{ from, to, want string }{
		{"hub", "far", "[ditch sea]"}, {"far", "hub", "[ditch sea]"}, {"hub-1", "far", "[ditch sea]"}, {"hub", "hub-town", "[nothing]"}, {"hub-wave", "hub", "[]"},
	} {
		if got := fmt.Sprint(s.Path(siteRow(t, s, c.from), siteRow(t, s, c.to)).RiskGroups); got != c.want {
			t.Errorf("from %s to %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}
