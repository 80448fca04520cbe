package worldmap

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

func (m *Map) text() string {
	var b strings.Builder
	for y := range m.Cells {
		line := ""
		for _, c := range m.Cells[y] {
			line += string(c.Rune)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// golden compares with a file; UPDATE_SCRIPTS=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (- want, + got):\n%s", name, diff)
	}
}

// TestRegions draws the embedded catalogue's regions.
func TestRegions(t *testing.T) {
	top, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		t.Fatal(err)
	}
	var marks []Mark
	for _, s := range top.Sites {
		if s.Kind == "region" && s.Lat != nil {
			marks = append(marks, Mark{Lat: *s.Lat, Lon: *s.Lon, Symbol: '●', Aside: true})
		}
	}
	m := Draw(marks, false)
	golden(t, "testdata/regions.txt", m.text())
	if n := m.Count(Hidden) + m.Count(Off); n > 0 {
		t.Errorf("%d regions cannot be seen", n)
	}
	for i := range marks {
		marks[i].Symbol = 'O'
	}
	m = Draw(marks, true)
	golden(t, "testdata/regions-ascii.txt", m.text())
	for _, r := range m.text() {
		if r > '~' {
			t.Fatalf("%q is not ASCII", r)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name     string
		lat, lon float64
		x, y     int
		ok       bool
	}{
		{"Greenwich", 51.5, 0, 46, 6, true},
		{"the edge in the Bering Strait", 66, -169, 0, 2, true},
		{"just west of it is the far right", 66, -169.1, 99, 2, true},
		{"the 180th meridian is inside", 0, 180, 96, 18, true},
		{"and is one place", 0, -180, 96, 18, true},
		{"north of the map", 80, 0, 0, 0, false},
		{"south of the map", -60, 0, 0, 0, false},
		{"no point", math.NaN(), 0, 0, 0, false},
		{"no longitude", 0, math.Inf(1), 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, y, ok := place(c.lat, c.lon)
			if ok != c.ok || ok && (int(x) != c.x || int(y) != c.y) {
				t.Errorf("%d, %d, %t; want %d, %d, %t", int(x), int(y), ok, c.x, c.y, c.ok)
			}
		})
	}
}

// TestFates draws marks that are in each other's way.
func TestFates(t *testing.T) {
	at := func(rank int, aside bool) Mark {
		return Mark{Lat: -30.2, Lon: -20, Symbol: rune('a' + rank), Rank: rank, Aside: aside}
	}
	m := Draw([]Mark{at(2, false), at(1, true), at(0, false), {Lat: 85, Lon: 0}}, false)
	if diff := cmp.Diff([]Fate{Hidden, ShownAside, Shown, Off}, m.Fates); diff != "" {
		t.Errorf("fates (- want, + got):\n%s", diff)
	}
	full := make([]Mark, 12)
	for i := range full {
		full[i] = at(i, true)
	}
	if n := Draw(full, false).Count(Hidden); n != 3 {
		t.Errorf("%d of 12 hidden, want 3: nine cells are near enough", n)
	}
}

func TestLabels(t *testing.T) {
	draw := func(marks ...Mark) string { return Draw(marks, false).text() }
	sea := Mark{Lat: -30.2, Lon: -20, Symbol: 'X', Label: "label"}
	if text := draw(sea); !strings.Contains(text, "X label") {
		t.Errorf("no label:\n%s", text)
	}
	right := Mark{Lat: -30.2, Lon: -9, Symbol: 'Y'}
	if text := draw(sea, right); !strings.Contains(text, "label X") {
		t.Errorf("the label is not to the left:\n%s", text)
	}
	edge := Mark{Lat: -30.2, Lon: -169.5, Symbol: 'Z', Label: "edge"}
	if text := draw(edge); !strings.Contains(text, "edge Z") {
		t.Errorf("the label at the right edge is not to the left:\n%s", text)
	}
	if text := draw(Mark{Lat: 0, Lon: 0, Symbol: 'Z', Label: strings.Repeat("long", 40)}); strings.Contains(text, "long") {
		t.Errorf("a label without room is drawn:\n%s", text)
	}
}

// TestDrawNeverFails draws whatever marks there are.
func TestDrawNeverFails(t *testing.T) {
	mark := rapid.Custom(func(t *rapid.T) Mark {
		return Mark{
			Lat: rapid.Float64().Draw(t, "lat"), Lon: rapid.Float64().Draw(t, "lon"), Symbol: 'x',
			Rank: rapid.IntRange(-1, 3).Draw(t, "rank"), Aside: rapid.Bool().Draw(t, "aside"), Label: rapid.String().Draw(t, "label"),
		}
	})
	near := rapid.Custom(func(t *rapid.T) Mark {
		m := mark.Draw(t, "mark")
		m.Lat, m.Lon = rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")
		return m
	})
	rapid.Check(t, func(t *rapid.T) {
		marks := rapid.SliceOfN(rapid.OneOf(mark, near), 0, 40).Draw(t, "marks")
		m := Draw(marks, rapid.Bool().Draw(t, "ascii"))
		seen := map[int]int{}
		for y := range m.Cells {
			for _, c := range m.Cells[y] {
				if c.Kind == Marked {
					seen[c.Mark]++
				}
			}
		}
		for i, f := range m.Fates {
			if shown := f == Shown || f == ShownAside; shown != (seen[i] == 1) {
				t.Fatalf("mark %d has fate %d and is in %d cells", i, f, seen[i])
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		Draw([]Mark{{Lat: 50, Lon: 8, Symbol: 'x'}}, false)
	}
}
