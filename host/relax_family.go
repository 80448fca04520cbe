package host

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// family is the ways to ask less of a request by one field of it.
type family struct {
	field  string
	names  []string // of the requirements that it may loosen
	tier   bool     // it asks for another tier
	always bool     // it may loosen what no name tells

	// most is the greatest of the changes; least is the least of them with which, beside the changes of base, the goal is
	// reached, and nil if none does.
	most  func() *edit
	least func(ctx context.Context, r *relaxer, base []edit) (*edit, error)
}

var componentPattern = regexp.MustCompile(`^components\[(\d+)\]\.(?:dependsOn\[\d+\]|(.+))`)

// componentField takes the name of a component's field apart.
func componentField(field string) (component int, name string, ok bool) {
	m := componentPattern.FindStringSubmatch(field)
	if m == nil {
		return 0, "", false
	}
	component, _ = strconv.Atoi(m[1])
	if m[2] == "" {
		m[2] = "dependsOn"
	}
	return component, m[2], true
}

// ladder is a family of changes each of which asks less than the one before.
func ladder(field string, rungs func(ctx context.Context, r *relaxer, base []edit) ([]edit, error), most func() *edit) *family {
	f := &family{field: field, names: []string{field}, most: most}
	f.least = func(ctx context.Context, r *relaxer, base []edit) (*edit, error) {
		top := most()
		if top == nil {
			return nil, nil
		}
		if ok, err := r.reach(ctx, with(base, *top)); !ok || err != nil {
			return nil, err
		}
		steps, err := rungs(ctx, r, base)
		if err != nil {
			return nil, err
		}
		n := sort.Search(len(steps), func(k int) bool {
			ok, failed := r.reach(ctx, with(base, steps[k]))
			if failed != nil {
				err = failed
			}
			return ok
		})
		if err != nil || n == len(steps) {
			return top, err
		}
		return &steps[n], nil
	}
	return f
}

// fixed is a ladder of changes that are known beforehand; the last is the greatest.
func fixed(field string, steps []edit) *family {
	if len(steps) == 0 {
		return nil
	}
	return ladder(field, func(context.Context, *relaxer, []edit) ([]edit, error) { return steps[:len(steps)-1], nil },
		func() *edit { return &steps[len(steps)-1] })
}

// choice is a family of changes of which none asks less than another; the last, if it does, is the greatest.
func choice(field string, options []edit, greatest bool) *family {
	if len(options) == 0 {
		return nil
	}
	f := &family{field: field, names: []string{field}, most: func() *edit { return &options[len(options)-1] }}
	f.least = func(ctx context.Context, r *relaxer, base []edit) (*edit, error) {
		if greatest {
			if ok, err := r.reach(ctx, with(base, options[len(options)-1])); !ok || err != nil {
				return nil, err
			}
		}
		for k := range options {
			if ok, err := r.reach(ctx, with(base, options[k])); ok || err != nil {
				return &options[k], err
			}
		}
		return nil, nil
	}
	return f
}

// with is some changes and one more.
func with(base []edit, e edit) []edit { return append(slices.Clip(base), e) }

