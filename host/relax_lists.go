package host

import (
	"context"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// requestFamilies lists what the request may ask less of all components.
func (q *question) requestFamilies(add func(*family) *family) {
	add(q.dirtier())
	add(q.dearer())
	spec := &q.req.Spec
	for k := range spec.Data {
		for _, list := range []struct {
			name string
			of   func(*placement.DataSet) *[]string
		}{
			{"residency", func(d *placement.DataSet) *[]string { return &d.Residency }},
			{"processing", func(d *placement.DataSet) *[]string { return &d.Processing }},
		} {
			if now := *list.of(&spec.Data[k]); len(now) > 0 {
				add(q.moreLand(fmt.Sprintf("data[%d].%s", k, list.name), now, func(s *placement.Spec, ids []string) { *list.of(&s.Data[k]) = ids }))
			}
		}
	}
	add(q.morePartitions())
	add(q.moreSites())
	add(q.fewerExcluded())
}

// morePartitions names one partition more, or those that the best placement with all of them uses. Where none is named,
// policies may take it that only some are meant.
func (q *question) morePartitions() *family {
	named := q.req.Spec.Partitions
	var from any
	if len(named) > 0 {
		from = named
	}
	extended := func(more ...string) edit {
		ids := append(slices.Clone(named), more...)
		return edit{field: "partitions", from: from, to: ids, apply: func(s *placement.Spec) { s.Partitions = ids }}
	}
	var options []edit
	var rest []string
	for id := range q.snap.Partitions() {
		if !slices.Contains(named, id) {
			options, rest = append(options, extended(id)), append(rest, id)
		}
	}
	if len(rest) > 1 {
		options = append(options, extended(rest...))
	}
	f := choice("partitions", options, true)
	if len(rest) < 2 {
		return f
	}
	least := f.least
	f.least = func(ctx context.Context, r *relaxer, base []edit) (*edit, error) {
		e, err := least(ctx, r, base)
		if e != f.most() || r.target != nil || err != nil {
			return e, err
		}
		used, err := r.partitionsUsed(ctx, with(base, *e), rest)
		if err != nil || len(used) == 0 {
			return e, err
		}
		some := extended(used...)
		if ok, err := r.reach(ctx, with(base, some)); ok || err != nil {
			return &some, err
		}
		return e, nil
	}
	return f
}

// partitionsUsed lists those, of some, that the best placement after some changes uses.
func (r *relaxer) partitionsUsed(ctx context.Context, edits []edit, of []string) (used []string, err error) {
	t, err := r.trial(ctx, edits)
	if t == nil || err != nil {
		return nil, err
	}
	found, p, err := t.best(ctx)
	switch {
	case err != nil && stops(ctx, err):
		return nil, err
	case err != nil || found == nil || len(found.Placements) == 0:
		return nil, nil
	}
	for i := range p.Components {
		for _, k := range found.Placements[0].Chosen[i] {
			if id := t.q.snap.Partition(topology.SiteRow(p.Components[i].Candidates[k].Site)); slices.Contains(of, id) {
				used = insert(used, id)
			}
		}
	}
	return used, nil
}

// moreLand adds countries to those that data may be in: one if that is enough, and of several that are the one with the best
// placement; else those that the best placement with all of them uses.
func (q *question) moreLand(field string, now []string, set func(*placement.Spec, []string)) *family {
	extended := func(more []string) edit {
		ids := append(slices.Clone(now), more...)
		return edit{field: field, from: now, to: ids, apply: func(s *placement.Spec) { set(s, ids) }}
	}
	all := q.countries(now)
	f := &family{field: field, names: []string{field}}
	f.most = func() *edit {
		if len(all) == 0 {
			return nil
		}
		e := extended(all)
		return &e
	}
	f.least = func(ctx context.Context, r *relaxer, base []edit) (*edit, error) {
		top := f.most()
		if top == nil {
			return nil, nil
		}
		if ok, err := r.reach(ctx, with(base, *top)); !ok || err != nil {
			return nil, err
		}
		ranked, used, err := r.landFor(ctx, base, *top, all)
		if err != nil {
			return nil, err
		}
		for _, id := range ranked {
			one := extended([]string{id})
			if ok, err := r.reach(ctx, with(base, one)); ok || err != nil {
				return &one, err
			}
		}
		some := extended(used)
		if ok, err := r.reach(ctx, with(base, some)); ok || err != nil {
			return &some, err
		}
		return top, nil
	}
	return f
}

// landFor orders the countries that may be added, and lists those of the best placement with all of them. Where it is about
// one site, they are its own, and its region's.
func (r *relaxer) landFor(ctx context.Context, base []edit, top edit, all []string) (ranked, used []string, err error) {
	if r.target != nil {
		rows := []topology.SiteRow{r.target.row}
		if region, ok := r.q.snap.Region(r.target.row); ok {
			rows = append(rows, region)
		}
		for _, row := range rows {
			country, state := r.q.snap.Country(row)
			if id := r.q.snap.JurisdictionID(country); state == topology.Known && slices.Contains(all, id) && !slices.Contains(ranked, id) {
				ranked = append(ranked, id)
			}
		}
		return ranked, slices.Sorted(slices.Values(ranked)), nil
	}
	before, err := r.trial(ctx, base)
	if before == nil || err != nil {
		return nil, all, err
	}
	t, err := r.trial(ctx, with(base, top))
	if t == nil || err != nil {
		return nil, all, err
	}
	return t.byCountry(ctx, before, all)
}

// countries lists those in which there is a site, but for some jurisdictions and what is in them.
func (q *question) countries(but []string) []string {
	var out []string
	for i := range q.snap.Sites() {
		country, state := q.snap.Country(topology.SiteRow(i))
		if state != topology.Known {
			continue
		}
		if id := q.snap.JurisdictionID(country); !slices.Contains(but, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// byCountry orders those countries each of which, with the sites that counted before, lets the request be placed: by the
// best placement. used are the countries of the best placement on all sites that did not count before.
func (t *trial) byCountry(ctx context.Context, before *trial, all []string) (ranked, used []string, err error) {
	whole := t.q.problem(t.sites, t.q.stance(), demands{})
	counted := make([]map[topology.SiteRow]bool, len(t.sites))
	for i := range counted {
		counted[i] = before.counted(i)
	}
	best := func(country string) (*solve.Problem, []solve.Placement, error) {
		p := new(*whole)
		p.Components = slices.Clone(p.Components)
		for i := range p.Components {
			p.Components[i].Candidates = slices.DeleteFunc(slices.Clone(p.Components[i].Candidates), func(x solve.Candidate) bool {
				row := topology.SiteRow(x.Site)
				in, _ := t.q.snap.Country(row)
				return country != "" && !counted[i][row] && t.q.snap.JurisdictionID(in) != country
			})
		}
		if p.Weighted == nil && t.q.facing() > 0 && !slices.Contains(p.Objectives, solve.AfterLoss) {
			p.Objectives = append(p.Objectives, solve.AfterLoss) // of two countries that are alike, the nearer one
		}
		found, err := t.search(ctx, p)
		if err != nil && ctx.Err() == nil {
			err = nil // it takes too long
		}
		return p, found.Placements, err
	}
	type one struct {
		id     string
		values []int64
	}
	var list []one
	for _, id := range all {
		_, found, err := best(id)
		if err != nil {
			return nil, nil, err
		}
		if len(found) > 0 {
			list = append(list, one{id, found[0].Values})
		}
	}
	slices.SortStableFunc(list, func(a, b one) int { return t.q.compare(a.values, b.values) })
	for _, x := range list {
		ranked = append(ranked, x.id)
	}
	p, found, err := best("")
	if err != nil || len(found) == 0 {
		return ranked, all, err
	}
	for i := range p.Components {
		for _, k := range found[0].Chosen[i] {
			row := topology.SiteRow(p.Components[i].Candidates[k].Site)
			if country, state := t.q.snap.Country(row); state == topology.Known && !counted[i][row] && slices.Contains(all, t.q.snap.JurisdictionID(country)) {
				used = insert(used, t.q.snap.JurisdictionID(country))
			}
		}
	}
	return ranked, used, nil
}

// counted are the sites that a component may be on.
func (t *trial) counted(i int) map[topology.SiteRow]bool {
	out := map[topology.SiteRow]bool{}
	for k := range t.sites[i] {
		if j := &t.sites[i][k]; j.counts(t.q.stance(), demands{}) {
			out[j.row] = true
		}
	}
	return out
}

// moreSites adds as few sites as can be to those that the request is narrowed to.
func (q *question) moreSites() *family {
	now := q.req.Spec.Sites.Include
	if len(now) == 0 {
		return nil
	}
	return q.widerScope("sites.include", now, func(s *placement.Spec, ids []string) { s.Sites.Include = ids }, func(wanted []topology.SiteRow) []string {
		ids := slices.Clone(now)
		for _, r := range wanted {
			ids = append(ids, q.snap.SiteID(r))
		}
		return ids
	})
}

// fewerExcluded takes as few sites as can be from those that the request leaves out.
func (q *question) fewerExcluded() *family {
	now := q.req.Spec.Sites.Exclude
	if len(now) == 0 {
		return nil
	}
	r := resolver{q: q}
	return q.widerScope("sites.exclude", now, func(s *placement.Spec, ids []string) { s.Sites.Exclude = ids }, func(wanted []topology.SiteRow) []string {
		kept := []string{}
		for _, id := range now {
			row, _ := q.snap.Site(r.siteID(id)) // the request was resolved
			if !slices.ContainsFunc(wanted, func(w topology.SiteRow) bool { return q.inside(map[topology.SiteRow]bool{row: true}, w) }) {
				kept = append(kept, id)
			}
		}
		return kept
	})
}

// widerScope is a list of sites that lets more sites in: those that, of as few as can be, make the best placement.
func (q *question) widerScope(field string, now []string, set func(*placement.Spec, []string), list func(wanted []topology.SiteRow) []string) *family {
	change := func(ids []string) *edit {
		return &edit{field: field, from: now, to: ids, apply: func(s *placement.Spec) { set(s, ids) }}
	}
	f := &family{field: field, names: []string{field}}
	f.most = func() *edit { return change([]string{}) }
	f.least = func(ctx context.Context, r *relaxer, base []edit) (*edit, error) {
		top := f.most()
		if ok, err := r.reach(ctx, with(base, *top)); !ok || err != nil {
			return nil, err
		}
		before, err := r.trial(ctx, base)
		if before == nil || err != nil {
			return nil, err
		}
		t, err := r.trial(ctx, with(base, *top))
		if t == nil || err != nil {
			return nil, err
		}
		var wanted []topology.SiteRow
		if r.target != nil {
			wanted = []topology.SiteRow{r.target.row}
		} else {
			wanted, err = t.fewestNew(ctx, before)
		}
		if err != nil || len(wanted) == 0 {
			return top, err
		}
		some := change(list(wanted))
		ok, err := r.reach(ctx, with(base, *some))
		if !ok {
			some = top
		}
		return some, err
	}
	return f
}

// fewestNew are the sites of the placement that has the fewest sites which the request left out before, and of several such
// the best.
func (t *trial) fewestNew(ctx context.Context, before *trial) ([]topology.SiteRow, error) {
	p := t.q.problem(t.sites, t.q.stance(), demands{})
	for i := range p.Components {
		for k := range p.Components[i].Candidates {
			x := &p.Components[i].Candidates[k]
			x.Moves = 0
			if before.q.outOfScope(topology.SiteRow(x.Site)) != "" {
				x.Moves = 1
			}
		}
	}
	own := slices.DeleteFunc(slices.Clone(p.Objectives), func(o solve.Objective) bool { return o == solve.Moves })
	p.Objectives, p.Weighted = append([]solve.Objective{solve.Moves}, own...), nil
	found, err := t.search(ctx, p)
	if err != nil || len(found.Placements) == 0 {
		if ctx.Err() == nil {
			err = nil // it takes too long
		}
		return nil, err
	}
	var out []topology.SiteRow
	for i := range p.Components {
		for _, k := range found.Placements[0].Chosen[i] {
			if x := &p.Components[i].Candidates[k]; x.Moves > 0 && !slices.Contains(out, topology.SiteRow(x.Site)) {
				out = append(out, topology.SiteRow(x.Site))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// compare orders two placements by the request's objectives, the better first.
func (q *question) compare(a, b []int64) int {
	if q.scale.factors == nil {
		return slices.Compare(a, b)
	}
	x, known := q.total(a)
	y, alsoKnown := q.total(b)
	switch {
	case known != alsoKnown && known, known == alsoKnown && x < y:
		return -1
	case known != alsoKnown || x > y:
		return 1
	}
	return 0
}
