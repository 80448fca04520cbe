package sdk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// TestAssemblyScriptCells walks rows over the ends of words and reads cells of every state. To read one without a value,
// or a row that is not there, or to answer for one, ends the call.
func TestAssemblyScriptCells(t *testing.T) {
	const rows = 130
	m := guesttest.NewImage("topology")
	sites := m.Table("sites", rows)
	var (
		states []guest.State
		u8     []uint8
		i64    []int64
		f64    []float64
		is     []bool
		ref    []uint32
		text   []string
		full   []int32
	)
	for row := range rows { // a value that is zero, another, unknown, absent
		full = append(full, int32(row%2))
		states = append(states, []guest.State{guest.Value, guest.Value, guest.Unknown, guest.Absent}[row%4])
		odd := row % 4 & 1
		u8, i64, f64 = append(u8, uint8(3*odd)), append(i64, int64(-3*odd)), append(f64, 0.25*float64(odd))
		is, ref, text = append(is, odd == 1), append(ref, uint32(odd)), append(text, []string{"", "süß"}[odd])
	}
	sites.Uint8s("u8", u8, states...)
	sites.Int64s("i64", i64, states...)
	sites.Float64s("f64", f64, states...)
	sites.Bools("bool", is, states...)
	sites.Refs("ref", "sites", ref, states...)
	sites.Strings("text", text, states...)
	sites.Int32s("full", full)

	module := sourced(t, "assemblyscript", source(t, "assemblyscript", "cells"))
	ask := func(way string, rows int, selected ...int) (guesttest.Answer, error) {
		return guesttest.Ask(module.New(), guesttest.Question{
			Hook: "site", Snapshot: m.Bytes(), Settings: guesttest.Settings(map[string]any{"way": way}),
			Rows: rows, Selected: selected, Reasons: rows, Args: 8 * rows, Component: -1,
		})
	}

	all := make([]int, rows)
	for i := range all {
		all[i] = i
	}
	cells := []string{"[0 1 0 0 0 0 0 1]", "[0 1 0 3 -3 0.25 1 1]", "[2 0 1 9 -9 -0.5 -1 0]", "[1 0 0 9 -9 -0.5 -1 0]"}
	for _, selected := range [][]int{{}, all, {0, 1, 2, 3}, {63}, {64}, {129}, {62, 63, 64, 65, 127, 128}, {1, 129}} {
		a, err := ask("", rows, selected...)
		if err != nil {
			t.Fatalf("%v: %v", selected, err)
		}
		var told []int
		for _, r := range a.Reasons {
			told = append(told, r.Row)
			if got, want := fmt.Sprint(r.Args), cells[r.Row%4]; got != want {
				t.Errorf("cells of row %d: %s, want %s", r.Row, got, want)
			}
		}
		if !slices.Equal(told, selected) {
			t.Errorf("it walks %v, want %v", told, selected)
		}
	}

	for way, want := range map[string]string{"u8": "0 3", "i64": "0 -3", "f64": "0 0.25", "bool": "0 1", "ref": "0 1", "text": " süß", "full": "0 1"} {
		a, err := ask(way, rows, 4, 5)
		if err != nil || len(a.Reasons) != 2 {
			t.Errorf("%s: %+v %v", way, a, err)
			continue
		}
		if got := fmt.Sprint(a.Reasons[0].Args[0], " ", a.Reasons[1].Args[0]); got != want {
			t.Errorf("%s: %s, want %s", way, got, want)
		}
	}

	ends := func(way string, rows, row int) {
		t.Helper()
		if a, err := ask(way, rows, row); err == nil || !strings.Contains(err.Error(), "unreachable") {
			t.Errorf("%s of row %d goes well: %+v %v", way, row, a, err)
		}
	}
	for _, way := range []string{"u8", "i64", "f64", "bool", "ref", "text"} {
		ends(way, rows, 66)
		ends(way, rows, 67)
		ends(way, 200, 130)
	}
	for _, way := range []string{"full", "state", "or"} {
		ends(way, 200, 130)
	}
	for _, way := range []string{"refuse", "score"} {
		ends(way, rows, 5)
	}
}
