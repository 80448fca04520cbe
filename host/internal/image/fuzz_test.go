package image

import (
	"bytes"
	"slices"
	"testing"
)

// FuzzOpen opens whatever the fuzzer makes, once as it is and once with its
// length and digest put right, so that fuzzing gets to what lies behind them.
func FuzzOpen(f *testing.F) {
	full := build(f, complete())
	f.Add(full)
	f.Add(full[:headerSize])
	f.Add(full[:len(full)-sectionAlign])
	f.Add(build(f, NewBuilder("request")))
	f.Add(build(f, worked()))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		tryOpen(t, data)
		if len(data) >= headerSize {
			forged := slices.Clone(data)
			le.PutUint32(forged[offSize:], uint32(len(forged)))
			seal(forged)
			tryOpen(t, forged)
		}
	})
}

// FuzzForge patches a sound image, two bytes of offset and one of value at a
// time, and seals it again: every input gets past the digest, and most past the
// directory.
func FuzzForge(f *testing.F) {
	full := build(f, complete())
	m, err := FromBytes(full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	for _, c := range m.columns {
		at := le.AppendUint16(nil, uint16(c.data.off))
		f.Add(append(at, 0xFF))
		if c.starts.off != 0 {
			f.Add(append(le.AppendUint16(nil, uint16(c.starts.off)), 0xFF))
		}
	}
	f.Fuzz(func(t *testing.T, patches []byte) {
		forged := slices.Clone(full)
		for ; len(patches) >= 3; patches = patches[3:] {
			forged[int(le.Uint16(patches))%len(forged)] = patches[2]
		}
		seal(forged)
		tryOpen(t, forged)
	})
}

// tryOpen reads all of data that can be read, and checks what Verify promises.
func tryOpen(t *testing.T, data []byte) {
	before := bytes.Clone(data)
	m, err := FromBytes(data)
	if err != nil {
		if !isDamage(err) {
			t.Fatalf("FromBytes: %v", err)
		}
		return
	}
	readAll(m)
	if err := m.Verify(); err == nil {
		checkPromises(t, m)
	} else if !isDamage(err) {
		t.Fatalf("Verify: %v", err)
	}
	if !bytes.Equal(before, data) {
		t.Fatal("reading changed the bytes")
	}
}

// checkPromises checks on the cells what Verify says of them.
func checkPromises(t *testing.T, m *Image) {
	for id := range uint32(m.Strings()) {
		if got, ok := m.LookupString(m.String(id)); !ok || got != id {
			t.Fatalf("string %d is found as %d, %v", id, got, ok)
		}
	}
	for tab := range m.Tables() {
		if _, err := m.Table(tab.Name()); err != nil {
			t.Fatal(err)
		}
		for c := range tab.Columns() {
			target, _ := m.Table(c.Target)
			for r := range min(tab.Rows(), rowsToRead) {
				checkRow(t, tab, c, target.Rows(), r)
			}
		}
	}
}

// checkRow checks that what row r refers to exists.
func checkRow(t *testing.T, tab Table, c ColumnInfo, targetRows, r int) {
	switch c.Type {
	case TypeString:
		col := must[StringColumn](t)(tab.Strings(c.Name))
		if (col.State(r) == Value) != (col.ID(r) != NoID) {
			t.Fatalf("%s row %d: %s with id %d", c.Name, r, col.State(r), col.ID(r))
		}
	case TypeRef:
		col := must[RefColumn](t)(tab.Refs(c.Name))
		if v := col.At(r); (col.State(r) == Value) != (int64(v) < int64(targetRows)) {
			t.Fatalf("%s row %d: %s with row %d of %d", c.Name, r, col.State(r), v, targetRows)
		}
	case TypeRelation:
		v := must[Relation](t)(tab.Relation(c.Name)).At(r)
		if !slices.IsSorted(v) || len(v) > 0 && int64(v[len(v)-1]) >= int64(targetRows) {
			t.Fatalf("%s row %d: %v of %d", c.Name, r, v, targetRows)
		}
	case TypeBits:
		for i := range must[BitsColumn](t)(tab.Bits(c.Name)).At(r).Rows() {
			if i >= targetRows {
				t.Fatalf("%s row %d: bit %d of %d", c.Name, r, i, targetRows)
			}
		}
	}
}
