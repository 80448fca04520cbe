package topology

import (
	"crypto/sha256"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// reseal puts the right digest into an image, so that a forgery gets past it (docs/image-format.md).
func reseal(b []byte) {
	const at, size = 96, sha256.Size
	h := sha256.New()
	h.Write(b[:at])
	h.Write(b[at+size:])
	h.Sum(b[at:at])
}

// readAll asks a snapshot everything, as a host does.
func readAll(s *Snapshot) {
	for r, id := range s.SiteIDs() {
		s.Site(id)
		s.Facts(r)
		s.SiteName(r)
		s.Partition(r)
		s.Provider(r)
		s.Note(r)
		if c, state := s.Country(r); state == Known {
			s.In(c)
			s.SitesIn(c)
		}
		for range s.Zones(r) {
		}
		for range s.ServicesAt(r) {
		}
		for range s.ProgrammesAt(r) {
		}
		for range s.RiskGroupsAt(r) {
		}
		for _, f := range append(siteFactNames, "control", "services", "offers.dynamodb", "carbon.pue", "personnel") {
			s.FactSource(r, f)
		}
		for q := range s.Sites() {
			s.RTT(r, SiteRow(q))
			s.Path(r, SiteRow(q))
		}
		for p := range s.Populations() {
			for _, mobile := range []string{"", "Vodafone"} {
				u := User{Population: PopulationRow(p), Mobile: mobile}
				s.Access(u, r)
				s.Cached(s.Access(u, r), r, SiteRow(0), 0.5)
				s.CachedVia(s.Access(u, r), r, SiteRow(0), SiteRow(0), 0.5)
			}
		}
		for up, ok := s.Parent(r); ok; up, ok = s.Parent(up) {
		}
	}
	for k := range s.Services() {
		s.ServiceFacts(ServiceRow(k))
		s.ServiceZones(ServiceRow(k))
		s.OfferedAt(ServiceRow(k))
		s.ServiceFactSource(ServiceRow(k), "zones.copies")
	}
	for p := range s.Populations() {
		s.PopulationFacts(PopulationRow(p))
	}
	for range s.Adequacies() {
	}
	for range s.Regimes() {
	}
	for range s.Programmes() {
	}
	for range s.RiskGroups() {
	}
	for range s.Sources() {
	}
}

// TestForged changes every byte of a snapshot in turn and seals it again: what a forger could do who
// knows the format. It must be refused or readable, never a panic and never a walk without end.
func TestForged(t *testing.T) {
	top, err := Load(Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(base)}}})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Compile(top)
	if err != nil {
		t.Fatal(err)
	}
	{
		c := append([]byte(nil), whole...)
		reseal(c)
		if _, err := FromBytes(c); err != nil {
			t.Fatalf("reseal is wrong: %v", err)
		}
	}
	refused := 0
	for i := range whole {
		b := append([]byte(nil), whole...)
		b[i] ^= byte(1 << (i % 8))
		if _, err := FromBytes(b); err == nil {
			t.Fatalf("byte %d changed, and nobody saw", i)
		}
		reseal(b)
		s, err := FromBytes(b)
		if err != nil {
			refused++
			if !errors.Is(err, ErrSchema) && !errors.Is(err, image.ErrCorrupt) && !errors.Is(err, image.ErrVersion) && !errors.Is(err, image.ErrSchema) {
				t.Errorf("byte %d: %v is of no kind a caller could expect", i, err)
			}
			continue
		}
		readAll(s)
	}
	if refused == 0 {
		t.Error("no forgery was refused")
	}
}

// FuzzForged patches a snapshot anywhere and seals it again.
func FuzzForged(f *testing.F) {
	top, err := Load(Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(base)}}})
	if err != nil {
		f.Fatal(err)
	}
	whole, err := Compile(top)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(64), []byte{1})
	f.Add(uint32(len(whole)/2), []byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		b := append([]byte(nil), whole...)
		copy(b[int(at)%len(b):], patch)
		reseal(b)
		if s, err := FromBytes(b); err == nil {
			readAll(s)
		}
	})
}

// FuzzLoad reads anything as a topology file: an error or a snapshot, never a panic.
func FuzzLoad(f *testing.F) {
	f.Add("t.yaml", []byte(base))
	f.Add("links.csv", []byte("from,to,rttMs\na,b,1\n"))
	f.Add("t.json", []byte(`{"apiVersion":"bailiwick/v1","kind":"Topology"}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		top := new(Topology)
		if sectionOf(name) == "" && !isDocument(name) {
			return
		}
		if err := top.add(name, data, false); err != nil {
			return
		}
		s, err := Build(top)
		if err == nil {
			readAll(s)
		}
	})
}
