package topology

import (
	"iter"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// OverrideFacts are one fact that a layer of the topology corrected in those below it.
type OverrideFacts = Override

// overrideColumns are the columns of the table of overrides and the fields they hold.
var overrideColumns = []struct {
	name string
	of   func(*Override) *string
}{
	{"what", func(o *Override) *string { return &o.What }},
	{"id", func(o *Override) *string { return &o.ID }},
	{"field", func(o *Override) *string { return &o.Field }},
	{"was", func(o *Override) *string { return &o.Was }},
	{"is", func(o *Override) *string { return &o.Is }},
	{"wasSource", func(o *Override) *string { return &o.WasSource }},
	{"source", func(o *Override) *string { return &o.Source }},
	{"wasAt", func(o *Override) *string { return &o.WasAt }},
	{"at", func(o *Override) *string { return &o.At }},
}

func (c *catalogue) writeOverrides(b *image.Builder) {
	all := sortOverrides(append(c.Overridden(), c.flips...))
	t := b.Table("overrides", len(all))
	for _, col := range overrideColumns {
		t.Strings(col.name, texts(all, func(o *Override) string { return *col.of(o) }), image.States{})
	}
}

// Overrides yields every fact that a layer corrected in those below it, sorted by what it is about; the
// corrections of one fact in the order of the layers.
func (s *Snapshot) Overrides() iter.Seq[OverrideFacts] {
	return func(yield func(OverrideFacts) bool) {
		for i := range s.t.overrides {
			var o Override
			for k, col := range overrideColumns {
				*col.of(&o) = s.t.overrideText[k].At(i)
			}
			if !yield(o) {
				return
			}
		}
	}
}

// OverridesOf yields the corrected facts of one site, in the order of [Snapshot.Overrides]. Field is the
// fact's dotted path below the site's document: "lat", "carbon.pue", "price.index", "offers.<service>",
// "programmes.<programme>".
func (s *Snapshot) OverridesOf(r SiteRow) iter.Seq[OverrideFacts] {
	id := s.SiteID(r)
	return func(yield func(OverrideFacts) bool) {
		for o := range s.Overrides() {
			if path := sitePath(&o, id); path != "" {
				o.Field = path
				if !yield(o) {
					return
				}
			}
		}
	}
}

// sitePath is where a site's document has the fact, or "" if it is none of the site's.
func sitePath(o *Override, site string) string {
	switch o.What {
	case "site":
		if o.ID == site {
			return o.Field
		}
	case "carbon", "price":
		if o.ID == site {
			return o.What + "." + o.Field
		}
	case "service", "programme":
		if of, ok := strings.CutPrefix(o.Field, "sites."); ok && of == site {
			return map[string]string{"service": "offers.", "programme": "programmes."}[o.What] + o.ID
		}
	}
	return ""
}
