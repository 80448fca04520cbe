package topology

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// imageKind marks images that hold a topology; schemaVersion is raised when a table or column changes
// its meaning, so that an old image is refused and never misread.
const (
	imageKind     = "topology"
	schemaVersion = 2
)

// Compile validates a topology and lays it out as an image. The same facts give the same bytes on
// every machine, in whatever order and files they were written. The error is a [decode.Errors] that
// lists what is wrong and where.
//
// A topology some of whose entries hold on some days only compiles to one image for each span of days,
// inside an image that shows the one in force on the topology's asOf: see [Snapshot.On].
func Compile(t *Topology) ([]byte, error) {
	if days := changeDays(&t.Sections); len(days) > 0 {
		return compileEditions(t, days)
	}
	c, err := resolve(t, t.Metadata.AsOf)
	if err != nil {
		return nil, err
	}
	return c.lay().Bytes()
}

// lay lays the tables out.
func (c *catalogue) lay() *image.Builder {
	b := image.NewBuilder(imageKind)
	c.flips = nil
	c.writeMeta(b)
	c.writeOperators(b)
	c.writeJurisdictions(b)
	c.writeSites(b)
	c.writeRegions(b)
	c.writeServices(b)
	c.writePeople(b)
	c.writePrices(b)
	c.writeOverrides(b)
	return b
}

// column gathers a column's values with their states; a row that is never set stays unknown.
type column[T any] struct {
	v  []T
	st image.States
}

func newColumn[T any](n int) *column[T] {
	return &column[T]{v: make([]T, n), st: image.States{Known: image.NewBits(n), Present: image.NewBits(n)}}
}

func (c *column[T]) set(i int, v T) {
	c.v[i] = v
	c.st.Known.Set(i)
	c.st.Present.Set(i)
}

// absent says that row i has no such fact in the world.
func (c *column[T]) absent(i int) { c.st.Known.Set(i) }

func (c *column[T]) setPtr(i int, p *T) {
	if p != nil {
		c.set(i, *p)
	}
}

// setText keeps a text that is given; an omitted one stays unknown.
func setText(c *column[string], i int, s string) {
	if s != "" {
		c.set(i, s)
	}
}

// optional is a column of texts where an omitted one is plainly not there.
func optional[T any](rows []T, get func(*T) string) ([]string, image.States) {
	c := newColumn[string](len(rows))
	for i := range rows {
		if s := get(&rows[i]); s != "" {
			c.set(i, s)
		} else {
			c.absent(i)
		}
	}
	return c.v, c.st
}

func texts[T any](rows []T, get func(*T) string) []string {
	v := make([]string, len(rows))
	for i := range rows {
		v[i] = get(&rows[i])
	}
	return v
}

// refs is a column of row numbers; a name that is not given is plainly not there.
func refs[T any](rows []T, in map[string]int, get func(*T) string) ([]uint32, image.States) {
	c := newColumn[uint32](len(rows))
	for i := range rows {
		if at, ok := in[get(&rows[i])]; ok {
			c.set(i, uint32(at))
		} else {
			c.absent(i)
		}
	}
	return c.v, c.st
}

// relation turns lists of names into sorted, unique row numbers.
func relation[T any](rows []T, in map[string]int, get func(*T) []string) [][]uint32 {
	v := make([][]uint32, len(rows))
	for i := range rows {
		for _, name := range get(&rows[i]) {
			v[i] = append(v[i], uint32(in[name]))
		}
		v[i] = sorted(v[i])
	}
	return v
}

func sorted(v []uint32) []uint32 {
	slices.Sort(v)
	return slices.Compact(v)
}

func (c *catalogue) writeMeta(b *image.Builder) {
	m := b.Table("meta", 1)
	m.Strings("name", []string{c.Metadata.Name}, image.States{})
	m.Strings("asOf", []string{c.Metadata.AsOf}, image.States{})
	m.Int32s("schema", []int32{schemaVersion}, image.States{})

	t := b.Table("sources", len(c.Sources))
	t.Strings("id", texts(c.Sources, func(s *Source) string { return s.ID }), image.States{})
	t.Strings("title", texts(c.Sources, func(s *Source) string { return s.Title }), image.States{})
	t.Strings("asOf", texts(c.Sources, func(s *Source) string { return s.AsOf }), image.States{})
	for name, get := range map[string]func(*Source) string{
		"url":     func(s *Source) string { return s.URL },
		"licence": func(s *Source) string { return s.Licence },
		"note":    func(s *Source) string { return s.Note },
	} {
		v, st := optional(c.Sources, get)
		t.Strings(name, v, st)
	}
}

func (c *catalogue) writeOperators(b *image.Builder) {
	t := b.Table("providers", len(c.Providers))
	t.Strings("id", texts(c.Providers, func(p *Provider) string { return p.ID }), image.States{})
	v, st := optional(c.Providers, func(p *Provider) string { return p.Name })
	t.Strings("name", v, st)
	entity, complete := newColumn[string](len(c.Providers)), make([]bool, len(c.Providers))
	for i := range c.Providers {
		p := &c.Providers[i]
		setText(entity, i, p.LegalEntity)
		complete[i] = len(p.Control) > 0 && (p.ControlComplete == nil || *p.ControlComplete)
	}
	t.Strings("legalEntity", entity.v, entity.st)
	t.Bools("controlComplete", complete, image.States{})
	t.Relation("control", "jurisdictions", relation(c.Providers, c.jurisdiction, func(p *Provider) []string { return p.Control }))
	src, st := refs(c.Providers, c.source, func(p *Provider) string { return p.Source })
	t.Refs("source", "sources", src, st)

	t = b.Table("partitions", len(c.Partitions))
	t.Strings("id", texts(c.Partitions, func(p *Partition) string { return p.ID }), image.States{})
	v, st = optional(c.Partitions, func(p *Partition) string { return p.Name })
	t.Strings("name", v, st)
	prov, st := refs(c.Partitions, c.provider, func(p *Partition) string { return p.Provider })
	t.Refs("provider", "providers", prov, st)
	t.Relation("personnel", "jurisdictions", relation(c.Partitions, c.jurisdiction, func(p *Partition) []string { return p.Personnel }))
	src, st = refs(c.Partitions, c.source, func(p *Partition) string { return p.Source })
	t.Refs("source", "sources", src, st)
}

