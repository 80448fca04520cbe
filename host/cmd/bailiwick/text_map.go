package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/bailiwick-dev/bailiwick/host/cmd/bailiwick/internal/worldmap"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// sign is how one class of sites is drawn. Every class has a symbol of its own, so that a map without
// colour tells as much.
type sign struct {
	name     string
	symbol   rune
	ascii    rune
	style    lipgloss.Style
	isChosen bool
}

// kindSigns are the signs of a map without a request, by kind.
var kindSigns = map[topology.Kind]sign{
	topology.Region:            {"region", '●', 'O', lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Cyan), false},
	topology.Outpost:           {"outpost", '■', '#', lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Yellow), false},
	topology.LocalZone:         {"local-zone", '▲', '^', lipgloss.NewStyle().Foreground(lipgloss.Green), false},
	topology.WavelengthZone:    {"wavelength-zone", '◆', 'v', lipgloss.NewStyle().Foreground(lipgloss.Magenta), false},
	topology.AvailabilityZone:  {"availability-zone", '○', 'o', lipgloss.NewStyle().Foreground(lipgloss.Cyan), false},
	topology.EdgeLocation:      {"edge-location", '◦', '+', lipgloss.NewStyle().Foreground(lipgloss.Blue), false},
	topology.RegionalEdgeCache: {"regional-edge-cache", '◇', '=', lipgloss.NewStyle().Foreground(lipgloss.Blue), false},
	topology.DirectConnect:     {"direct-connect", '▪', 'x', lipgloss.NewStyle().Foreground(lipgloss.Yellow), false},
}

// kindRank orders kinds where they share a cell: the first one shows.
var kindRank = []topology.Kind{
	topology.Region, topology.Outpost, topology.LocalZone, topology.WavelengthZone, topology.AvailabilityZone,
	topology.RegionalEdgeCache, topology.EdgeLocation, topology.DirectConnect,
}

// mapKinds are the kinds shown when nobody says which: those that workloads run at.
var mapKinds = []topology.Kind{topology.Region, topology.LocalZone, topology.WavelengthZone, topology.Outpost}

// verdictSigns are the signs of a map with a request, in the order of their rank.
var verdictSigns = []sign{
	{"chosen", '★', '*', good, true},
	{"permit", '●', 'O', good, false},
	{"indeterminate", '?', '?', amber, false},
	{"deny", '✕', 'x', bad, false},
}

// mapView is what a map shows.
type mapView struct {
	snap     *topology.Snapshot
	d        *placement.Decision // nil without a request
	signs    []sign
	counts   []int // sites by sign
	marks    []worldmap.Mark
	class    []int // sign by mark
	size     []int // sites by mark: several may be at one point
	unplaced int   // sites without a known point
}

// newMapView gathers sites into marks: one for each point.
func newMapView(s *topology.Snapshot, rows []topology.SiteRow, d *placement.Decision, f *siteFilter) *mapView {
	v := &mapView{snap: s, d: d}
	if d == nil {
		for _, k := range kindRank {
			v.signs = append(v.signs, kindSigns[k])
		}
	} else {
		v.signs = verdictSigns
	}
	v.counts = make([]int, len(v.signs))
	judged := judgements(d)
	type point struct{ lat, lon float64 }
	at := map[point]int{}
	for _, r := range rows {
		class, label := v.classify(r, judged[s.SiteID(r)], len(f.kinds) > 0)
		if class < 0 {
			continue
		}
		v.counts[class]++
		lat, lon, ok := s.Point(r)
		if !ok {
			v.unplaced++
			continue
		}
		i, seen := at[point{lat, lon}]
		if !seen {
			i = len(v.marks)
			at[point{lat, lon}] = i
			v.marks = append(v.marks, worldmap.Mark{Lat: lat, Lon: lon})
			v.class = append(v.class, len(v.signs))
			v.size = append(v.size, 0)
		}
		v.size[i]++
		if class < v.class[i] {
			v.class[i] = class
			v.marks[i].Rank, v.marks[i].Label = class, label
			v.marks[i].Aside = d != nil || s.Kind(r) == topology.Region
		}
	}
	return v
}

// classify returns a site's sign and label, or -1 for a site that the map does not show.
func (v *mapView) classify(r topology.SiteRow, j *judgement, kindsGiven bool) (class int, label string) {
	if v.d == nil {
		k := v.snap.Kind(r)
		if !kindsGiven && !slices.Contains(mapKinds, k) {
			return -1, ""
		}
		return slices.Index(kindRank, k), ""
	}
	switch {
	case j == nil:
		return -1, ""
	case len(j.chosen) > 0:
		return 0, oneLine(v.snap.SiteID(r))
	}
	return slices.IndexFunc(v.signs, func(s sign) bool { return s.name == string(j.verdict) }), ""
}

