package tables

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Placement is a placement in a scenario.
type Placement struct {
	Scenario, Kind  string // "none" and "none" for the placement itself
	Lost, Survivors []topology.SiteRow
	Copies          []Copy
	Routes          []Route
	Traffic         []Traffic
}

// Copy is a copy that is there, or left.
type Copy struct {
	Component int // of the request
	Role      string
	Site      topology.SiteRow
}

// Route is which copy a group of users reaches.
type Route struct {
	Component, User int
	Site            topology.SiteRow
	Micros          int64 // less than 0: unknown
}

// Traffic is a call from one copy to another.
type Traffic struct {
	Dependency int // number among all dependencies of all components, in order
	From, To   topology.SiteRow
}

// placements are the rows of the placement hook and what belongs to them.
func (r *Request) placements(b *image.Builder, list []Placement) {
	n := len(list)
	scenario, kind, lost, survivors := make([]string, n), make([]string, n), make([][]uint32, n), make([][]uint32, n)
	var copies, routes, traffic [][]uint32 // each column by column
	add := func(to *[][]uint32, cells ...uint32) {
		if *to == nil {
			*to = make([][]uint32, len(cells))
		}
		for i, c := range cells {
			(*to)[i] = append((*to)[i], c)
		}
	}
	var roles []string
	var micros []int64
	for i := range list {
		p := &list[i]
		scenario[i], kind[i], lost[i], survivors[i] = p.Scenario, p.Kind, rows(p.Lost), rows(p.Survivors)
		for _, c := range p.Copies {
			add(&copies, uint32(i), uint32(c.Component), uint32(c.Site))
			roles = append(roles, c.Role)
		}
		for _, u := range p.Routes {
			add(&routes, uint32(i), uint32(u.Component), uint32(u.User), uint32(u.Site))
			micros = append(micros, u.Micros)
		}
		for _, d := range p.Traffic {
			add(&traffic, uint32(i), uint32(d.Dependency), uint32(d.From), uint32(d.To))
		}
	}
	at := func(columns [][]uint32, i int) []uint32 {
		if columns == nil {
			return nil
		}
		return columns[i]
	}
	t := b.Table("placements", n)
	t.Strings("scenario", scenario, all)
	t.Strings("kind", kind, all)
	t.Relation("lost", "sites", lost)
	t.Relation("survivors", "sites", survivors)

	t = b.Table("copies", len(roles))
	t.Refs("placement", "placements", at(copies, 0), all)
	t.Refs("component", "components", at(copies, 1), all)
	t.Strings("role", roles, all)
	t.Refs("site", "sites", at(copies, 2), all)

	rtt := column[int32](len(micros))
	for i, m := range micros {
		if m < 0 {
			rtt.unknown(i)
		} else {
			rtt.set(i, int32(min(m, 1<<31-1)))
		}
	}
	t = b.Table("routes", len(micros))
	t.Refs("placement", "placements", at(routes, 0), all)
	t.Refs("component", "components", at(routes, 1), all)
	t.Refs("user", "users", at(routes, 2), all)
	t.Refs("site", "sites", at(routes, 3), all)
	t.Int32s("rtt", rtt.v, rtt.st)

	t = b.Table("traffic", len(at(traffic, 0)))
	t.Refs("placement", "placements", at(traffic, 0), all)
	t.Refs("dependency", "dependencies", at(traffic, 1), all)
	t.Refs("from", "sites", at(traffic, 2), all)
	t.Refs("to", "sites", at(traffic, 3), all)
}
