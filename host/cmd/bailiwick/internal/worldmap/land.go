package worldmap

import (
	"slices"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/topology/outline"
)

const (
	// dotsWide and dotsHigh are the dots of a cell in braille.
	dotsWide, dotsHigh = 2, 4
	// parallels is how many lines across a row of dots are looked at.
	parallels = 3
	// landPart is how much of a dot must be land for the dot to be drawn: less than half, so that
	// islands such as Ireland, Japan and New Zealand keep their shape.
	landPart = 0.4
)

const (
	wide = Columns * dotsWide
	high = Rows * dotsHigh
)

// brailleBits are the bits of a braille character's dots, by row and column.
var brailleBits = [dotsHigh][dotsWide]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// dots tells which dots are land.
var dots = sync.OnceValue(func() *[high][wide]bool {
	var d [high][wide]bool
	for y := range high {
		var part [wide]float64
		for p := range parallels {
			lat := north - (float64(y)+(float64(p)+0.5)/parallels)/high*(north-south)
			var land [wide]float64
			for _, rings := range outline.Land() {
				var one [wide]float64
				cover(&one, rings, lat)
				for x := range one {
					land[x] += one[x]
				}
			}
			for x := range land {
				part[x] += min(land[x], 1) / parallels // ground that two countries count as theirs is land once
			}
		}
		for x := range part {
			d[y][x] = part[x] >= landPart
		}
	}
	return &d
})

// cover adds how much of each dot a country covers along a parallel: from every odd crossing of its
// outline to the next one it is land.
func cover(part *[wide]float64, rings []outline.Ring, lat float64) {
	var at []float64
	for _, r := range rings {
		at = slices.AppendSeq(at, r.Crossings(lat))
	}
	slices.Sort(at)
	for i := 0; i+1 < len(at); i += 2 {
		// What lies west of the map's edge is drawn at its other end.
		span(part, max(at[i], west), at[i+1])
		span(part, at[i]+360, min(at[i+1], west)+360)
	}
}

// span adds the stretch between two longitudes.
func span(part *[wide]float64, from, to float64) {
	a, b := (from-west)/360*wide, (to-west)/360*wide
	for x := max(int(a), 0); x < wide && float64(x) < b; x++ {
		part[x] += max(0, min(b, float64(x+1))-max(a, float64(x)))
	}
}

// land draws the land into every cell.
func (m *Map) land(ascii bool) {
	d := dots()
	for y := range Rows {
		for x := range Columns {
			bits, n := rune(0), 0
			for dy := range dotsHigh {
				for dx := range dotsWide {
					dotY, dotX := y*dotsHigh+dy, x*dotsWide+dx
					if !d[dotY][dotX] {
						continue
					}
					n++
					// Coasts are lines; what is behind them is shaded, so that marks stand out from it.
					if coast(d, dotY, dotX) || (dotY%2 == 0 && (dotX+dotY/2)%2 == 0) {
						bits |= brailleBits[dy][dx]
					}
				}
			}
			c := &m.Cells[y][x]
			switch {
			case ascii && n > dotsWide*dotsHigh/2:
				*c = Cell{Kind: Land, Rune: ':'}
			case ascii && n > 1:
				*c = Cell{Kind: Land, Rune: '.'}
			case ascii || bits == 0:
				*c = Cell{Kind: Sea, Rune: ' '}
			default:
				*c = Cell{Kind: Land, Rune: 0x2800 | bits}
			}
		}
	}
}

// coast tells whether a dot of land has the sea beside it. The edges of the map are no coasts.
func coast(d *[high][wide]bool, y, x int) bool {
	return x > 0 && !d[y][x-1] || x < wide-1 && !d[y][x+1] || y > 0 && !d[y-1][x] || y < high-1 && !d[y+1][x]
}
