package decode

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// column is one column of a CSV table.
type column struct {
	name  string // the field's name, or its name inside group
	group int    // index into table.groups, or -1
}

// table reads the rows of one CSV text.
type table struct {
	from    *origin
	lim     Limits
	columns []column
	groups  []string // names of nested mappings, from headers such as sources.pue
	full    []key    // the header, with the names of groups
	keys    []key    // of a row without empty cells and groups: shared by all such rows
	nodes   int
	slab    []Node // room for the cells of rows to come
}

// slabNodes is how many nodes are allocated at a time: a row has a handful.
const slabNodes = 1024

// room returns an empty list with room for n nodes.
func (t *table) room(n int) []Node {
	if n > cap(t.slab)-len(t.slab) {
		t.slab = make([]Node, 0, max(n, slabNodes))
	}
	at := len(t.slab)
	t.slab = t.slab[:at+n]
	return t.slab[at : at : at+n]
}

// CSV reads comma-separated rows as a list of mappings. The first row names
// the fields; a header such as sources.pue puts its cells in a nested mapping.
// An empty cell is a field left out; yet what the first row names must be
// fields, also where all cells are empty. A cell is read like an unquoted YAML
// scalar, and split on spaces where the field is a list. Columns in positions
// count bytes.
//
// The error is an [Errors] with file, line and column.
func CSV(name string, data []byte, lim Limits) (*Node, error) {
	lim = lim.withDefaults()
	if err := checkText(name, data, lim); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	t := &table{from: &origin{file: name}, lim: lim}
	header, err := r.Read()
	if err != nil {
		return nil, csvError(name, err)
	}
	if err := t.header(r, header); err != nil {
		return nil, err
	}
	root := &Node{from: t.from, line: 1, column: 1, kind: List, keys: t.full}
	root.kids = make([]Node, 0, bytes.Count(data, []byte{'\n'}))
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, csvError(name, err)
		}
		row, err := t.row(r, record)
		if err != nil {
			return nil, err
		}
		root.kids = append(root.kids, row)
	}
}

func csvError(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return fail(Pos{File: name, Line: 1, Column: 1}, "", "the text is empty; the first row names the fields")
	}
	at := Pos{File: name}
	var p *csv.ParseError
	if errors.As(err, &p) {
		at.Line, at.Column, err = p.Line, p.Column, p.Err
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return fail(at, "", "this row has not as many cells as the first row")
	}
	return fail(at, "", "not CSV: %v", err)
}

func (t *table) at(r *csv.Reader, i int) Node {
	line, col := r.FieldPos(i)
	return Node{from: t.from, line: uint32(line), column: uint32(col)}
}

// header reads the names of the fields.
func (t *table) header(r *csv.Reader, names []string) error {
	taken := map[string]bool{}
	for i, full := range names {
		n := t.at(r, i)
		group, name, nested := strings.Cut(full, ".")
		if full == "" || nested && (group == "" || name == "" || strings.Contains(name, ".")) {
			return Errors{n.Errorf("%s cannot name a field", quote(full))}
		}
		if taken[full] || !nested && taken[full+"."] || nested && taken[group] {
			return Errors{n.Errorf("duplicate field %s", quote(full))}
		}
		taken[full] = true
		c := column{name: full, group: -1}
		if nested {
			taken[group+"."] = true
			c = column{name: name, group: t.group(group)}
		}
		t.columns = append(t.columns, c)
		t.full = append(t.full, key{name: full, line: n.line, column: n.column})
		t.keys = append(t.keys, key{name: c.name, line: n.line, column: n.column})
	}
	return nil
}

// group returns the index of a nested mapping, adding it if it is new.
func (t *table) group(name string) int {
	for i, g := range t.groups {
		if g == name {
			return i
		}
	}
	t.groups = append(t.groups, name)
	return len(t.groups) - 1
}

// row reads one row as a mapping.
func (t *table) row(r *csv.Reader, record []string) (Node, error) {
	row := t.at(r, 0)
	row.kind = Mapping
	full := len(t.groups) == 0
	filled := 0
	for i, text := range record {
		if text == "" {
			full = false
			continue
		}
		filled++
		if len(text) > t.lim.StringBytes {
			n := t.at(r, i)
			return row, Errors{n.Errorf("a cell of %d bytes; the limit is %d", len(text), t.lim.StringBytes)}
		}
	}
	if t.nodes += filled + len(t.groups) + 1; t.nodes > t.lim.Nodes {
		return row, Errors{row.Errorf("more than %d values; that is the limit", t.lim.Nodes)}
	}
	row.kids = t.room(filled)
	if full {
		row.keys = t.keys
	} else {
		row.keys = make([]key, 0, filled)
	}
	for i, text := range record {
		if text == "" {
			continue
		}
		n := t.at(r, i)
		n.style, n.text = cell, text
		in := &row
		if g := t.columns[i].group; g >= 0 {
			in = t.nested(&row, t.groups[g], n)
		}
		in.kids = append(in.kids, n)
		if !full {
			in.keys = append(in.keys, t.keys[i])
		}
	}
	return row, nil
}

// nested returns the nested mapping of that name, adding it where the cell at
// is the first in it.
func (t *table) nested(row *Node, name string, at Node) *Node {
	for i := range row.keys {
		if row.keys[i].name == name {
			return &row.kids[i]
		}
	}
	row.keys = append(row.keys, key{name: name, line: at.line, column: at.column})
	row.kids = append(row.kids, Node{from: t.from, line: at.line, column: at.column, kind: Mapping})
	return &row.kids[len(row.kids)-1]
}

// split turns a cell into a list of the words in it.
func (n *Node) split() *Node {
	list := *n
	list.kind, list.text = List, ""
	for start := 0; start < len(n.text); {
		end := start + 1
		if n.text[start] == ' ' {
			start = end
			continue
		}
		for end < len(n.text) && n.text[end] != ' ' {
			end++
		}
		word := *n
		word.column += uint32(start)
		word.text = n.text[start:end]
		list.kids = append(list.kids, word)
		start = end
	}
	return &list
}
