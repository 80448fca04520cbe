package guest_test

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// fails checks an error to the letter.
func fails(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant %s", err, want)
	}
}

// TestFind finds every string, and none that is not there.
func TestFind(t *testing.T) {
	m, _ := read(t, golden+"/complete.image")
	for i := range m.Strings() {
		if id, ok := m.Find(m.String(guest.ID(i))); !ok || id != guest.ID(i) {
			t.Errorf("%q is %d %v, want %d", m.String(guest.ID(i)), id, ok, i)
		}
	}
	for _, s := range []string{"\x00", "Vodafon", "Vodafonf", "a ", "zzz", "\xff"} {
		if id, ok := m.Find(s); ok || id != guest.NoID {
			t.Errorf("%q is %d %v", s, id, ok)
		}
	}
	if m.String(guest.NoID) != "" {
		t.Error("no string is a string")
	}
}

// TestMissing looks for what is not there, or is something else.
func TestMissing(t *testing.T) {
	m, _ := read(t, golden+"/complete.image")
	_, err := m.Table("sites")
	fails(t, err, "the topology has no table sites")
	_, err = m.Table("lat") // a string of the image
	fails(t, err, "the topology has no table lat")
	site := guest.Must(m.Table("site"))
	_, err = site.Strings("open") // of another table
	fails(t, err, "table site of the topology has no column open")
	_, err = site.Int32s("lat")
	fails(t, err, "column lat of table site of the topology is of type float64, not int32")
	_, err = site.Matrix("links")
	fails(t, err, "column links of table site of the topology is of type relation, not matrix")
	if !m.HasTable("site") || m.HasTable("sites") || !site.HasColumn("lat") || site.HasColumn("open") {
		t.Error("something is there that is not, or the other way round")
	}
	for _, open := range []func() error{
		func() error { _, err := site.Strings("lat"); return err },
		func() error { _, err := site.Uint8s("lat"); return err },
		func() error { _, err := site.Int64s("lat"); return err },
		func() error { _, err := site.Float64s("id"); return err },
		func() error { _, err := site.Bools("lat"); return err },
		func() error { _, err := site.Refs("lat"); return err },
		func() error { _, err := site.Relation("lat"); return err },
		func() error { _, err := site.Lists("lat"); return err },
		func() error { _, err := site.Bits("lat"); return err },
	} {
		if open() == nil {
			t.Error("a column is opened as what it is not")
		}
	}
}

// TestNoImage opens what is none.
func TestNoImage(t *testing.T) {
	good, err := os.ReadFile(golden + "/empty.image")
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, v uint16) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint16(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name  string
		image []byte
		want  string
	}{
		{"nothing", nil, "not an image: it does not begin as images do"},
		{"short", good[:127], "not an image: it does not begin as images do"},
		{"magic", change(0, 0), "not an image: it does not begin as images do"},
		{"version", change(8, 2), "an image of version 2; this reads version 1"},
		{"size", change(12, 64), "an image of 64 bytes in 192"},
		{"place", append([]byte{0}, good...)[1:], "an image has to lie at a multiple of 8 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := guest.NewImage(c.image)
			fails(t, err, c.want)
		})
	}
}

// TestBuilder builds the golden image of the specification's example, and gets its bytes.
func TestBuilder(t *testing.T) {
	m := guesttest.NewImage("topology")
	site := m.Table("site", 3)
	site.Strings("id", []string{"eu-central-1", "plant-7", "euc1-wl1"})
	site.Strings("carrier", []string{"not kept", "nor this", "Vodafone"}, guest.Absent, guest.Unknown, guest.Value)
	site.Relation("links", "site", [][]uint32{{2, 1, 2}, {0}, nil})
	want, err := os.ReadFile(golden + "/worked.image")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.Bytes(), want) {
		t.Errorf("%d bytes\n%q\nwant\n%q", len(m.Bytes()), m.Bytes(), want)
	}
}

// TestFindSorted finds rows by an ascending column.
func TestFindSorted(t *testing.T) {
	m := guesttest.NewImage("topology")
	m.Table("sites", 3).Strings("id", []string{"a", "c", "e"})
	image := guest.Must(guest.NewImage(m.Bytes()))
	ids := guest.Must(guest.Must(image.Table("sites")).Strings("id"))
	for i, id := range []string{"a", "c", "e"} {
		if row, ok := ids.FindSorted(id); !ok || row != i {
			t.Errorf("%s is in row %d %v", id, row, ok)
		}
	}
	for _, id := range []string{"b", "id", ""} {
		if row, ok := ids.FindSorted(id); ok {
			t.Errorf("%s is in row %d", id, row)
		}
	}
}

// TestReadingAllocatesNothing reads cells, strings included.
func TestReadingAllocatesNothing(t *testing.T) {
	m, _ := read(t, golden+"/complete.image")
	n := testing.AllocsPerRun(20, func() {
		site := guest.Must(m.Table("site"))
		carrier, links := guest.Must(site.Strings("carrier")), guest.Must(site.Relation("links"))
		reach := guest.Must(site.Bits("reach"))
		sum := 0
		for row := range site.Rows() {
			sum += len(carrier.At(row)) + len(links.At(row))
			for i := range reach.At(row).Rows() {
				sum += i
			}
		}
		if sum == 0 {
			t.Error("nothing was read")
		}
	})
	if n != 0 {
		t.Errorf("reading allocates %v times", n)
	}
}