func (c *catalogue) writeJurisdictions(b *image.Builder) {
	n := len(c.Jurisdictions)
	t := b.Table("jurisdictions", n)
	t.Strings("id", texts(c.Jurisdictions, func(j *Jurisdiction) string { return j.ID }), image.States{})
	v, st := optional(c.Jurisdictions, func(j *Jurisdiction) string { return j.Name })
	t.Strings("name", v, st)
	t.Strings("kind", texts(c.Jurisdictions, func(j *Jurisdiction) string { return j.Kind }), image.States{})
	in, members := make([][]uint32, n), make([][]uint32, n)
	for j, blocs := range c.in {
		for _, bloc := range blocs {
			in[j] = append(in[j], uint32(bloc))
			if bloc != j && c.Jurisdictions[j].Kind == "country" {
				members[bloc] = append(members[bloc], uint32(j))
			}
		}
	}
	t.Relation("in", "jurisdictions", in)
	t.Relation("members", "jurisdictions", members)
	sites := newBitRows(n, len(c.rows))
	for i := range c.rows {
		if k := c.rows[i].country; k != none {
			for _, j := range c.in[k] {
				sites[j].Set(i)
			}
		}
	}
	t.Bits("sites", "sites", sites)
	src, st := refs(c.Jurisdictions, c.source, func(j *Jurisdiction) string { return j.Source })
	t.Refs("source", "sources", src, st)
	c.writeAdequacy(b)
	c.writeRegimes(b)
}

// finding is one adequacy entry with who made it.
type finding struct {
	by int
	*Adequacy
}

func (c *catalogue) writeAdequacy(b *image.Builder) {
	var all []finding
	for j := range c.Jurisdictions {
		for k := range c.Jurisdictions[j].Adequate {
			all = append(all, finding{j, &c.Jurisdictions[j].Adequate[k]})
		}
	}
	slices.SortStableFunc(all, func(x, y finding) int {
		return slices.Compare([]string{c.Jurisdictions[x.by].ID, x.Jurisdiction, x.Since, x.Scope}, []string{c.Jurisdictions[y.by].ID, y.Jurisdiction, y.Since, y.Scope})
	})
	t := b.Table("adequacy", len(all))
	by := make([]uint32, len(all))
	for i, f := range all {
		by[i] = uint32(f.by)
	}
	t.Refs("by", "jurisdictions", by, image.States{})
	of, st := refs(all, c.jurisdiction, func(f *finding) string { return f.Jurisdiction })
	t.Refs("of", "jurisdictions", of, st)
	for name, get := range map[string]func(*finding) string{
		"since":      func(f *finding) string { return f.Since },
		"until":      func(f *finding) string { return f.Until },
		"scope":      func(f *finding) string { return f.Scope },
		"instrument": func(f *finding) string { return f.Instrument },
	} {
		v, st := optional(all, get)
		t.Strings(name, v, st)
	}
	src, st := refs(all, c.source, func(f *finding) string { return f.Source })
	t.Refs("source", "sources", src, st)
}

func (c *catalogue) writeRegimes(b *image.Builder) {
	t := b.Table("regimes", len(c.Regimes))
	t.Strings("id", texts(c.Regimes, func(r *Regime) string { return r.ID }), image.States{})
	for name, get := range map[string]func(*Regime) string{
		"approval": func(r *Regime) string { return r.Approval },
		"since":    func(r *Regime) string { return r.Since },
		"until":    func(r *Regime) string { return r.Until },
		"ref":      func(r *Regime) string { return r.Ref },
		"reviewed": func(r *Regime) string { return r.Reviewed },
		"note":     func(r *Regime) string { return r.Note },
	} {
		v, st := optional(c.Regimes, get)
		t.Strings(name, v, st)
	}
	copies, processing := newColumn[bool](len(c.Regimes)), newColumn[bool](len(c.Regimes))
	classes := make([][]string, len(c.Regimes))
	for i := range c.Regimes {
		copies.setPtr(i, c.Regimes[i].CopiesAbroad)
		processing.setPtr(i, c.Regimes[i].ProcessingAbroad)
		classes[i] = c.Regimes[i].Classes
	}
	t.Bools("copiesAbroad", copies.v, copies.st)
	t.Bools("processingAbroad", processing.v, processing.st)
	t.Lists("classes", classes)
	t.Relation("subjects", "jurisdictions", relation(c.Regimes, c.jurisdiction, func(r *Regime) []string { return r.Subjects }))
	t.Relation("storeIn", "jurisdictions", relation(c.Regimes, c.jurisdiction, func(r *Regime) []string { return r.StoreIn }))
	t.Relation("processIn", "jurisdictions", relation(c.Regimes, c.jurisdiction, func(r *Regime) []string { return r.ProcessIn }))
	src, st := refs(c.Regimes, c.source, func(r *Regime) string { return r.Source })
	t.Refs("source", "sources", src, st)
}

func newBitRows(rows, over int) []image.Bits {
	v := make([]image.Bits, rows)
	for i := range v {
		v[i] = image.NewBits(over)
	}
	return v
}
