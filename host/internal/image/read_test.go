package image

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestReadsWhatWasWritten(t *testing.T) {
	m := open(t, build(t, complete()))
	if m.Kind() != "topology" || m.Size() != len(m.Bytes()) || m.Size()%sectionAlign != 0 {
		t.Errorf("kind %q, size %d of %d", m.Kind(), m.Size(), len(m.Bytes()))
	}
	site := table(t, m, "site")
	carrier := must[StringColumn](t)(site.Strings("carrier"))
	states := []State{Value, Value, Absent, Unknown, Absent}
	for r, want := range states {
		if got := carrier.State(r); got != want {
			t.Errorf("carrier %d: %s, want %s", r, got, want)
		}
	}
	if carrier.At(0) != "Vodafone" || carrier.At(1) != "" || carrier.At(2) != "" || carrier.ID(2) != NoID {
		t.Error("carrier:", carrier.At(0), carrier.At(1), carrier.At(2), carrier.ID(2))
	}
	if _, ok := m.LookupString("not kept"); ok {
		t.Error("the string of a cell without a value is kept")
	}
	if ids := carrier.IDs(); len(ids) != 5 || ids[3] != NoID || m.String(ids[0]) != "Vodafone" {
		t.Error("carrier ids:", ids)
	}
	lat := must[Float64Column](t)(site.Float64s("lat"))
	if lat.At(0) != 50.11 || !math.IsNaN(lat.At(1)) || lat.At(2) != 0 || len(lat.Values()) != 5 || lat.Rows() != 5 {
		t.Error("lat:", lat.Values())
	}
	lon := must[Float64Column](t)(site.Float64s("lon"))
	if !math.IsInf(lon.At(1), -1) || !math.Signbit(lon.At(2)) {
		t.Error("lon:", lon.Values())
	}
	parent := must[RefColumn](t)(site.Refs("parent"))
	if want := []uint32{4, 0, NoID, NoID, NoID}; !slices.Equal(parent.Values(), want) || parent.At(1) != 0 {
		t.Error("parent:", parent.Values())
	}
	links := must[Relation](t)(site.Relation("links"))
	if !slices.Equal(links.At(0), []uint32{1, 4}) || len(links.At(1)) != 0 || links.Rows() != 5 {
		t.Error("links:", links.At(0), links.At(1))
	}
	aliases := must[Lists](t)(site.Lists("aliases"))
	if aliases.Len(0) != 3 || aliases.At(0, 0) != "zürich" || aliases.At(0, 3) != "" || len(aliases.IDs(2)) != 1 {
		t.Error("aliases:", aliases.Len(0), aliases.At(0, 0))
	}
	reach := must[BitsColumn](t)(site.Bits("reach"))
	if got := slices.Collect(reach.At(0).Rows()); !slices.Equal(got, []int{0, 63, 64, 66}) || reach.At(4).Count() != 67 || reach.Rows() != 5 {
		t.Error("reach:", got)
	}
	rtt := must[Matrix](t)(site.Matrix("rtt"))
	if !slices.Equal(rtt.Row(3), []int32{1, 2, 3, 0, math.MinInt32}) || rtt.Rows() != 5 || rtt.Columns() != 5 {
		t.Error("rtt:", rtt.Row(3))
	}
	optIn := must[BoolColumn](t)(site.Bools("optIn"))
	if !optIn.At(0) || optIn.At(1) || optIn.At(2) || optIn.Values().Count() != 1 {
		t.Error("optIn:", optIn.Values())
	}
	launched := must[Int64Column](t)(site.Int64s("launched"))
	if launched.At(0) != math.MinInt64 || launched.At(-1) != 0 || launched.At(5) != 0 || launched.State(5) != Unknown {
		t.Error("launched:", launched.Values())
	}
	if s := launched.States(); s.At(3) != Unknown || s.Present.Get(2) || !s.Present.Get(3) {
		t.Error("launched states:", s)
	}
}

