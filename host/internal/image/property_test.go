package image

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// modelColumn is a column as a test thinks of it: how to add it, and what each
// row must describe as.
type modelColumn struct {
	add   func(t *TableBuilder)
	info  ColumnInfo
	cells []any
}

type modelTable struct {
	name    string
	rows    int
	columns []modelColumn
}

// drawTables draws a whole image. Names and row counts come first, since
// tables may refer to each other.
func drawTables(t *rapid.T) []modelTable {
	names := rapid.SliceOfNDistinct(rapid.StringN(1, 8, -1), 0, 4, rapid.ID).Draw(t, "tables")
	tables := make([]modelTable, len(names))
	for i, name := range names {
		tables[i] = modelTable{name: name, rows: rapid.IntRange(0, 70).Draw(t, "rows")}
	}
	for i := range tables {
		for _, name := range rapid.SliceOfNDistinct(rapid.StringN(1, 8, -1), 0, 6, rapid.ID).Draw(t, "columns") {
			target := tables[rapid.IntRange(0, len(tables)-1).Draw(t, "target")]
			tables[i].columns = append(tables[i].columns, drawColumn(t, name, tables[i].rows, target))
		}
	}
	return tables
}

// drawStates draws states and the mask of the rows that hold a value.
func drawStates(t *rapid.T, rows int) States {
	draw := func(name string) Bits {
		if rapid.Bool().Draw(t, name+" nil") {
			return nil
		}
		b := NewBits(rows)
		for i := range rows {
			if rapid.Bool().Draw(t, name) {
				b.Set(i)
			}
		}
		if rows > 0 && rapid.Bool().Draw(t, name+" dirty") {
			b[len(b)-1] |= ^wordMask(len(b)-1, rows) // bits past the end do not count
		}
		return b
	}
	return States{draw("known"), draw("present")}
}

// stateful makes a model column of a type whose cells have states.
func stateful[T any](c ColumnInfo, v []T, s States, as func(T) any, add func(*TableBuilder)) modelColumn {
	m := modelColumn{add: add, info: c, cells: []any{}}
	for i, x := range v {
		switch {
		case s.Known != nil && !s.Known.Get(i):
			m.cells = append(m.cells, stateDescription{"unknown"})
		case s.Present != nil && !s.Present.Get(i):
			m.cells = append(m.cells, stateDescription{"absent"})
		default:
			m.cells = append(m.cells, as(x))
		}
	}
	return m
}

func itself[T any](x T) any { return x }

// cellsOf draws n values.
func cellsOf[T any](t *rapid.T, n int, g *rapid.Generator[T]) []T {
	return rapid.SliceOfN(g, n, n).Draw(t, "cells")
}

func drawColumn(t *rapid.T, name string, rows int, target modelTable) modelColumn {
	typ := Type(rapid.IntRange(int(TypeString), int(TypeMatrix)).Draw(t, "type"))
	if typ == TypeRef && target.rows == 0 {
		typ = TypeRelation
	}
	c := ColumnInfo{Name: name, Type: typ}
	if layouts[typ].target {
		c.Target = target.name
	}
	s := drawStates(t, rows)
	switch typ {
	case TypeString:
		v := cellsOf(t, rows, rapid.String())
		return stateful(c, v, s, itself, func(t *TableBuilder) { t.Strings(name, v, s) })
	case TypeUint8:
		v := cellsOf(t, rows, rapid.Uint8())
		return stateful(c, v, s, itself, func(t *TableBuilder) { t.Uint8s(name, v, s) })
	case TypeInt32:
		v := cellsOf(t, rows, rapid.Int32())
		return stateful(c, v, s, itself, func(t *TableBuilder) { t.Int32s(name, v, s) })
	case TypeInt64:
		v := cellsOf(t, rows, rapid.Int64())
		return stateful(c, v, s, func(x int64) any { return fmt.Sprint(x) }, func(t *TableBuilder) { t.Int64s(name, v, s) })
	case TypeFloat64:
		v := cellsOf(t, rows, rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)})))
		return stateful(c, v, s, number64, func(t *TableBuilder) { t.Float64s(name, v, s) })
	case TypeBool:
		v := cellsOf(t, rows, rapid.Bool())
		return stateful(c, v, s, itself, func(t *TableBuilder) { t.Bools(name, v, s) })
	case TypeRef:
		v := cellsOf(t, rows, rapid.Uint32Range(0, uint32(target.rows-1)))
		return stateful(c, v, s, itself, func(t *TableBuilder) { t.Refs(name, target.name, v, s) })
	case TypeList:
		v := cellsOf(t, rows, rapid.SliceOfN(rapid.String(), 0, 3))
		return stateful(c, v, States{}, func(x []string) any { return append([]string{}, x...) }, func(t *TableBuilder) { t.Lists(name, v) })
	case TypeMatrix:
		v := cellsOf(t, rows*target.rows, rapid.Int32())
		lines := make([][]int32, rows)
		for i := range lines {
			lines[i] = append([]int32{}, v[i*target.rows:(i+1)*target.rows]...)
		}
		return stateful(c, lines, States{}, itself, func(t *TableBuilder) { t.Matrix(name, target.name, v) })
	}
	return drawSets(t, c, rows, target)
}

