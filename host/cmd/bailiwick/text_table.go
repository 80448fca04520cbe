package main

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// columns are how wide the columns of a table are, and which of them are flushed right.
type columns struct {
	indent string
	widths []int
	right  map[int]bool
}

func columnsOf(indent string, rows [][]string, right []int) *columns {
	c := &columns{indent: indent, right: map[int]bool{}}
	for _, row := range rows {
		for i, cell := range row {
			if i == len(c.widths) {
				c.widths = append(c.widths, 0)
			}
			c.widths[i] = max(c.widths[i], lipgloss.Width(cell))
		}
	}
	for _, i := range right {
		c.right[i] = true
	}
	return c
}

// start is where a column begins.
func (c *columns) start(column int) int {
	at := lipgloss.Width(c.indent)
	for _, w := range c.widths[:column] {
		at += w + 2
	}
	return at
}

// line aligns cells.
func (c *columns) line(cells []string) string {
	for len(cells) > 0 && lipgloss.Width(cells[len(cells)-1]) == 0 {
		cells = cells[:len(cells)-1]
	}
	var b strings.Builder
	b.WriteString(c.indent)
	for i, cell := range cells {
		pad := strings.Repeat(" ", c.widths[i]-lipgloss.Width(cell))
		if i > 0 {
			b.WriteString("  ")
		}
		if c.right[i] {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// table writes rows in aligned columns behind an indent. Columns named in right are flushed right. Where a row
// would be wider than a line, its last cell goes on below.
func (t *text) table(indent string, rows [][]string, right ...int) {
	c := columnsOf(indent, rows, right)
	for _, row := range rows {
		line, last := c.line(row), len(c.widths)-1
		switch {
		case lipgloss.Width(line) <= lineWidth:
			t.line(line)
		case len(row) > last && lipgloss.Width(row[last]) > 0 && c.start(last) < lineWidth:
			head := c.line(row[:last])
			head += strings.Repeat(" ", c.start(last)-lipgloss.Width(head))
			t.wrapped(head, strings.Fields(row[last]))
		default:
			t.broken(c, row)
		}
	}
}

// tableThen is table for rows whose last cell says more of the rest: where one of them does not fit, the last
// cells of all stand below.
func (t *text) tableThen(indent string, rows [][]string, right ...int) {
	c := columnsOf(indent, rows, right)
	for _, row := range rows {
		if lipgloss.Width(c.line(row)) > lineWidth {
			for _, row := range rows {
				t.broken(c, row)
			}
			return
		}
	}
	t.table(indent, rows, right...)
}

// tableCut is table with one column cut as far as the others need it, if at least so much of it is left.
func (t *text) tableCut(indent string, rows [][]string, column, least int, right ...int) {
	c := columnsOf(indent, rows, right)
	last := len(c.widths) - 1
	room := lineWidth - c.start(last) - c.widths[last] + c.widths[column]
	if room >= least {
		for _, row := range rows {
			row[column] = cut(row[column], room)
		}
	}
	t.table(indent, rows, right...)
}

// broken writes a row with the last column below it.
func (t *text) broken(c *columns, row []string) {
	last := ""
	if n := len(c.widths) - 1; n > 0 && len(row) > n {
		row, last = row[:n], row[n]
	}
	if line := c.line(row); lipgloss.Width(line) <= lineWidth {
		t.line(line)
	} else {
		t.wrapped(c.indent+row[0]+"  ", strings.Fields(strings.Join(row[1:], "  ")))
	}
	if lipgloss.Width(last) > 0 {
		t.wrapped(c.indent+"    ", strings.Fields(last))
	}
}