// families lists the ways to ask less, by field.
func (q *question) families() []*family {
	var out []*family
	add := func(f *family) *family {
		if f == nil {
			return &family{}
		}
		out = append(out, f)
		return f
	}
	q.requestFamilies(add)
	for i := range q.components {
		q.componentFamilies(i, add)
		q.distances(i, add)
	}
	for _, f := range out {
		if of, _, ok := componentField(f.field); ok {
			if len(q.components[of].kinds) > 1 {
				f.always = true
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *family) int { return strings.Compare(a.field, b.field) })
	return out
}

// componentFamilies lists what a component may ask less of, but for times and distances.
func (q *question) componentFamilies(i int, add func(*family) *family) {
	c := q.components[i].Component
	at := func(name string) string { return fmt.Sprintf("components[%d].%s", i, name) }
	change := func(name string, from, to any, set func(*placement.Component)) edit {
		return edit{field: at(name), from: from, to: to, apply: func(s *placement.Spec) { set(&s.Components[i]) }}
	}

	add(q.fewerCopies(i))
	if most := q.moreCopies(i); c.Copies.Max < most {
		var steps []edit
		for n := c.Copies.Max + 1; n <= most; n++ {
			steps = append(steps, change("copies.max", c.Copies.Max, n, func(c *placement.Component) { c.Copies.Max = n }))
		}
		add(fixed(at("copies.max"), steps))
	}
	if c.Capacity != nil {
		f := add(fixed(at("capacity.needed"), q.lighter(i)))
		f.names = []string{at("capacity")}
	}
	if c.Quorum != placement.QuorumNone {
		add(fixed(at("quorum"), []edit{change("quorum", c.Quorum, placement.QuorumNone, func(c *placement.Component) { c.Quorum = placement.QuorumNone })}))
	}
	var goals []edit
	for _, goal := range []string{placement.SurvivePartition, placement.SurviveRegion, placement.SurviveZone, placement.SurviveNone} {
		if losses[goal] < losses[c.Survive] {
			goals = append(goals, change("survive", c.Survive, goal, func(c *placement.Component) { c.Survive = goal }))
		}
	}
	g := add(fixed(at("survive"), goals))
	g.names = append(g.names, at("rtoSeconds"), at("rpoSeconds")) // of nothing that is lost nothing has to recover
	for _, limit := range []struct {
		name string
		of   func(*placement.Spread) *int
	}{
		{"spread.perRegion", func(s *placement.Spread) *int { return &s.PerRegion }},
		{"spread.perCountry", func(s *placement.Spread) *int { return &s.PerCountry }},
		{"spread.perRiskGroup", func(s *placement.Spread) *int { return &s.PerRiskGroup }},
		{"spread.maxSkew", func(s *placement.Spread) *int { return &s.MaxSkew }},
	} {
		now := *limit.of(&c.Spread)
		if now == 0 {
			continue
		}
		set := func(n int) edit {
			return change(limit.name, now, n, func(c *placement.Component) { *limit.of(&c.Spread) = n })
		}
		var steps []edit
		for n := now + 1; n < c.Copies.Max; n++ {
			steps = append(steps, set(n))
		}
		add(fixed(at(limit.name), append(steps, set(0))))
	}
	if c.Latency.Accelerated {
		add(fixed(at("latency.accelerated"), []edit{change("latency.accelerated", true, false, func(c *placement.Component) { c.Latency.Accelerated = false })})).always = true
	}
	if ratio := c.Latency.CacheHitRatio; ratio > 0 {
		add(fixed(at("latency.cacheHitRatio"), []edit{change("latency.cacheHitRatio", ratio, 0.0, func(c *placement.Component) { c.Latency.CacheHitRatio = 0 })})).always = true
	}
	add(q.shorterCutOff(i))
	var fewer []edit
	for k := range c.Services {
		rest := slices.Delete(slices.Clone(c.Services), k, k+1)
		fewer = append(fewer, change("services", c.Services, rest, func(c *placement.Component) { c.Services = rest }))
	}
	if len(c.Services) > 1 {
		fewer = append(fewer, change("services", c.Services, []string{}, func(c *placement.Component) { c.Services = nil }))
	}
	f := add(choice(at("services"), fewer, true))
	f.names = append(f.names, at("disconnectedHours"), at("survive"), at("rtoSeconds"), at("rpoSeconds"))
	f.always = slices.ContainsFunc(q.components[i].kinds, hasParentServices)
	var tiers []edit
	for _, tier := range hostingTiers {
		if tier != c.Tier && c.Tier != placement.TierLowest && q.hasTier(tier) {
			tiers = append(tiers, change("tier", c.Tier, tier, func(c *placement.Component) { c.Tier = tier }))
		}
	}
	g = add(choice(at("tier"), tiers, false))
	g.tier, g.always = true, true
}

// hostingTiers are those that name one kind of site.
var hostingTiers = []string{
	placement.TierRegion, placement.TierAvailabilityZone, placement.TierLocalZone, placement.TierWavelengthZone, placement.TierOutpost, placement.TierEdgeLocation,
}

// hasTier reports whether the request leaves any site of a tier in.
func (q *question) hasTier(tier string) bool {
	for i := range q.snap.Sites() {
		if r := topology.SiteRow(i); q.snap.Kind(r).String() == tier && q.outOfScope(r) == "" {
			return true
		}
	}
	return false
}

// fewerCopies lowers the least number of copies. Where the most is the same, both are told: whoever leaves it out means the
// same number.
func (q *question) fewerCopies(i int) *family {
	c := q.components[i].Component
	field := fmt.Sprintf("components[%d].copies", i)
	var steps []edit
	for n := c.Copies.Min - 1; n > 0; n-- {
		e := edit{field: field + ".min", from: c.Copies.Min, to: n, apply: func(s *placement.Spec) { s.Components[i].Copies.Min = n }}
		if c.Copies.Max == c.Copies.Min {
			e.field, e.from, e.to = field, c.Copies, placement.Copies{Min: n, Max: c.Copies.Max}
		}
		steps = append(steps, e)
	}
	f := fixed(field+".min", steps)
	if f != nil {
		f.names = []string{field + ".min"}
	}
	return f
}

// lighter lowers the load, to what one copy less carries, and so on down to nothing.
func (q *question) lighter(i int) []edit {
	c := q.components[i].Capacity
	scaled, exponent, _ := placement.Scale([]float64{c.Needed, c.PerCopy}) // the request was checked
	unit := int64(math.Pow10(exponent))
	var steps []edit
	for n := min((scaled[0]-1)/scaled[1], placement.MaxCopies); scaled[0] > 0 && n >= 0; n-- {
		load := quotient(n*scaled[1], unit)
		steps = append(steps, edit{
			field: fmt.Sprintf("components[%d].capacity.needed", i), from: c.Needed, to: load,
			apply: func(s *placement.Spec) {
				s.Components[i].Capacity = &placement.Capacity{Needed: load, PerCopy: s.Components[i].Capacity.PerCopy}
			},
		})
	}
	return steps
}