// drawSets draws a relation or a column of bit sets.
func drawSets(t *rapid.T, c ColumnInfo, rows int, target modelTable) modelColumn {
	sets := make([][]uint32, rows)
	if target.rows > 0 {
		sets = cellsOf(t, rows, rapid.SliceOfN(rapid.Uint32Range(0, uint32(target.rows-1)), 0, 5))
	}
	sorted := func(x []uint32) []uint32 {
		x = append([]uint32{}, x...)
		slices.Sort(x)
		return slices.Compact(x)
	}
	if c.Type == TypeRelation {
		return stateful(c, sets, States{}, func(x []uint32) any { return sorted(x) },
			func(t *TableBuilder) { t.Relation(c.Name, target.name, sets) })
	}
	v := make([]Bits, rows)
	for i, rows := range sets {
		v[i] = NewBits(target.rows)
		for _, r := range rows {
			v[i].Set(int(r))
		}
	}
	as := func(x []uint32) any {
		list := []int{}
		for _, r := range sorted(x) {
			list = append(list, int(r))
		}
		return list
	}
	return stateful(c, sets, States{}, as, func(t *TableBuilder) { t.Bits(c.Name, target.name, v) })
}

// assemble adds everything in an order that r decides.
func assemble(tables []modelTable, r *rand.Rand) *Builder {
	b := NewBuilder("request")
	for _, i := range r.Perm(len(tables)) {
		t := b.Table(tables[i].name, tables[i].rows)
		for _, j := range r.Perm(len(tables[i].columns)) {
			tables[i].columns[j].add(t)
		}
	}
	return b
}

// TestRoundTrip writes and reads drawn images: what is read is what was
// written, whatever the order of the calls, and always in the same bytes.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tables := drawTables(t)
		seed := rapid.Uint64().Draw(t, "order")
		b := assemble(tables, rand.New(rand.NewPCG(seed, 1)))
		data, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := b.Bytes()
		shuffled, _ := assemble(tables, rand.New(rand.NewPCG(seed, 2))).Bytes()
		if !bytes.Equal(data, again) || !bytes.Equal(data, shuffled) {
			t.Fatal("the same content gave other bytes")
		}
		m, err := openBytes(data)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprintf("%#v", describe(m).Tables), fmt.Sprintf("%#v", modelled(tables)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		if got, want := fmt.Sprintf("%v", stranger(data).Tables), fmt.Sprintf("%v", modelled(tables)); got != want {
			t.Fatalf("the reader written from the specification\ngot  %s\nwant %s", got, want)
		}
	})
}

// modelled is what describe must say of tables.
func modelled(tables []modelTable) []tableDescription {
	list := []tableDescription{}
	for _, t := range tables {
		d := tableDescription{Name: t.name, Rows: t.rows, Columns: []columnDescription{}}
		for _, c := range t.columns {
			d.Columns = append(d.Columns, columnDescription{c.info.Name, c.info.Type.String(), c.info.Target, c.cells})
		}
		slices.SortFunc(d.Columns, func(x, y columnDescription) int { return bytes.Compare([]byte(x.Name), []byte(y.Name)) })
		list = append(list, d)
	}
	slices.SortFunc(list, func(x, y tableDescription) int { return bytes.Compare([]byte(x.Name), []byte(y.Name)) })
	return list
}
