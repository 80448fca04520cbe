package topology

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// statement is what one entry says of the members of a set of sites, such as those that offer a service.
type statement struct {
	layer  int
	sites  []string
	among  image.Bits // sites of which it says everything; nil: of those it lists only
	source string
	pos    decode.Pos
}

// settle works out which sites are in a set and of which that is known. Statements of one layer add up;
// what a later layer says of a site counts before what lower ones say, and where it says the contrary
// that is an override. It returns the sites of which each source speaks last.
func (c *catalogue) settle(what, id string, in []statement, has, known image.Bits) map[int]image.Bits {
	sources := map[int]image.Bits{}
	slices.SortStableFunc(in, func(a, b statement) int { return cmp.Compare(a.layer, b.layer) })
	var above, aboveKnown image.Bits
	for start := 0; start < len(in); {
		end := start + 1
		for end < len(in) && in[end].layer == in[start].layer {
			end++
		}
		if start == 0 {
			c.gather(in[:end], has, known)
			c.credit(in[:end], sources)
			start = end
			continue
		}
		if above == nil {
			above, aboveKnown = image.NewBits(len(c.rows)), image.NewBits(len(c.rows))
		}
		clear(above)
		clear(aboveKnown)
		c.gather(in[start:end], above, aboveKnown)
		contrary := image.NewBits(len(c.rows))
		for w := range has {
			contrary[w] = (has[w] ^ above[w]) & known[w] & aboveKnown[w]
			has[w] = has[w]&^aboveKnown[w] | above[w]
			known[w] |= aboveKnown[w]
		}
		for k, spoken := range sources {
			if spoken.AndNot(spoken, aboveKnown); !spoken.Any() {
				delete(sources, k)
			}
		}
		c.credit(in[start:end], sources)
		c.contradict(what, id, in[:start], in[start:end], contrary, above)
		start = end
	}
	return sources
}

// credit adds the sites of which statements speak to those of their sources.
func (c *catalogue) credit(in []statement, sources map[int]image.Bits) {
	for i := range in {
		k, ok := c.source[in[i].source]
		if !ok {
			continue
		}
		if sources[k] == nil {
			sources[k] = image.NewBits(len(c.rows))
		}
		if in[i].among != nil {
			sources[k].Or(sources[k], in[i].among)
		}
		for _, name := range in[i].sites {
			sources[k].Set(c.site[name])
		}
	}
}

// gather adds up the statements of one layer.
func (c *catalogue) gather(in []statement, has, known image.Bits) {
	for i := range in {
		if in[i].among != nil {
			known.Or(known, in[i].among)
		}
		for _, name := range in[i].sites {
			has.Set(c.site[name])
			known.Set(c.site[name])
		}
	}
}

// contradict records the sites of which the statements above say the contrary of those below.
func (c *catalogue) contradict(what, id string, below, above []statement, contrary, now image.Bits) {
	if contrary.Count() == 0 {
		return
	}
	was, is := c.speakers(below), c.speakers(above)
	for s := range contrary.Rows() {
		lower, upper := &below[was[s]], &above[is[s]]
		c.flips = append(c.flips, Override{
			What: what, ID: id, Field: "sites." + c.rows[s].ID,
			Was: strconv.FormatBool(!now.Get(s)), Is: strconv.FormatBool(now.Get(s)),
			WasSource: lower.source, Source: upper.source, WasAt: c.short(lower.pos), At: c.short(upper.pos),
		})
	}
}

// speakers tells which statement decides of each site: the latest layer's, and in it one that lists the
// site before one that leaves it out. Of several alike it is the first by place, whatever order they were
// read in.
func (c *catalogue) speakers(in []statement) []int {
	by := make([]int, len(c.rows))
	rank := make([]int, len(c.rows)) // of the statement that decides so far; 0: none does
	order := make([]int, len(in))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return comparePos(in[a].pos, in[b].pos) })
	say := func(i, s, r int) {
		if r > rank[s] {
			by[s], rank[s] = i, r
		}
	}
	for _, i := range order {
		for s := range in[i].among.Rows() {
			say(i, s, 2*in[i].layer+1)
		}
		for _, name := range in[i].sites {
			say(i, c.site[name], 2*in[i].layer+2)
		}
	}
	return by
}

func comparePos(a, b decode.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// short is a place as images keep it: no path of the machine that built them.
func (t *Topology) short(p decode.Pos) string {
	if p.Line == 0 {
		return ""
	}
	file, ok := t.shorts[p.File]
	if !ok {
		file = p.File
	}
	return file + ":" + strconv.Itoa(p.Line)
}
