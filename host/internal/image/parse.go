package image

import (
	"bytes"
	"fmt"
)

// parser checks the header, the directory and the place of every section.
// Sections may lie in one place only (see cursor), so that none can overlap
// another or leave the file.
type parser struct {
	raw []byte
	m   *Image
	cur cursor

	tablesAt, columnsAt int
	stringCount         uint32
}

// parse opens raw, which starts at a multiple of wordAlign, on a machine that
// keeps numbers big end first or not.
func parse(raw []byte, bigEndian bool) (*Image, error) {
	p := &parser{raw: raw, m: &Image{raw: raw, native: raw}}
	for _, step := range []func() error{p.header, p.directories, p.strings, p.tables, p.columns, p.end} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if bigEndian {
		p.m.native = p.m.swapped()
	}
	return p.m, nil
}

// u32 reads the number at off.
func (p *parser) u32(off int) uint32 { return le.Uint32(p.raw[off:]) }

// current reports whether the image has no later minor version than this
// package knows, so that what is not used yet must be zero.
func (p *parser) current() bool { return p.m.minor <= minorVersion }

func (p *parser) header() error {
	raw := p.raw
	if len(raw) < headerSize {
		return corrupt(len(raw), "the file ends within the %d-byte header", headerSize)
	}
	if string(raw[:len(magic)]) != magic {
		return corrupt(0, "the file does not start as an image does")
	}
	major := le.Uint16(raw[offMajor:])
	p.m.minor = le.Uint16(raw[offMinor:])
	if major != majorVersion {
		return fmt.Errorf("%w %d.%d; this program reads %d.x: use one that matches, or build the image again with this one",
			ErrVersion, major, p.m.minor, majorVersion)
	}
	if size := p.u32(offSize); uint64(size) != uint64(len(raw)) {
		return corrupt(offSize, "the header says %d bytes, the file has %d", size, len(raw))
	}
	if len(raw) > MaxSize || len(raw)%sectionAlign != 0 {
		return corrupt(offSize, "%d bytes is not a multiple of %d up to %d", len(raw), sectionAlign, MaxSize)
	}
	kind, rest, _ := bytes.Cut(raw[offKind:offKind+maxKind], []byte{0})
	if !validKind(string(kind)) || !zero(rest) {
		return corrupt(offKind, "kind %q is not one to %d of a-z, 0-9 and hyphen, filled up with zeros", raw[offKind:offKind+maxKind], maxKind)
	}
	if p.current() && !zero(raw[offReserved:offDigest]) {
		return corrupt(offReserved, "the reserved bytes of the header are not zero")
	}
	p.m.kind = string(kind)
	copy(p.m.digest[:], raw[offDigest:])
	p.cur.place(headerSize)
	return nil
}

// section places the next section, whose offset stands at byte field of the
// file and whose length is size.
func (p *parser) section(field int, what string, size uint64) (extent, error) {
	before := p.cur.end
	want := p.cur.place(size)
	if off := p.u32(field); uint64(off) != want {
		return extent{}, corrupt(field, "the %s start at byte %d; their place is %d", what, off, want)
	}
	if p.cur.end > uint64(len(p.raw)) {
		return extent{}, corrupt(field, "the %s end at byte %d; the file has %d", what, p.cur.end, len(p.raw))
	}
	if before != want {
		p.m.gaps = append(p.m.gaps, extent{int(before), int(want)})
	}
	return extent{int(want), int(p.cur.end)}, nil
}

func (p *parser) directories() error {
	tables, columns := p.u32(offTableCount), p.u32(offColumnCount)
	if tables > MaxTables {
		return corrupt(offTableCount, "%d tables; the limit is %d", tables, MaxTables)
	}
	if columns > MaxColumns {
		return corrupt(offColumnCount, "%d columns; the limit is %d", columns, MaxColumns)
	}
	t, err := p.section(offTables, "table entries", uint64(tables)*tableEntrySize)
	if err != nil {
		return err
	}
	c, err := p.section(offColumns, "column entries", uint64(columns)*columnEntrySize)
	if err != nil {
		return err
	}
	p.tablesAt, p.columnsAt = t.off, c.off
	p.m.tables = make([]tableEntry, tables)
	p.m.columns = make([]columnEntry, columns)
	return nil
}

func (p *parser) strings() error {
	p.stringCount = p.u32(offStringCount)
	starts, err := p.section(offStarts, "string starts", startsSize(p.stringCount))
	if err != nil {
		return err
	}
	body, err := p.section(offText, "strings", uint64(p.u32(offTextSize)))
	if err != nil {
		return err
	}
	p.m.dict.starts, p.m.dict.text = starts, body
	return nil
}

func (p *parser) tables() error {
	next := uint64(0) // column
	for i := range p.m.tables {
		at := p.tablesAt + i*tableEntrySize
		t := tableEntry{name: p.u32(at + tabName), rows: p.u32(at + tabRows), first: p.u32(at + tabFirst), count: p.u32(at + tabCount)}
		switch {
		case t.name >= p.stringCount:
			return corrupt(at+tabName, "the name of table %d is string %d of %d", i, t.name, p.stringCount)
		case i > 0 && t.name <= p.m.tables[i-1].name:
			return corrupt(at+tabName, "table %d is not in the order of names", i)
		case t.rows > MaxRows:
			return corrupt(at+tabRows, "table %d has %d rows; the limit is %d", i, t.rows, MaxRows)
		case uint64(t.first) != next:
			return corrupt(at+tabFirst, "the columns of table %d start at entry %d, not %d", i, t.first, next)
		}
		next += uint64(t.count)
		if next > uint64(len(p.m.columns)) {
			return corrupt(at+tabCount, "the columns of table %d end at entry %d of %d", i, next, len(p.m.columns))
		}
		p.m.tables[i] = t
	}
	if next != uint64(len(p.m.columns)) {
		return corrupt(offColumnCount, "%d columns, of which the tables have %d", len(p.m.columns), next)
	}
	return nil
}

func (p *parser) columns() error {
	for _, t := range p.m.tables {
		for i := t.first; i < t.first+t.count; i++ {
			at := p.columnsAt + int(i)*columnEntrySize
			c := &p.m.columns[i]
			c.name, c.typ, c.target = p.u32(at+colName), Type(p.raw[at+colType]), p.u32(at+colTarget)
			switch {
			case c.name >= p.stringCount:
				return corrupt(at+colName, "the name of column %d is string %d of %d", i, c.name, p.stringCount)
			case i > t.first && c.name <= p.m.columns[i-1].name:
				return corrupt(at+colName, "column %d is not in the order of names", i)
			}
			if err := p.column(c, at, t.rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// end checks that nothing but padding follows the last section. A later minor
// version may have more sections there.
func (p *parser) end() error {
	want := alignUp(p.cur.end)
	if p.current() && want != uint64(len(p.raw)) {
		return corrupt(int(p.cur.end), "the file goes on after its last section")
	}
	p.m.gaps = append(p.m.gaps, extent{int(p.cur.end), int(min(want, uint64(len(p.raw))))})
	return nil
}

// zero reports whether b is all zeros.
func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
