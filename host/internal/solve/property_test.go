package solve

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestConstraintsNeverImprove asks for more: what then is best was possible before.
func TestConstraintsNeverImprove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		best := func(p *Problem) *value {
			r, err := Search(context.Background(), p, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Placements) == 0 {
				return nil
			}
			v := p.value(r.Placements[0].Values)
			return &v
		}
		before := best(p)
		more := *p
		more.Components = slices.Clone(p.Components)
		c := &more.Components[rapid.IntRange(0, len(p.Components)-1).Draw(t, "of")]
		tighter := func(limit int) int {
			if limit == 0 {
				return rapid.IntRange(1, 2).Draw(t, "limit")
			}
			return min(limit, rapid.IntRange(1, 2).Draw(t, "limit"))
		}
		switch rapid.IntRange(0, 8).Draw(t, "constraint") {
		case 0:
			if c.Survive != LoseNothing {
				return // random zones do not lie in regions, nor these in partitions: another loss is not a greater one
			}
			c.Survive = Loss(rapid.IntRange(1, 4).Draw(t, "loss"))
		case 1:
			c.Majority = true
		case 2:
			c.Spread.PerRegion = tighter(c.Spread.PerRegion)
		case 3:
			c.Spread.PerCountry = tighter(c.Spread.PerCountry)
		case 4:
			c.Spread.PerRiskGroup = tighter(c.Spread.PerRiskGroup)
		case 5:
			c.Spread.MaxSkew = tighter(c.Spread.MaxSkew)
		case 6:
			switch {
			case c.MaxMicros == 0:
				c.MaxMicros = 4
			case c.MaxMicros > 1:
				c.MaxMicros--
			}
		case 7:
			c.Capacity.Needed++
			c.Capacity.PerCopy = max(c.Capacity.PerCopy, 1)
		case 8:
			c.Candidates = c.Candidates[:len(c.Candidates)-1]
			if len(c.Candidates) == 0 || c.Spread.MaxSkew > 0 {
				return // a region that is no longer there no longer counts as empty
			}
		}
		after := best(&more)
		if after != nil && (before == nil || p.compareValues(after, before) < 0) {
			t.Fatalf("with one constraint more %v, without %v", after, before)
		}
	})
}