// worldMap draws the map with its legend.
func (t *text) worldMap(v *mapView, ascii bool) {
	for i := range v.marks {
		v.marks[i].Symbol = v.signs[v.class[i]].glyph(ascii)
	}
	m := worldmap.Draw(v.marks, ascii)
	if v.d == nil {
		t.line(head.Render(v.snap.Name()) + "  as of " + v.snap.AsOf())
	} else {
		t.wrapped(head.Render(v.d.Request)+"  "+verdictText(v.d.Verdict)+" ", dimmed(v.separator(ascii)+verdictMeaning[v.d.Verdict]))
	}
	for y := range m.Cells {
		t.line(v.row(m.Cells[y][:]))
	}
	t.legend(v, m, ascii)
}

func (s *sign) glyph(ascii bool) rune {
	if ascii {
		return s.ascii
	}
	return s.symbol
}

func (v *mapView) separator(ascii bool) string {
	if ascii {
		return " - "
	}
	return " · "
}

// row renders one line of the map, a run of cells of one style at a time.
func (v *mapView) row(cells []worldmap.Cell) string {
	styleOf := func(c worldmap.Cell) int {
		switch c.Kind {
		case worldmap.Marked, worldmap.Labelled:
			return v.class[c.Mark]
		case worldmap.Land:
			return -1
		}
		return -2
	}
	var b strings.Builder
	for from := 0; from < len(cells); {
		to, style := from, styleOf(cells[from])
		var run strings.Builder
		for to < len(cells) && styleOf(cells[to]) == style {
			run.WriteRune(cells[to].Rune)
			to++
		}
		switch style {
		case -2:
			b.WriteString(run.String())
		case -1:
			b.WriteString(dim.Render(run.String()))
		default:
			b.WriteString(v.signs[style].style.Render(run.String()))
		}
		from = to
	}
	return b.String()
}

// legend says what the signs mean and how many sites each stands for, what the chosen sites are, and
// what became of sites that one cannot see.
func (t *text) legend(v *mapView, m *worldmap.Map, ascii bool) {
	var parts []string
	for i, s := range v.signs {
		if v.counts[i] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d %s", s.style.Render(string(s.glyph(ascii))), v.counts[i], s.name))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no site to show"}
	}
	t.line(strings.Join(parts, "   "))
	hidden, stacked := 0, 0
	for i, fate := range m.Fates {
		stacked += v.size[i] - 1
		if fate == worldmap.Hidden {
			hidden++
		}
	}
	parts = nil // the second line
	say := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	if v.d != nil {
		components := map[string]bool{}
		for i := range v.d.Sites {
			components[v.d.Sites[i].Component] = true
		}
		if len(components) > 1 {
			parts = append(parts, fmt.Sprintf("the worst verdict of %d components counts", len(components)))
		}
	}
	say(m.Count(worldmap.ShownAside), "one cell aside")
	say(hidden, "under another sign")
	say(stacked, "at the point of another")
	say(m.Count(worldmap.Off), "off the map")
	say(v.unplaced, "without a known point")
	if len(parts) > 0 {
		t.wrapped("", dimmed(strings.Join(parts, v.separator(ascii))))
	}
	if v.d == nil || len(v.d.Placements) == 0 {
		return
	}
	copies := slices.Clone(v.d.Placements[0].Copies)
	slices.SortStableFunc(copies, func(a, b placement.Copy) int { return cmp.Compare(a.Component, b.Component) })
	var words []string
	for i, c := range copies {
		word := fmt.Sprintf("%s %s %s", c.Component, c.Role, good.Render(c.Site))
		if i < len(copies)-1 {
			word += ","
		}
		words = append(words, word)
	}
	t.wrapped(good.Render(string(verdictSigns[0].glyph(ascii)))+" ", words)
}

// asciiOnly tells from the environment whether the terminal cannot show more than ASCII: a locale that
// names another encoding than UTF-8, or the Linux console, whose font has no braille. Where nothing is
// said UTF-8 is taken, as for everything else the command writes.
func asciiOnly(getenv func(string) string) bool {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"))
	encoding := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	return locale != "" && !strings.Contains(encoding, "utf8") || getenv("TERM") == "linux"
}
