package image

import (
	"fmt"
	"slices"
	"strings"
)

// plan is an image to be written: all of it checked, every section encoded
// and placed.
type plan struct {
	kind    string
	tables  []*TableBuilder // sorted by name
	columns [][]*encoded    // of each table, sorted by name
	count   int             // columns of all tables
	dict    *dictionaryBuilder

	tablesAt, columnsAt uint64
	size                uint64
}

// section is a run of bytes and its offset in the file. A section without
// bytes that may be left out has offset zero.
type section struct {
	bytes []byte
	off   uint32
}

// encoded is a column whose sections are ready.
type encoded struct {
	name                         string
	typ                          Type
	target                       uint32
	data, starts, known, present section
}

// plan does all but write, in sorted order, so that neither the bytes nor the
// error depend on the order of the calls.
func (b *Builder) plan() (*plan, error) {
	if !validKind(b.kind) {
		return nil, fmt.Errorf("kind %q is not one to %d of a-z, 0-9 and hyphen", b.kind, maxKind)
	}
	p := &plan{kind: b.kind, tables: slices.Clone(b.tables)}
	slices.SortStableFunc(p.tables, func(x, y *TableBuilder) int { return strings.Compare(x.name, y.name) })
	if err := p.checkTables(); err != nil {
		return nil, err
	}
	p.dict = newDictionary(p.tables)
	for _, t := range p.tables {
		done, err := p.encodeTable(t)
		if err != nil {
			return nil, err
		}
		p.columns = append(p.columns, done)
	}
	p.place()
	if p.size > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes; the limit is %d", ErrTooLarge, p.size, MaxSize)
	}
	return p, nil
}

// checkTables checks what does not need the columns' values.
func (p *plan) checkTables() error {
	for i, t := range p.tables {
		switch {
		case i > 0 && p.tables[i-1].name == t.name:
			return fmt.Errorf("table %q is added twice", t.name)
		case t.rows < 0:
			return fmt.Errorf("table %q: %d rows", t.name, t.rows)
		case t.rows > MaxRows:
			return fmt.Errorf("table %q: %w: %d rows; the limit is %d", t.name, ErrTooLarge, t.rows, MaxRows)
		}
		if err := checkName(t.name); err != nil {
			return fmt.Errorf("table %q: its name %w", t.name, err)
		}
		p.count += len(t.columns)
	}
	if len(p.tables) > MaxTables {
		return fmt.Errorf("%w: %d tables; the limit is %d", ErrTooLarge, len(p.tables), MaxTables)
	}
	if p.count > MaxColumns {
		return fmt.Errorf("%w: %d columns; the limit is %d", ErrTooLarge, p.count, MaxColumns)
	}
	return nil
}

// encodeTable encodes the columns of t, sorted by name.
func (p *plan) encodeTable(t *TableBuilder) ([]*encoded, error) {
	cols := slices.Clone(t.columns)
	slices.SortStableFunc(cols, func(x, y *buildColumn) int { return strings.Compare(x.name, y.name) })
	done := make([]*encoded, 0, len(cols))
	for i, c := range cols {
		if i > 0 && cols[i-1].name == c.name {
			return nil, fmt.Errorf("table %q: column %q is added twice", t.name, c.name)
		}
		if err := checkName(c.name); err != nil {
			return nil, fmt.Errorf("table %q: column %q: its name %w", t.name, c.name, err)
		}
		e, err := p.encode(t, c)
		if err != nil {
			return nil, fmt.Errorf("table %q: column %q: %w", t.name, c.name, err)
		}
		done = append(done, e)
	}
	return done, nil
}

// table returns the row number of a table in the directory.
func (p *plan) table(name string) (int, bool) {
	return slices.BinarySearchFunc(p.tables, name, func(t *TableBuilder, name string) int {
		return strings.Compare(t.name, name)
	})
}

// sections returns what follows the directories, in file order: the
// dictionary, then of each column the data, and the starts and the two bit
// sets where it has them.
func (p *plan) sections() []*section {
	all := []*section{&p.dict.starts, &p.dict.text}
	for _, cols := range p.columns {
		for _, e := range cols {
			all = append(all, &e.data)
			for _, s := range []*section{&e.starts, &e.known, &e.present} {
				if s.bytes != nil {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

// place gives every section its offset. Offsets past MaxSize may wrap; size
// does not, and such a plan is refused.
func (p *plan) place() {
	var cur cursor
	cur.place(headerSize)
	p.tablesAt = cur.place(uint64(len(p.tables)) * tableEntrySize)
	p.columnsAt = cur.place(uint64(p.count) * columnEntrySize)
	for _, s := range p.sections() {
		s.off = uint32(cur.place(uint64(len(s.bytes))))
	}
	p.size = alignUp(cur.end)
}
