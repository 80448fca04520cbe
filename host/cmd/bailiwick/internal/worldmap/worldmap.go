package worldmap

import (
	"cmp"
	"math"
	"slices"
)

// The part of the world that is drawn: from Svalbard to Cape Horn, and once around from the Bering Strait.
const (
	north, south = 78.0, -58.0
	west         = -169.0
)

// The size of a map in characters: as wide as the command writes, and as high as fits a terminal.
const (
	Columns = 100
	Rows    = 32
)

// Mark is something to draw at a point.
type Mark struct {
	Lat, Lon float64
	Symbol   rune
	Rank     int    // where marks share a cell the lowest rank shows
	Aside    bool   // whether it may be drawn one cell aside rather than be hidden
	Label    string // written beside it where there is room; "" for none
}

// CellKind says what is drawn in a cell.
type CellKind uint8

// What a cell may show.
const (
	Sea CellKind = iota
	Land
	Marked
	Labelled
)

// Cell is one character of a map.
type Cell struct {
	Kind CellKind
	Rune rune
	Mark int // of a marked or labelled cell, the number of the mark
}

// Fate says what became of a mark.
type Fate uint8

// A mark is shown, shown one cell aside of its place, hidden under another, or off the map.
const (
	Shown Fate = iota
	ShownAside
	Hidden
	Off
)

// Map is a drawn map.
type Map struct {
	Cells [Rows][Columns]Cell
	Fates []Fate // one a mark
}

// Count returns how many marks met a fate.
func (m *Map) Count(f Fate) int {
	n := 0
	for _, x := range m.Fates {
		if x == f {
			n++
		}
	}
	return n
}

// Draw draws marks on the world. Of marks of equal rank the earlier one goes first. ascii draws the land
// without characters beyond ASCII; symbols and labels are the caller's.
func Draw(marks []Mark, ascii bool) *Map {
	m := &Map{Fates: make([]Fate, len(marks))}
	m.land(ascii)
	order := make([]int, len(marks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(marks[a].Rank, marks[b].Rank) })
	var later []int
	for k, i := range order {
		x, y, ok := place(marks[i].Lat, marks[i].Lon)
		switch {
		case !ok:
			m.Fates[i] = Off
		case m.at(x, y).Kind != Marked:
			m.mark(x, y, i, marks[i].Symbol)
		case marks[i].Aside:
			later = append(later, i)
		default:
			m.Fates[i] = Hidden
		}
		// Aside go those of a rank after all of it that have a place of their own, and before lesser ones.
		if k == len(order)-1 || marks[order[k+1]].Rank != marks[i].Rank {
			for _, j := range later {
				m.aside(j, &marks[j])
			}
			later = later[:0]
		}
	}
	for _, i := range order {
		m.label(i, marks[i].Label)
	}
	return m
}

// place returns where on the map a point is, in cells; false if it is not on it.
func place(lat, lon float64) (x, y float64, ok bool) {
	x = math.Mod(lon-west+720, 360) / 360 * Columns
	y = (north - lat) / (north - south) * Rows
	return x, y, y >= 0 && y < Rows && x >= 0 && x < Columns // false for NaN
}

func (m *Map) at(x, y float64) *Cell { return &m.Cells[int(y)][int(x)] }

func (m *Map) mark(x, y float64, i int, symbol rune) {
	*m.at(x, y) = Cell{Marked, symbol, i}
}

// aside draws a mark in the nearest free cell around its own, or hides it.
func (m *Map) aside(i int, mark *Mark) {
	x, y, _ := place(mark.Lat, mark.Lon)
	best, bestX, bestY := math.Inf(1), 0.0, 0.0
	for dy := -1.0; dy <= 1; dy++ {
		for dx := -1.0; dx <= 1; dx++ {
			cx, cy := math.Floor(x+dx)+0.5, math.Floor(y+dy)+0.5 // the middle of the cell
			if cx < 0 || cy < 0 || cx >= Columns || cy >= Rows || m.at(cx, cy).Kind == Marked {
				continue
			}
			// A cell is twice as high as it is wide.
			if d := math.Hypot(cx-x, 2*(cy-y)); d < best {
				best, bestX, bestY = d, cx, cy
			}
		}
	}
	if math.IsInf(best, 1) {
		m.Fates[i] = Hidden
		return
	}
	m.Fates[i] = ShownAside
	m.mark(bestX, bestY, i, mark.Symbol)
}

// label writes a mark's label to its right, to its left, or a line below or above, wherever it covers no
// other mark or label and none stands between; nowhere, if there is no room.
func (m *Map) label(i int, text string) {
	if text == "" || m.Fates[i] != Shown && m.Fates[i] != ShownAside {
		return
	}
	x, y := m.find(i)
	runes := []rune(text)
	n := len(runes)
	for _, at := range [][2]int{{x + 2, y}, {x - 1 - n, y}, {x + 1, y + 1}, {x + 1, y - 1}, {x - n, y + 1}, {x - n, y - 1}, {x - n/2, y + 1}, {x - n/2, y - 1}} {
		gap := x + 1 // between the mark and a label on its own line
		if at[0] < x {
			gap = x - 1
		}
		if !m.free(at[0], at[1], n) || at[1] == y && m.Cells[y][gap].Kind == Marked {
			continue
		}
		// Land beside the label makes room, so that dots do not run into letters.
		for k := max(at[0]-1, 0); k < min(at[0]+n+1, Columns); k++ {
			if c := &m.Cells[at[1]][k]; c.Kind == Land {
				*c = Cell{Kind: Sea, Rune: ' '}
			}
		}
		for k, r := range runes {
			m.Cells[at[1]][at[0]+k] = Cell{Labelled, r, i}
		}
		return
	}
}

func (m *Map) find(i int) (x, y int) {
	for y := range m.Cells {
		for x := range m.Cells[y] {
			if c := &m.Cells[y][x]; c.Kind == Marked && c.Mark == i {
				return x, y
			}
		}
	}
	return 0, 0
}

// free tells whether n cells hold neither mark nor label, nor the cell before and after them a label.
func (m *Map) free(x, y, n int) bool {
	if x < 0 || y < 0 || y >= Rows || x+n > Columns {
		return false
	}
	for k := max(x-1, 0); k < min(x+n+1, Columns); k++ {
		c := m.Cells[y][k].Kind
		if c == Labelled || c == Marked && k >= x && k < x+n {
			return false
		}
	}
	return true
}
