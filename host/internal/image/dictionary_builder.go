package image

import (
	"maps"
	"slices"
)

// dictionaryBuilder is the dictionary of an image being written: every string
// once, sorted bytewise, its id its rank.
type dictionaryBuilder struct {
	ids          map[string]uint32
	starts, text section
}

// newDictionary gathers the names of tables and columns and every string that
// a cell holds. Strings of cells without a value do not count.
func newDictionary(tables []*TableBuilder) *dictionaryBuilder {
	d := &dictionaryBuilder{ids: map[string]uint32{}}
	for _, t := range tables {
		d.ids[t.name] = 0
		for _, c := range t.columns {
			d.ids[c.name] = 0
			d.addCells(c)
		}
	}
	starts, text := make([]byte, 0, (len(d.ids)+1)*4), []byte{}
	for id, s := range slices.Sorted(maps.Keys(d.ids)) {
		d.ids[s] = uint32(id)
		starts = le.AppendUint32(starts, uint32(len(text)))
		text = append(text, s...)
	}
	d.starts.bytes = le.AppendUint32(starts, uint32(len(text)))
	d.text.bytes = text
	return d
}

// addCells gathers the strings a column's cells hold.
func (d *dictionaryBuilder) addCells(c *buildColumn) {
	switch v := c.values.(type) {
	case []string:
		for i, s := range v {
			if c.states.At(i) == Value {
				d.ids[s] = 0
			}
		}
	case [][]string:
		for _, row := range v {
			for _, s := range row {
				d.ids[s] = 0
			}
		}
	}
}
