package sdk_test

import (
	"math/rand/v2"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

// catalogue is the snapshot of the embedded catalogue.
func catalogue(t testing.TB) *topology.Snapshot {
	t.Helper()
	top, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNetwork compares what guests are told with what the host tells: the same wherever guests are told anything, and
// that they are between all regions and availability zones.
func TestNetwork(t *testing.T) {
	s := catalogue(t)
	image, err := guest.NewImage(s.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	net, err := guest.OpenNetwork(image)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	told := map[guest.Basis]int{}
	for range 200_000 {
		from, to := topology.SiteRow(random.IntN(s.Sites())), topology.SiteRow(random.IntN(s.Sites()))
		micros, basis := net.RTT(int(from), int(to))
		wantMicros, wantBasis := s.RTT(from, to)
		told[basis]++
		grounded := func(r topology.SiteRow) bool { return s.Kind(r) <= topology.AvailabilityZone }
		if basis == guest.NoBasis && !(grounded(from) && grounded(to) && wantBasis != topology.UnknownBasis) {
			continue
		}
		if micros != wantMicros || uint8(basis) != uint8(wantBasis) {
			t.Fatalf("%s to %s: %d µs, %d; want %d, %s", s.SiteID(from), s.SiteID(to), micros, basis, wantMicros, wantBasis)
		}
	}
	for basis := range guest.Measured + 1 {
		if told[basis] < 100 {
			t.Errorf("%d pairs of basis %d", told[basis], basis)
		}
	}
}
