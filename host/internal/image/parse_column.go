package image

// column checks the entry at byte at, of a table of that many rows.
func (p *parser) column(c *columnEntry, at int, rows uint32) error {
	l, known := c.typ.layout()
	if p.current() && !zero(p.raw[at+colReserved:at+colTarget]) {
		return corrupt(at+colReserved, "the reserved bytes of a column are not zero")
	}
	if !known && p.current() {
		return corrupt(at+colType, "column type %d does not exist", c.typ)
	}
	size := p.u32(at + colDataSize)
	if known {
		targetRows, err := p.targetRows(c, at, l.target)
		if err != nil {
			return err
		}
		want, fixed := c.typ.dataSize(rows, targetRows)
		if fixed && uint64(size) != want {
			return corrupt(at+colDataSize, "a %s column has %d bytes; %d are needed", c.typ, size, want)
		}
		if size%uint32(l.width) != 0 {
			return corrupt(at+colDataSize, "a %s column has %d bytes, not a multiple of %d", c.typ, size, l.width)
		}
		if l.starts != (p.u32(at+colStarts) != 0) {
			return corrupt(at+colStarts, "a %s column has starts or lacks them", c.typ)
		}
		for _, field := range []int{colKnown, colPresent} {
			if !l.states && p.u32(at+field) != 0 {
				return corrupt(at+field, "a %s column has states", c.typ)
			}
		}
	}
	var err error
	if c.data, err = p.section(at+colData, "values", uint64(size)); err != nil {
		return err
	}
	for _, s := range []struct {
		field int
		what  string
		size  uint64
		to    *extent
	}{
		{colStarts, "starts", startsSize(rows), &c.starts},
		{colKnown, "known bits", wordsSize(rows), &c.known},
		{colPresent, "present bits", wordsSize(rows), &c.present},
	} {
		if p.u32(at+s.field) == 0 {
			continue
		}
		if *s.to, err = p.section(at+s.field, s.what, s.size); err != nil {
			return err
		}
	}
	return nil
}

// targetRows checks the target of a column and returns how many rows it has.
func (p *parser) targetRows(c *columnEntry, at int, needed bool) (uint32, error) {
	switch {
	case !needed && c.target == NoID:
		return 0, nil
	case !needed:
		return 0, corrupt(at+colTarget, "a %s column has a target", c.typ)
	case uint64(c.target) >= uint64(len(p.m.tables)):
		return 0, corrupt(at+colTarget, "a %s column refers to table %d of %d", c.typ, c.target, len(p.m.tables))
	default:
		return p.m.tables[c.target].rows, nil
	}
}
