package image

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// entry returns the byte offset of a column's entry in the directory.
func entry(t *testing.T, m *Image, tab, col string) int {
	t.Helper()
	for i := range m.tables {
		tb := Table{m, i}
		if tb.Name() != tab {
			continue
		}
		for j, c := range tb.columns() {
			if m.String(c.name) == col {
				return int(le.Uint32(m.raw[offColumns:])) + (int(m.tables[i].first)+j)*columnEntrySize
			}
		}
	}
	t.Fatalf("no column %s.%s", tab, col)
	return 0
}

// TestForgeriesAreNamed changes one thing in a sound image, seals it again and
// expects the fault to be found and told.
func TestForgeriesAreNamed(t *testing.T) {
	sound := build(t, complete())
	m := open(t, sound)
	// at returns where a field of a column's entry points to.
	at := func(tab, col string, field int) int {
		return int(le.Uint32(sound[entry(t, m, tab, col)+field:]))
	}
	col := func(tab, col string, field int) int { return entry(t, m, tab, col) + field }
	starts, text := int(le.Uint32(sound[offStarts:])), int(le.Uint32(sound[offText:]))
	tables := int(le.Uint32(sound[offTables:]))
	u32 := func(v uint32) []byte { return le.AppendUint32(nil, v) }
	u64 := func(v uint64) []byte { return le.AppendUint64(nil, v) }

	for _, c := range []struct {
		name  string
		at    int
		bytes []byte
		want  string // the fault
	}{
		{"magic", 0, []byte("P"), "the file does not start as an image does"},
		{"size", offSize, u32(64), "the header says 64 bytes, the file has 3456"},
		{"kind empty", offKind, make([]byte, maxKind), `kind "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" is not one to 16 of a-z, 0-9 and hyphen, filled up with zeros`},
		{"kind filled with more", offKind + 15, []byte("x"), `kind "topology\x00\x00\x00\x00\x00\x00\x00x" is not one to 16 of a-z, 0-9 and hyphen, filled up with zeros`},
		{"reserved", offReserved, []byte{1}, "the reserved bytes of the header are not zero"},
		{"reserved to the end", offDigest - 1, []byte{1}, "the reserved bytes of the header are not zero"},
		{"tables too many", offTableCount, u32(MaxTables + 1), "1025 tables; the limit is 1024"},
		{"columns too many", offColumnCount, u32(MaxColumns + 1), "8193 columns; the limit is 8192"},
		{"columns fewer", offColumnCount, u32(19), "the columns of table 3 end at entry 20 of 19"},
		{"columns of no table", tables + 3*tableEntrySize + tabCount, u32(0), "20 columns, of which the tables have 19"},
		{"table entries elsewhere", offTables, u32(192), "the table entries start at byte 192; their place is 128"},
		{"dictionary too long", offStringCount, u32(1 << 30), "the string starts end at byte 4294968132; the file has 3456"},
		{"table name", tables, u32(NoID), "the name of table 0 is string 4294967295 of 26"},
		{"table order", tables + tableEntrySize, u32(0), "table 1 is not in the order of names"},
		{"table twice", tables + tableEntrySize, sound[tables : tables+4], "table 1 is not in the order of names"},
		{"table rows", tables + tabRows, u32(MaxRows + 1), "table 0 has 16777217 rows; the limit is 16777216"},
		{"table columns overlap", tables + tabFirst, u32(1), "the columns of table 0 start at entry 1, not 0"},
		{"column name", col("site", "id", colName), u32(99), "the name of column 7 is string 99 of 26"},
		{"column order", col("site", "id", colName), u32(0), "column 7 is not in the order of names"},
		{"column twice", col("site", "id", colName), sound[col("site", "carrier", colName):][:4], "column 7 is not in the order of names"},
		{"column type", col("site", "id", colType), []byte{0}, "column type 0 does not exist"},
		{"column type of tomorrow", col("site", "id", colType), []byte{12}, "column type 12 does not exist"},
		{"column reserved", col("site", "id", colReserved), []byte{1}, "the reserved bytes of a column are not zero"},
		{"column bytes", col("site", "id", colDataSize), u32(24), "a string column has 24 bytes; 20 are needed"},
		{"relation bytes", col("site", "links", colDataSize), u32(33), "a relation column has 33 bytes, not a multiple of 4"},
		{"relation without starts", col("site", "links", colStarts), u32(0), "a relation column has starts or lacks them"},
		{"starts of strings", col("site", "id", colStarts), u32(64), "a string column has starts or lacks them"},
		{"states of a matrix", col("site", "rtt", colKnown), u32(64), "a matrix column has states"},
		{"target where none is", col("site", "id", colTarget), u32(0), "a string column has a target"},
		{"target that is not", col("site", "parent", colTarget), u32(4), "a ref column refers to table 4 of 4"},
		{"target of another size", col("site", "rtt", colTarget), u32(3), "a matrix column has 100 bytes; 1340 are needed"},
		{"values over the header", col("site", "id", colData), u32(0), "the values start at byte 0; their place is 1536"},
		{"first start", starts, u32(1), "the first of the starts is 1"},
		{"starts descend", starts + 4, u32(1 << 20), "the starts go down at 2"},
		{"starts overrun", starts + 26*4, u32(1 << 20), "the starts end at 1048576 of 136"},
		{"strings not UTF-8", text, []byte{0xFF}, "the strings are not valid UTF-8"},
		{"strings not sorted", text, []byte("z"), "string 2 is not in order"},
		{"string twice", starts + 2*4, u32(0), "string 1 is not in order"},
		{"string that starts within a character", starts + 25*4, u32(le.Uint32(sound[starts+25*4:]) + 2), "string 25 starts within a character"},
		{"string id", at("site", "id", colData), u32(26), "string 26 does not exist; there are 26"},
		{"string id without value", at("site", "carrier", colData) + 8, u32(0), "a row without a value has string 0"},
		{"ref", at("site", "parent", colData), u32(5), "row 5 does not exist; there are 5"},
		{"ref without value", at("site", "parent", colData) + 8, u32(0), "a row without a value has row 0"},
		{"ref of nothing in a value", at("site", "parent", colData), u32(NoID), "row 4294967295 does not exist; there are 5"},
		{"uint8 without value", at("site", "kind", colData) + 4, []byte{1}, "a row without a value is not zero"},
		{"int32 without value", at("site", "weight", colData) + 8, u32(1), "a row without a value is not zero"},
		{"int64 without value", at("site", "launched", colData) + 16, u64(1), "a row without a value is not zero"},
		{"float64 without value", at("site", "lat", colData) + 16, u64(1 << 63), "a row without a value is not zero"},
		{"NaN with a payload", at("site", "lon", colData), u64(canonicalNaN + 1), "a NaN is not the canonical one"},
		{"negative NaN", at("site", "lon", colData), u64(canonicalNaN | 1<<63), "a NaN is not the canonical one"},
		{"bool without value", at("site", "optIn", colData), []byte{0x04}, "a row without a value is true"},
		{"bool past the end", at("site", "optIn", colData), []byte{0x21}, "a row without a value is true"},
		{"known past the end", at("site", "optIn", colKnown), []byte{0x37}, "a known bit is set past the last row"},
		{"present past the end", at("site", "optIn", colPresent), []byte{0x2B}, "a present bit is set past the last row"},
		{"neither known nor present", at("site", "optIn", colPresent), []byte{0x03}, "a row that is not known is not present"},
		{"relation target", at("site", "links", colData), u32(5), "row 5 does not exist; there are 5"},
		{"relation order", at("site", "links", colData), u32(4), "the rows do not ascend"},
		{"relation starts", at("site", "links", colStarts) + 4, u32(100), "the starts go down at 2"},
		{"list id", at("site", "aliases", colData), u32(26), "string 26 does not exist; there are 26"},
		{"list of nothing", at("site", "aliases", colData), u32(NoID), "string 4294967295 does not exist; there are 26"},
		{"list starts", at("site", "aliases", colStarts) + 20, u32(4), "the starts end at 4 of 5"},
		{"bits past the end", at("site", "reach", colData) + 8, u64(8), "a bit is set past the last row of the target"},
		{"bits past the end of the last row", at("site", "reach", colData) + 4*16 + 8, u64(8), "a bit is set past the last row of the target"},
		{"padding of a section", at("site", "id", colData) + 20, []byte{1}, "the padding between sections is not zero"},
		{"padding at the end", len(sound) - 1, []byte{1}, "the padding between sections is not zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := slices.Clone(sound)
			copy(bad[c.at:], c.bytes)
			seal(bad)
			_, err := openBytes(bad)
			var f *FormatError
			if !errors.As(err, &f) {
				t.Fatalf("got %v", err)
			}
			if f.What != c.want {
				t.Errorf("got  %s\nwant %s", f.What, c.want)
			}
			if !strings.HasSuffix(err.Error(), "; build it again from its source, or fetch it again") {
				t.Errorf("does not say what to do: %v", err)
			}
		})
	}
}
