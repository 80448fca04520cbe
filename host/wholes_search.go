package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// mostJudged is how many of the best placements are judged as wholes at once. If policies about placements refuse all of them,
// and paths have nothing to do with it, nobody would believe that the request means what it says.
const mostJudged = 256

// mostRefused is how many refused placements a decision shows.
const mostRefused = 3

var errAllRefused = errors.New("all refused")

// wholes are placements that were found, and what is said of each.
type wholes struct {
	solve.Result
	opinions []opinion // nil: nobody was asked
	refused  []placement.Refused
	by       []string          // the policies that refused any, sorted
	verdict  placement.Verdict // if nothing is left and something was found
	against  []string          // the policies that together refuse everything, none of which can be spared
}

// passage is a path between two places, from one to the other. Both are regions, or sites of none.
type passage struct{ from, to topology.SiteRow }

// closed is a path that copies of one component may not be joined by; component -1 stands for any.
type closed struct {
	passage
	component int
}

// shutPath is a path that a policy surely or possibly refuses, wherever it is taken.
type shutPath struct {
	closed
	policy string
	sure   bool
}

// shutOff keeps what a policy says of a path.
func (o *opinion) shutOff(r *rego.Result, w closed) {
	if w.passage != (passage{}) && (r.Verdict == rego.Deny || r.Verdict == rego.Possible) {
		o.shut = append(o.shut, shutPath{w, r.Policy.ID, r.Verdict == rego.Deny})
	}
}

// search finds the best placements that no policy refuses as wholes. Where policies refuse all there are, it says which of them
// it takes for that.
func (q *question) search(ctx context.Context, p *solve.Problem, s stance) (*wholes, error) {
	if !q.asksOfWholes() {
		found, err := solve.Search(ctx, p, 1+q.others())
		return &wholes{Result: found}, err
	}
	w, err := q.hunt(ctx, p, s, nil)
	if err != nil || len(w.Placements) > 0 || len(w.by) == 0 {
		return w, err
	}
	w.verdict, w.against = placement.Deny, w.by
	if s == strict {
		sure, err := q.hunt(ctx, p, assuming, nil)
		switch {
		case errors.Is(err, errAllRefused) || err == nil && len(sure.Placements) > 0:
			w.verdict = placement.Indeterminate
		case err != nil:
			return nil, err
		default:
			s, w.against = assuming, sure.by
		}
	}
	for i := len(w.against) - 1; i >= 0; i-- {
		rest := slices.Delete(slices.Clone(w.against), i, i+1)
		without, err := q.hunt(ctx, p, s, func(id string) bool { return slices.Contains(rest, id) })
		switch {
		case errors.Is(err, errAllRefused):
		case err != nil:
			return nil, err
		case len(without.Placements) == 0:
			w.against = rest
		}
	}
	return w, nil
}

// others is how many placements beside the best one are looked for.
func (q *question) others() int {
	if q.brief {
		return 0
	}
	return q.runnersUp
}

// hunt finds the best placements that no policy refuses of those that count; nil: all do. A path that is refused is refused
// in every placement, so a refused path leaves out all placements with it, and the search goes on.
func (q *question) hunt(ctx context.Context, p *solve.Problem, s stance, counts func(id string) bool) (*wholes, error) {
	want := 1 + q.runnersUp
	w := &wholes{}
	shut, seen := map[closed]bool{}, map[string]bool{}
	for n := min(want, mostJudged); ; {
		found, err := solve.Search(ctx, q.without(p, shut), n)
		if err != nil {
			return nil, err
		}
		opinions, err := q.judgeWholes(ctx, p, found.Placements)
		if err != nil {
			return nil, err
		}
		w.Nodes, w.Lower, w.Placements, w.opinions = w.Nodes+found.Nodes, found.Lower, nil, nil
		learned := len(shut)
		for i := range found.Placements {
			pl, o := &found.Placements[i], &opinions[i]
			against := o.against(s, counts)
			if len(against) == 0 {
				if len(w.Placements) < want {
					w.Placements, w.opinions = append(w.Placements, *pl), append(w.opinions, *o)
				}
				continue
			}
			for _, id := range against {
				w.by = insert(w.by, id)
			}
			// What is new comes behind all that was found before, which was the best there is.
			if key := fmt.Sprint(pl.Chosen); !seen[key] {
				if seen[key] = true; len(w.refused) < mostRefused && len(w.Placements) == 0 {
					w.refused = append(w.refused, placement.Refused{Copies: q.copies(p, pl), Reasons: o.reasons})
				}
			}
			for _, x := range o.shut {
				if slices.Contains(against, x.policy) && (x.sure || s == strict) && !q.waives(x.policy) {
					shut[x.closed] = true
				}
			}
		}
		switch {
		case len(w.Placements) >= want, len(found.Placements) < n && found.Lower == nil:
			return w, nil
		case len(shut) > learned, n < mostJudged && found.Lower == nil:
			n = min(4*n, mostJudged)
		case len(w.Placements) > 0:
			return w, nil
		default:
			return nil, fmt.Errorf("request %q: the %d best placements are %w by %s, and there are more; narrow it with spec.partitions or spec.sites.include", q.req.Metadata.Name, len(found.Placements), errAllRefused, strings.Join(w.by, " and "))
		}
	}
}

// against are the policies of those that count that refuse a placement; where what is not known counts, also those that may.
func (o *opinion) against(s stance, counts func(id string) bool) []string {
	ids := slices.Clone(o.denies)
	if s == strict {
		for _, id := range o.possible {
			ids = insert(ids, id)
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return counts != nil && !counts(id) })
}

// without is a problem in which no two copies of a component are joined by a path that is shut.
func (q *question) without(p *solve.Problem, shut map[closed]bool) *solve.Problem {
	if len(shut) == 0 {
		return p
	}
	out := *p
	out.Components = slices.Clone(p.Components)
	for i := range out.Components {
		far := out.Components[i].Spread.Far
		out.Components[i].Spread.Far = func(a, b uint32) bool {
			x, y := q.regionOf(a), q.regionOf(b)
			for _, way := range []passage{{x, y}, {y, x}} {
				if shut[closed{way, i}] || shut[closed{way, -1}] {
					return false
				}
			}
			return far == nil || far(a, b)
		}
	}
	return &out
}

// waives reports whether a waiver speaks of a policy: whether a path is refused then hangs on the rest of the placement.
func (q *question) waives(policy string) bool {
	return slices.ContainsFunc(q.req.Spec.Waivers, func(w placement.Waiver) bool { return w.Policy == policy })
}
