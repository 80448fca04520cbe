package image

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"testing"
)

// The description of an image in JSON is what every reader of it, in whatever
// language, must find there. Cells: 64-bit integers and non-finite numbers are
// strings; a cell without a value is {"state": "absent"} or "unknown"; sets are
// lists of row numbers.
type (
	imageDescription struct {
		Kind   string             `json:"kind"`
		Digest string             `json:"digest"`
		Size   int                `json:"size"`
		Tables []tableDescription `json:"tables"`
	}
	tableDescription struct {
		Name    string              `json:"name"`
		Rows    int                 `json:"rows"`
		Columns []columnDescription `json:"columns"`
	}
	columnDescription struct {
		Name   string `json:"name"`
		Type   string `json:"type"`
		Target string `json:"target,omitempty"`
		Cells  []any  `json:"cells"`
	}
	stateDescription struct {
		State string `json:"state"`
	}
)

// rowsToRead caps what is read of a table, whose row count may be forged.
const rowsToRead = 200

// describe reads everything in m through the public interface.
func describe(m *Image) imageDescription {
	sum := m.Digest()
	d := imageDescription{Kind: m.Kind(), Digest: hex.EncodeToString(sum[:]), Size: m.Size(), Tables: []tableDescription{}}
	for t := range m.Tables() {
		td := tableDescription{Name: t.Name(), Rows: t.Rows(), Columns: []columnDescription{}}
		for c := range t.Columns() {
			td.Columns = append(td.Columns, columnDescription{c.Name, c.Type.String(), c.Target, cells(t, c)})
		}
		d.Tables = append(d.Tables, td)
	}
	return d
}

// cells reads one column. A forged name may lead to no column or another one.
func cells(t Table, c ColumnInfo) []any {
	switch c.Type {
	case TypeString:
		col, _ := t.Strings(c.Name)
		return each(t, col.State, func(r int) any { return col.At(r) })
	case TypeUint8:
		col, _ := t.Uint8s(c.Name)
		return each(t, col.State, func(r int) any { return col.At(r) })
	case TypeInt32:
		col, _ := t.Int32s(c.Name)
		return each(t, col.State, func(r int) any { return col.At(r) })
	case TypeInt64:
		col, _ := t.Int64s(c.Name)
		return each(t, col.State, func(r int) any { return strconv.FormatInt(col.At(r), 10) })
	case TypeFloat64:
		col, _ := t.Float64s(c.Name)
		return each(t, col.State, func(r int) any { return number64(col.At(r)) })
	case TypeBool:
		col, _ := t.Bools(c.Name)
		return each(t, col.State, func(r int) any { return col.At(r) })
	case TypeRef:
		col, _ := t.Refs(c.Name)
		return each(t, col.State, func(r int) any { return col.At(r) })
	case TypeRelation:
		col, _ := t.Relation(c.Name)
		return each(t, nil, func(r int) any { return append([]uint32{}, col.At(r)...) })
	case TypeList:
		col, _ := t.Lists(c.Name)
		return each(t, nil, func(r int) any {
			list := []string{}
			for i := range col.Len(r) {
				list = append(list, col.At(r, i))
			}
			return list
		})
	case TypeBits:
		col, _ := t.Bits(c.Name)
		return each(t, nil, func(r int) any {
			list := []int{}
			for i := range col.At(r).Rows() {
				list = append(list, i)
			}
			return list
		})
	case TypeMatrix:
		col, _ := t.Matrix(c.Name)
		return each(t, nil, func(r int) any { return append([]int32{}, col.Row(r)...) })
	default:
		return nil
	}
}

func each(t Table, state func(int) State, value func(int) any) []any {
	list := []any{}
	for r := range min(t.Rows(), rowsToRead) {
		if state != nil && state(r) != Value {
			list = append(list, stateDescription{state(r).String()})
			continue
		}
		list = append(list, value(r))
	}
	return list
}

// number64 is x as JSON can hold it.
func number64(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	default:
		return x
	}
}

// asJSON is the description as the golden files hold it.
func asJSON(t testing.TB, d imageDescription) string {
	t.Helper()
	b, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// readAll calls every accessor of every column, at rows that exist and rows
// that do not, whatever the image holds.
func readAll(m *Image) {
	describe(m)
	m.LookupString("site")
	m.LookupString("")
	for _, id := range []uint32{0, 1, uint32(m.Strings()), NoID - 1, NoID} {
		m.String(id)
	}
	for t := range m.Tables() {
		for c := range t.Columns() {
			for _, r := range []int{-1, 0, t.Rows() - 1, t.Rows(), math.MaxInt, math.MinInt} {
				readRow(t, c, r)
			}
		}
	}
}

// readRow reads one row of a column, in the ways that describe does not.
func readRow(t Table, c ColumnInfo, r int) {
	switch c.Type {
	case TypeString:
		col, _ := t.Strings(c.Name)
		col.At(r)
		col.ID(r)
		col.State(r)
	case TypeUint8:
		col, _ := t.Uint8s(c.Name)
		col.At(r)
		col.State(r)
	case TypeFloat64:
		col, _ := t.Float64s(c.Name)
		col.At(r)
		col.State(r)
	case TypeBool:
		col, _ := t.Bools(c.Name)
		col.At(r)
		col.State(r)
	case TypeRef:
		col, _ := t.Refs(c.Name)
		col.At(r)
		col.State(r)
	case TypeRelation:
		col, _ := t.Relation(c.Name)
		col.At(r)
	case TypeList:
		col, _ := t.Lists(c.Name)
		col.IDs(r)
		for _, i := range []int{-1, 0, col.Len(r), math.MaxInt} {
			col.At(r, i)
		}
	case TypeBits:
		col, _ := t.Bits(c.Name)
		col.At(r).Count()
	case TypeMatrix:
		col, _ := t.Matrix(c.Name)
		col.Row(r)
	}
}
