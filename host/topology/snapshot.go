package topology

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sort"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// State is what is known of a fact.
type State = image.State

// A fact is unknown, known to be absent, or has a value.
const (
	Unknown = image.Unknown
	Absent  = image.Absent
	Known   = image.Value
)

// Row numbers of the snapshot's tables. Rows are sorted by id, so comparing rows compares ids.
type (
	// SiteRow is a row of the table of sites.
	SiteRow uint32
	// JurisdictionRow is a row of the table of jurisdictions.
	JurisdictionRow uint32
	// ServiceRow is a row of the table of services.
	ServiceRow uint32
	// PopulationRow is a row of the table of populations.
	PopulationRow uint32
)

// ErrSchema is what opening an image reports that holds no topology, or one of another version.
var ErrSchema = errors.New("topology: not a snapshot this version reads")

// Snapshot is a compiled topology, immutable and safe for any number of readers.
type Snapshot struct {
	img    *image.Image
	name   string
	asOf   string
	t      tables
	digest string
	net    network
	fares  tariff

	since    []string    // when each edition comes into force; "" for the first
	editions []*Snapshot // none: the same on every day
}

// Open maps a snapshot file, verifies every byte of it and returns it ready to read.
func Open(path string) (*Snapshot, error) {
	img, err := image.Open(path)
	if err != nil {
		return nil, err
	}
	return newSnapshot(img)
}

// FromBytes reads a snapshot from an image in memory, verifying every byte. The bytes must not change
// afterwards.
func FromBytes(b []byte) (*Snapshot, error) {
	img, err := image.FromBytes(b)
	if err != nil {
		return nil, err
	}
	if err := img.Verify(); err != nil {
		return nil, err
	}
	return newSnapshot(img)
}

// Build compiles a topology and opens the result.
func Build(t *Topology) (*Snapshot, error) {
	b, err := Compile(t)
	if err != nil {
		return nil, err
	}
	return FromBytes(b)
}

// newSnapshot opens an image with its editions.
func newSnapshot(img *image.Image) (*Snapshot, error) {
	s, err := plainSnapshot(img)
	if err != nil {
		return nil, err
	}
	if err := s.openEditions(); err != nil {
		return nil, err
	}
	return s, nil
}

// plainSnapshot opens the tables of an image, and no editions.
func plainSnapshot(img *image.Image) (*Snapshot, error) {
	if img.Kind() != imageKind {
		return nil, fmt.Errorf("%w: the image holds a %s", ErrSchema, img.Kind())
	}
	sum := img.Digest()
	s := &Snapshot{img: img, digest: "sha256:" + hex.EncodeToString(sum[:])}
	if err := s.t.open(img); err != nil {
		return nil, err
	}
	s.name, s.asOf = s.t.metaName.At(0), s.t.metaAsOf.At(0)
	return s, nil
}

// Digest returns the snapshot's name: "sha256:" and the digest of its image in hexadecimal.
func (s *Snapshot) Digest() string { return s.digest }

// Name returns the topology's name.
func (s *Snapshot) Name() string { return s.name }

// AsOf returns the day the facts were last gathered, YYYY-MM-DD.
func (s *Snapshot) AsOf() string { return s.asOf }

// Bytes returns the image itself. It must not be changed.
func (s *Snapshot) Bytes() []byte { return s.img.Bytes() }

// Text returns a string of the image by its id, "" if it has none of that id. It serves guests, who name strings so.
func (s *Snapshot) Text(id uint32) string {
	if id >= uint32(s.img.Strings()) {
		return ""
	}
	return s.img.String(id)
}

// Close gives up the image's mapping. Nothing may read the snapshot or its editions afterwards.
func (s *Snapshot) Close() error {
	for _, e := range s.editions {
		_ = e.img.Close() // it has no mapping of its own to fail to give up
	}
	return s.img.Close()
}

// find returns the row whose id is name, by binary search over a column sorted by id.
func find(ids image.StringColumn, n int, name string) (int, bool) {
	i := sort.Search(n, func(i int) bool { return ids.At(i) >= name })
	return i, i < n && ids.At(i) == name
}

// IsSnapshot reports whether a file that begins with head is a compiled snapshot.
func IsSnapshot(head []byte) bool { return image.Is(head) }

// IsSnapshotFile reports whether a file begins like a compiled snapshot. One that cannot be read does not.
func IsSnapshotFile(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 16)
	n, _ := f.Read(head)
	return IsSnapshot(head[:n])
}

// WriteFile writes a compiled image to a file: all of it or nothing, also when the process is killed.
func WriteFile(path string, b []byte) error { return image.WriteFile(path, b) }
