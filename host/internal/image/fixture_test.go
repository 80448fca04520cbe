package image

import (
	"math"
	"testing"
)

// set returns the bit set over n rows that holds these.
func set(n int, rows ...int) Bits {
	b := NewBits(n)
	for _, r := range rows {
		b.Set(r)
	}
	return b
}

// complete builds a small image with every type, every state, every empty case
// and more rows than one word of a bit set has.
func complete() *Builder {
	b := NewBuilder("topology")
	some := States{Known: set(5, 0, 1, 2, 4), Present: set(5, 0, 1, 3)} // row 2 absent, 3 unknown, 4 absent

	site := b.Table("site", 5)
	site.Strings("id", []string{"eu-central-1", "euc1-az1", "plant-7", "", "us-east-1"}, States{})
	site.Strings("carrier", []string{"Vodafone", "", "not kept", "not kept", "not kept"}, some)
	site.Uint8s("kind", []uint8{1, 2, 255, 9, 9}, some)
	site.Int32s("weight", []int32{-1, math.MaxInt32, 7, 7, 7}, some)
	site.Int64s("launched", []int64{math.MinInt64, math.MaxInt64, 7, 7, 7}, some)
	site.Float64s("lat", []float64{50.11, math.NaN(), 1, 1, 1}, some)
	site.Float64s("lon", []float64{8.68, math.Inf(-1), math.Copysign(0, -1), 0, 1e-300}, States{})
	site.Bools("optIn", []bool{true, false, true, true, true}, some)
	site.Refs("parent", "site", []uint32{4, 0, 77, 77, 77}, some)
	site.Refs("zone", "zone", []uint32{66, 0, 1, 2, 3}, States{Known: set(5, 0)})
	site.Relation("links", "site", [][]uint32{{4, 1, 4}, nil, {2}, {}, {0, 1, 2, 3, 4}})
	site.Lists("aliases", [][]string{{"zürich", "a", "a"}, nil, {""}, {}, {"eu-central-1"}})
	site.Bits("reach", "zone", []Bits{set(67, 0, 63, 64, 66), nil, set(3, 2), set(67), FullBits(67)})
	site.Matrix("rtt", "site", []int32{
		0, 1, 2, 3, 4,
		1, 0, -2, 3, 4,
		1, 2, 0, 3, 4,
		1, 2, 3, 0, math.MinInt32,
		1, 2, 3, 4, 0,
	})

	zone := b.Table("zone", 67)
	open := make([]bool, 67)
	for i := range open {
		open[i] = i%3 == 0
	}
	zone.Bools("open", open, States{Present: set(67, 0, 3, 65, 66)})

	none := b.Table("none", 0)
	none.Strings("id", nil, States{Known: Bits{}, Present: Bits{}})
	none.Relation("links", "site", nil)
	none.Bits("reach", "zone", nil)
	none.Matrix("rtt", "site", nil)
	b.Table("bare", 3).Bits("reach", "none", make([]Bits, 3))
	return b
}

// build returns the bytes of b.
func build(t testing.TB, b *Builder) []byte {
	t.Helper()
	data, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// open opens data with both checks.
func open(t testing.TB, data []byte) *Image {
	t.Helper()
	m, err := FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(); err != nil {
		t.Fatal(err)
	}
	return m
}

// openBytes is Open of bytes: all that stands between a caller and the cells.
func openBytes(data []byte) (*Image, error) {
	m, err := FromBytes(data)
	if err != nil {
		return nil, err
	}
	return m, m.Verify()
}

// table returns a table that must be there.
func table(t testing.TB, m *Image, name string) Table {
	t.Helper()
	tab, err := m.Table(name)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// must returns what a column getter gave.
func must[C any](t testing.TB) func(C, error) C {
	return func(c C, err error) C {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}
