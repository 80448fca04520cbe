package image

import (
	"errors"
	"testing"
)

func TestBuilderSaysWhatIsWrong(t *testing.T) {
	none := States{}
	for _, c := range []struct {
		name  string
		build func(b *Builder)
		want  string
	}{
		{"table twice", func(b *Builder) { b.Table("t", 1); b.Table("t", 1) }, `image: table "t" is added twice`},
		{"negative rows", func(b *Builder) { b.Table("t", -1) }, `image: table "t": -1 rows`},
		{"too many rows", func(b *Builder) { b.Table("t", MaxRows+1) }, `image: table "t": too large for an image: 16777217 rows; the limit is 16777216`},
		{"no table name", func(b *Builder) { b.Table("", 1) }, `image: table "": its name is empty`},
		{"table name not UTF-8", func(b *Builder) { b.Table("\xff", 1) }, `image: table "\xff": its name is not valid UTF-8`},
		{"column twice", func(b *Builder) {
			t := b.Table("t", 0)
			t.Uint8s("c", nil, none)
			t.Bools("c", nil, none)
		}, `image: table "t": column "c" is added twice`},
		{"no column name", func(b *Builder) { b.Table("t", 0).Uint8s("", nil, none) }, `image: table "t": column "": its name is empty`},
		{"too few values", func(b *Builder) { b.Table("t", 2).Int32s("c", []int32{1}, none) }, `image: table "t": column "c": has 1 values; 2 are needed`},
		{"too few cells of a matrix", func(b *Builder) { b.Table("t", 2).Matrix("c", "t", make([]int32, 3)) }, `image: table "t": column "c": has 3 values; 4 are needed`},
		{"known of another length", func(b *Builder) { b.Table("t", 1).Bools("c", []bool{true}, States{Known: NewBits(65)}) }, `image: table "t": column "c": its known bit set has 2 words; 1 rows need 1`},
		{"present of another length", func(b *Builder) { b.Table("t", 1).Bools("c", []bool{true}, States{Present: Bits{}}) }, `image: table "t": column "c": its present bit set has 0 words; 1 rows need 1`},
		{"no such target", func(b *Builder) { b.Table("t", 0).Refs("c", "u", nil, none) }, `image: table "t": column "c": its target table "u" is not in the image`},
		{"ref past the end", func(b *Builder) { b.Table("t", 2).Refs("c", "t", []uint32{0, 2}, none) }, `image: table "t": column "c": row 1: refers to row 2 of "t", which has 2 rows`},
		{"relation past the end", func(b *Builder) { b.Table("t", 1).Relation("c", "t", [][]uint32{{0, 9}}) }, `image: table "t": column "c": row 0: refers to row 9 of "t", which has 1 rows`},
		{"bits past the end", func(b *Builder) { b.Table("t", 1).Bits("c", "t", []Bits{set(64, 63)}) }, `image: table "t": column "c": row 0: refers to row 63 of "t", which has 1 rows`},
		{"bits words past the end", func(b *Builder) { b.Table("t", 1).Bits("c", "t", []Bits{set(128, 64)}) }, `image: table "t": column "c": row 0: refers to row 64 of "t", which has 1 rows`},
		{"string not UTF-8", func(b *Builder) { b.Table("t", 1).Strings("c", []string{"\xc3"}, none) }, `image: table "t": column "c": row 0: "\xc3" is not valid UTF-8`},
		{"list not UTF-8", func(b *Builder) { b.Table("t", 1).Lists("c", [][]string{{"a", "\xc3"}}) }, `image: table "t": column "c": row 0: "\xc3" is not valid UTF-8`},
		{"first in order of names", func(b *Builder) {
			b.Table("z", 1).Uint8s("c", nil, none)
			b.Table("a", 1).Uint8s("z", nil, none)
		}, `image: table "a": column "z": has 0 values; 1 are needed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBuilder("topology")
			c.build(b)
			if _, err := b.Bytes(); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestBuilderRefusesKinds(t *testing.T) {
	for _, kind := range []string{"", "Topology", "a b", "seventeen-letters", "é"} {
		if _, err := NewBuilder(kind).Bytes(); err == nil {
			t.Errorf("kind %q: no error", kind)
		}
	}
}

func TestBuilderKeepsToTheLimits(t *testing.T) {
	tables := NewBuilder("topology")
	for i := range MaxTables + 1 {
		tables.Table(string(rune('a'+i)), 0)
	}
	columns := NewBuilder("topology")
	for i := range MaxColumns + 1 {
		columns.Table("t", 0)
		columns.tables = columns.tables[:1]
		columns.tables[0].Uint8s(string(rune(0x4E00+i)), nil, States{})
	}
	// Bit sets that would be written out take no room before.
	wide := NewBuilder("topology")
	wide.Table("wide", MaxRows)
	wide.Table("t", 2000).Bits("c", "wide", make([]Bits, 2000))
	for want, b := range map[string]*Builder{
		"image: too large for an image: 1025 tables; the limit is 1024":                                   tables,
		"image: too large for an image: 8193 columns; the limit is 8192":                                  columns,
		`image: table "t": column "c": too large for an image: 4194304000 bytes; the limit is 2147483584`: wide,
	} {
		_, err := b.Bytes()
		if err == nil || err.Error() != want || !errors.Is(err, ErrTooLarge) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
