package guest_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

// golden is where the images are that every reader must read alike.
const golden = "../../host/internal/image/testdata"

// describe is what an image holds, as the golden JSON has it: but for the digest, which guests do not read.
func describe(m *guest.Image, size int) map[string]any {
	tables := []any{}
	for i := range m.Tables() {
		t := m.TableAt(i)
		columns := []any{}
		for k := range t.Columns() {
			c := t.ColumnAt(k)
			d := map[string]any{"name": c.Name(), "type": c.Type().String(), "cells": cells(c, t.Rows())}
			if target, ok := c.Target(); ok {
				d["target"] = target.Name()
			}
			columns = append(columns, d)
		}
		tables = append(tables, map[string]any{"name": t.Name(), "rows": json.Number(strconv.Itoa(t.Rows())), "columns": columns})
	}
	return map[string]any{"kind": m.Kind(), "size": json.Number(strconv.Itoa(size)), "tables": tables}
}

// cells are the cells of a column.
func cells(c guest.Column, rows int) []any {
	switch c.Type() {
	case guest.StringType:
		return each(rows, guest.Must(c.Strings()).Get, func(s string) any { return s })
	case guest.Uint8Type:
		return each(rows, guest.Must(c.Uint8s()).Get, func(n uint8) any { return number(n) })
	case guest.Int32Type:
		return each(rows, guest.Must(c.Int32s()).Get, func(n int32) any { return number(n) })
	case guest.Int64Type:
		return each(rows, guest.Must(c.Int64s()).Get, func(n int64) any { return fmt.Sprint(n) })
	case guest.Float64Type:
		return each(rows, guest.Must(c.Float64s()).Get, float)
	case guest.BoolType:
		return each(rows, guest.Must(c.Bools()).Get, func(b bool) any { return b })
	case guest.RefType:
		return each(rows, guest.Must(c.Refs()).Get, func(n int) any { return number(n) })
	case guest.RelationType:
		r := guest.Must(c.Relation())
		return each(rows, always(r.At), list[uint32])
	case guest.ListType:
		l := guest.Must(c.Lists())
		return each(rows, always(func(row int) []any {
			all := []any{}
			for i := range l.Len(row) {
				all = append(all, l.At(row, i))
			}
			return all
		}), func(all []any) any { return all })
	case guest.BitsType:
		b := guest.Must(c.Bits())
		return each(rows, always(b.At), func(s guest.Set) any {
			var all []int
			for i := range s.Rows() {
				all = append(all, i)
			}
			if len(all) != s.Count() {
				panic("a set counts wrong")
			}
			return list(all)
		})
	case guest.MatrixType:
		m := guest.Must(c.Matrix())
		return each(rows, always(m.Row), list[int32])
	}
	panic(c.Type())
}

func number[T any](n T) any { return json.Number(fmt.Sprint(n)) }

// float is a number as the golden JSON has it.
func float(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 0):
		return strings.NewReplacer("+Inf", "Infinity", "-Inf", "-Infinity").Replace(strconv.FormatFloat(x, 'g', -1, 64))
	}
	b, err := json.Marshal(x)
	if err != nil {
		panic(err)
	}
	return json.Number(b)
}

func list[T any](of []T) any {
	all := []any{}
	for _, n := range of {
		all = append(all, number(n))
	}
	return all
}

// always makes a column without states one of values.
func always[T any](at func(int) T) func(int) (T, guest.State) {
	return func(row int) (T, guest.State) { return at(row), guest.Value }
}

func each[T any](rows int, get func(int) (T, guest.State), as func(T) any) []any {
	all := []any{}
	for row := range rows {
		v, state := get(row)
		if state != guest.Value {
			all = append(all, map[string]any{"state": state.String()})
			continue
		}
		all = append(all, as(v))
	}
	return all
}

// TestGoldenImages reads every cell of every golden image.
func TestGoldenImages(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(golden, "*.image"))
	if err != nil || len(paths) < 3 {
		t.Fatalf("%d golden images: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			m, size := read(t, path)
			text, err := os.ReadFile(strings.TrimSuffix(path, ".image") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			d := json.NewDecoder(strings.NewReader(string(text)))
			d.UseNumber()
			if err := d.Decode(&want); err != nil {
				t.Fatal(err)
			}
			delete(want, "digest")
			if got := describe(m, size); !reflect.DeepEqual(got, want) {
				t.Errorf("read\n%v\nwant\n%v", got, want)
			}
		})
	}
}

// read opens a golden image.
func read(t testing.TB, path string) (m *guest.Image, size int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err = guest.NewImage(b)
	if err != nil {
		t.Fatal(err)
	}
	return m, len(b)
}