func TestStringsAreRanked(t *testing.T) {
	m := open(t, build(t, complete()))
	for id := range uint32(m.Strings()) {
		if id > 0 && m.String(id-1) >= m.String(id) {
			t.Errorf("%q is not before %q", m.String(id-1), m.String(id))
		}
		if got, ok := m.LookupString(m.String(id)); !ok || got != id {
			t.Errorf("%q: id %d, want %d", m.String(id), got, id)
		}
	}
	for _, s := range []string{"nowhere", "zz", " ", "a\x00"} {
		if id, ok := m.LookupString(s); ok || id != 0 {
			t.Errorf("%q is found as %d", s, id)
		}
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	m := open(t, build(t, complete()))
	site := table(t, m, "site")
	for want, get := range map[string]func() error{
		`image: unexpected contents: no table "sites"`:                                   func() error { _, err := m.Table("sites"); return err },
		`image: unexpected contents: no table "id"`:                                      func() error { _, err := m.Table("id"); return err },
		`image: unexpected contents: table "site" has no column "nope"`:                  func() error { _, err := site.Strings("nope"); return err },
		`image: unexpected contents: table "site" has no column "open"`:                  func() error { _, err := site.Bools("open"); return err },
		`image: unexpected contents: column "lat" of table "site" is float64, not int32`: func() error { _, err := site.Int32s("lat"); return err },
		`image: unexpected contents: column "lat" of no table`:                           func() error { _, err := Table{}.Matrix("lat"); return err },
	} {
		want += "; build the image again with this program"
		if err := get(); err == nil || err.Error() != want || !errors.Is(err, ErrSchema) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	for _, get := range []func() error{
		func() error { _, err := site.Uint8s("lat"); return err },
		func() error { _, err := site.Int64s("lat"); return err },
		func() error { _, err := site.Float64s("id"); return err },
		func() error { _, err := site.Refs("lat"); return err },
		func() error { _, err := site.Relation("lat"); return err },
		func() error { _, err := site.Lists("lat"); return err },
		func() error { _, err := site.Bits("lat"); return err },
		func() error { _, err := site.Matrix("lat"); return err },
	} {
		if err := get(); !errors.Is(err, ErrSchema) {
			t.Error(err)
		}
	}
	if none := (Table{}); none.Rows() != 0 || none.Name() != "" {
		t.Error("the zero Table has rows or a name")
	}
}

func TestVersions(t *testing.T) {
	data := build(t, complete())
	le.PutUint16(data[offMajor:], 2)
	le.PutUint16(data[offMinor:], 7)
	seal(data)
	want := "image: unsupported image format version 2.7; this program reads 1.x: use one that matches, or build the image again with this one"
	if _, err := FromBytes(data); !errors.Is(err, ErrVersion) || errors.Is(err, ErrCorrupt) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}

	// A later minor version may use reserved bytes, new types and more sections.
	later := build(t, complete())
	m := open(t, later)
	le.PutUint16(later[offMinor:], minorVersion+1)
	later[offReserved] = 1
	later[entry(t, m, "site", "weight")+colType] = 200
	later = append(later, make([]byte, sectionAlign)...)
	le.PutUint32(later[offSize:], uint32(len(later)))
	seal(later)
	m = open(t, later)
	if _, err := table(t, m, "site").Int32s("weight"); !errors.Is(err, ErrSchema) {
		t.Error(err)
	}
	if got := must[StringColumn](t)(table(t, m, "site").Strings("id")).At(4); got != "us-east-1" {
		t.Errorf("id: %q", got)
	}
	readAll(m)
}

// A machine that keeps numbers the other way round reads a copy. Here every
// number read that way shows with its bytes reversed.
func TestBigEndian(t *testing.T) {
	data := aligned(build(t, complete()))
	m, err := parse(data, true)
	if err != nil {
		t.Fatal(err)
	}
	back := &Image{raw: m.native, columns: m.columns, dict: dictionary{starts: m.dict.starts}}
	if !slices.Equal(back.swapped(), data) {
		t.Error("swapping twice does not give the image back")
	}
	reversed := func(what string, e extent, width int) {
		for at := e.off; at < e.end; at += width {
			number := slices.Clone(m.native[at : at+width])
			slices.Reverse(number)
			if !slices.Equal(number, data[at:at+width]) {
				t.Errorf("%s: at byte %d % x, want the reverse of % x", what, at, m.native[at:at+width], data[at:at+width])
			}
		}
	}
	widths := map[Type]int{
		TypeString: 4, TypeUint8: 1, TypeInt32: 4, TypeInt64: 8, TypeFloat64: 8, TypeBool: 8,
		TypeRef: 4, TypeRelation: 4, TypeList: 4, TypeBits: 8, TypeMatrix: 4,
	}
	reversed("string starts", m.dict.starts, 4)
	reversed("strings", m.dict.text, 1)
	for _, c := range m.columns {
		reversed(c.typ.String(), c.data, widths[c.typ])
		reversed("starts", c.starts, 4)
		reversed("known", c.known, 8)
		reversed("present", c.present, 8)
	}
}

func TestMisalignedBytesAreCopied(t *testing.T) {
	data := build(t, complete())
	for shift := range 9 {
		room := alignedBytes(len(data) + 16)
		copy(room[shift:], data)
		m := open(t, room[shift:shift+len(data)])
		if copied := &m.Bytes()[0] != &room[shift]; copied != (shift%wordAlign != 0) {
			t.Errorf("shifted by %d: copied is %v", shift, copied)
		}
		if got := must[Int64Column](t)(table(t, m, "site").Int64s("launched")).At(1); got != math.MaxInt64 {
			t.Errorf("shifted by %d: %d", shift, got)
		}
	}
}
