package conduit_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// In these tests a topology has the regions a, b and c, and of each way between two of them the risk groups, a set of
// cable and duct in two bits, or nobody says.
const notSaid = -1

// ends are the ways, in both directions.
var ends = [][2]uint32{{a, b}, {b, a}, {a, c}, {c, a}, {b, c}, {c, b}}

// world is what is said of each way.
type world [6]int

// groups are the names of a set of risk groups.
func groups(set int) []string {
	var names []string
	for i, name := range []string{"cable", "duct"} {
		if set>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}

// snapshot is the topology of a world.
func (w world) snapshot() []byte {
	var links []link
	for i, e := range ends {
		if w[i] != notSaid {
			links = append(links, link{e[0], e[1], groups(w[i])})
		}
	}
	for _, r := range []uint32{a, b, c} {
		links = append(links, both(r, d, "cable", "duct")...) // no way around for anything
	}
	return topology(nil, links)
}

// of is what is said of the way between two regions.
func (w world) of(from, to uint32) int { return w[slices.Index(ends, [2]uint32{from, to})] }

// fillings yields every world that a world may be.
func (w world) fillings(yield func(world)) {
	i := slices.Index(w[:], notSaid)
	if i < 0 {
		yield(w)
		return
	}
	for set := range 4 {
		w[i] = set
		w.fillings(yield)
	}
}

// sharesPath is the rule of paths where everything is known.
func (w world) sharesPath(from, to uint32) bool {
	by := uint32(a + b + c - from - to)
	return w.of(from, to)&(w.of(from, by)|w.of(by, to)) != 0
}

// sharesCopies is the rule of placements where everything is known.
func (w world) sharesCopies(regions ...uint32) bool {
	common := 3
	for _, from := range regions {
		for _, to := range regions {
			if from != to {
				common &= w.of(from, to)
			}
		}
	}
	return common != 0
}

// TestUnknownExactly fills in what nobody says in every way. What is sure holds in all of them, and what is unsure
// differs between two.
func TestUnknownExactly(t *testing.T) {
	m := module(t)
	request := paths(ends, nil)
	copies := [][]uint32{{a, b}, {b, c}, {a, b, c}}
	var all []copyAt
	for i, regions := range copies {
		for _, r := range regions {
			all = append(all, copyAt{uint32(i), 0, r})
		}
	}
	placed := placements([]string{"none", "none", "none"}, all...)
	rapid.Check(t, func(t *rapid.T) {
		var w world
		for i := range w {
			w[i] = rapid.IntRange(notSaid, 3).Draw(t, "way")
		}
		var sharing [2][6]int // how many of the worlds deny it
		worlds := 0
		w.fillings(func(f world) {
			worlds++
			for i, e := range ends {
				if f.sharesPath(e[0], e[1]) {
					sharing[0][i]++
				}
			}
			for i, regions := range copies {
				if f.sharesCopies(regions...) {
					sharing[1][i]++
				}
			}
		})
		for i, q := range []guesttest.Question{{Hook: "path", Request: request, Rows: 6}, {Hook: "placement", Request: placed, Rows: 3, Component: -1}} {
			q.Snapshot, q.Settings = w.snapshot(), guesttest.Settings(map[string]any{"paths": "deny"})
			got, err := guesttest.Ask(m.New(), q)
			if err != nil {
				t.Fatal(err)
			}
			for row := range q.Rows {
				n := sharing[i][row]
				denied, unknown := slices.Contains(got.Denied, row), slices.Contains(got.Unknown, row)
				if denied != (n == worlds) || unknown != (n > 0 && n < worlds) {
					t.Errorf("%v: %s %d: denied %v, unknown %v, and %d of %d worlds deny it", w, q.Hook, row, denied, unknown, n, worlds)
				}
			}
		}
	})
}
