package host

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// trial is a request after changes, as far as it takes to tell whether it can be placed.
type trial struct {
	q     *question
	sites [][]judged
	steps *int64 // that searches of all trials may still take
}

// errSpent says that the searches for changes that help have taken all the steps they may.
var errSpent = errors.New("the search for changes of the request has taken all its steps")

// within asks whether a problem can be met, and counts the steps that takes.
func (t *trial) within(ctx context.Context, p *solve.Problem) (bool, error) {
	if *t.steps <= 0 {
		return false, errSpent
	}
	ok, took, err := solve.Within(ctx, p, min(relaxationSteps, *t.steps))
	*t.steps -= took
	return ok, err
}

// search finds the best placement of a problem, and counts the steps that takes.
func (t *trial) search(ctx context.Context, p *solve.Problem) (solve.Result, error) {
	if *t.steps <= 0 {
		return solve.Result{}, errSpent
	}
	p.Steps = min(relaxationSteps, *t.steps)
	found, err := solve.Search(ctx, p, 1)
	*t.steps -= found.Steps
	return found, err
}

// relaxer looks for changes of a request by which it would come out better. It counts what it tries, and never looks at a
// clock.
type relaxer struct {
	q      *question
	e      *epoch
	sites  [][]judged // of the request as it is
	goal   placement.Verdict
	left   int     // requests that may still be tried
	short  bool    // there were not enough of them
	target *target // the one site that the goal is about; nil: it is about the request
	tried  map[string]*trial
	works  map[string]bool
	steps  *int64 // that searches may still take
}

func (q *question) relaxer(e *epoch, sites [][]judged, tries int) *relaxer {
	return &relaxer{
		q: q, e: e, sites: sites, goal: placement.Permit, left: tries, tried: map[string]*trial{}, works: map[string]bool{},
		steps: new(int64(relaxationStepsIn)),
	}
}

// trial judges the sites anew under some changes; nil where there is no such request, where a rule fails under it, or where
// enough was tried.
func (r *relaxer) trial(ctx context.Context, edits []edit) (*trial, error) {
	if len(edits) == 0 {
		return &trial{r.q, r.sites, r.steps}, nil
	}
	key := keyOf(edits)
	if t, ok := r.tried[key]; ok {
		return t, nil
	}
	if r.left--; r.left < 0 {
		r.short = true
		return nil, nil
	}
	r.tried[key] = nil
	req, err := edited(r.q.req, edits)
	if err != nil {
		return nil, nil
	}
	q, err := r.q.generation.resolve(req)
	if err != nil {
		return nil, nil
	}
	q.now, q.quiet = r.q.now, true
	t := &trial{q: q, steps: r.steps}
	if t.sites, err = r.judgeAll(ctx, q, edits); err != nil {
		if stops(ctx, err) {
			return nil, err
		}
		return nil, nil
	}
	r.tried[key] = t
	return t, nil
}

// keyOf names a set of changes, whatever their order.
func keyOf(edits []edit) string {
	return combined(slices.SortedStableFunc(slices.Values(edits), func(a, b edit) int { return strings.Compare(a.field, b.field) }))
}

// judgeAll is what policies say of all sites that matter for a changed request.
func (r *relaxer) judgeAll(ctx context.Context, q *question, edits []edit) ([][]judged, error) {
	if r.target != nil {
		return r.judgeTarget(ctx, q)
	}
	out := make([][]judged, len(q.components))
	for i := range q.components {
		var err error
		if out[i], err = r.judge(ctx, q, i, edits); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// judge is what policies say of sites for component i of a changed request: what they said before, where the changes are
// none of what they read.
func (r *relaxer) judge(ctx context.Context, q *question, i int, edits []edit) ([]judged, error) {
	if len(q.components[i].kinds) > 1 || slices.ContainsFunc(edits, func(e edit) bool { return r.heard(e.field, i) }) {
		sites, _, err := q.judge(ctx, r.e, i)
		return sites, err
	}
	c := &q.components[i]
	c.way = r.q.components[i].way
	sites := slices.Clone(r.sites[i])
	for k := range sites {
		j := &sites[k]
		if j.scoped {
			others := slices.DeleteFunc(slices.Clone(j.unmet), func(u unmet) bool { return u.field == "survive" })
			j.unmet = append(others, q.unnamed(c, j.row)...)
		}
	}
	return sites, nil
}

// unheard are the fields of a component that decide nothing about a site by itself, unless a policy reads them.
var unheard = []string{"survive", "quorum", "copies", "copies.min", "copies.max", "capacity.needed", "dependsOn", "latency.maxMs"}

// heard reports whether a change of a field may change what is said of sites for component i.
func (r *relaxer) heard(field string, i int) bool {
	if len(r.q.guests)+len(r.q.compiled.policies) > 0 {
		return true // what plugins read nobody knows
	}
	of, name, ok := componentField(field)
	if !ok || !slices.Contains(unheard, name) && !strings.HasPrefix(name, "spread.") {
		return true
	}
	if c := r.q.components[i].Component; c.RTOSeconds != nil || c.RPOSeconds != nil || len(r.q.program.Asks("request", "components")) > 0 {
		return true // how long a site takes to recover hangs on what is lost, and on where other copies may be
	}
	return of == i && len(r.q.program.Asks(append([]string{"component"}, strings.Split(name, ".")...)...)) > 0
}

// These bound each search for a placement that a change would buy; and all of them together that find such changes, and all
// that tell what they buy. What takes longer is not told of.
const (
	relaxationSteps   = 1 << 20
	relaxationStepsIn = 1 << 20
)

// reach reports whether a request comes to the goal with some changes.
func (r *relaxer) reach(ctx context.Context, edits []edit) (bool, error) {
	key := keyOf(edits)
	if ok, known := r.works[key]; known {
		return ok, nil
	}
	t, err := r.trial(ctx, edits)
	if err != nil || t == nil {
		return false, err
	}
	if r.target != nil {
		return t.permits(r.target), nil
	}
	ok, err := t.reaches(ctx, r.e, r.goal)
	if err != nil {
		if stops(ctx, err) {
			return false, err
		}
		ok = false // it takes too long to find out, or a rule fails
		r.short = r.short || errors.Is(err, errSpent) || errors.Is(err, solve.ErrTooLarge)
	}
	r.works[key] = ok
	return ok, nil
}

// reaches reports whether the request is permitted, or whether it is indeterminate if that is the goal.
func (t *trial) reaches(ctx context.Context, e *epoch, goal placement.Verdict) (bool, error) {
	if goal == placement.Indeterminate {
		return t.open(ctx, e)
	}
	if t.q.asksOfWholes() {
		found, _, err := t.best(ctx)
		if found == nil && err == nil {
			err = solve.ErrTooLarge
		}
		return found != nil && len(found.Placements) > 0, err
	}
	return t.within(ctx, t.q.problem(t.sites, t.q.stance(), demands{}))
}

// open reports whether the request is indeterminate: whatever cannot be placed could be were all that is unknown harmless.
func (t *trial) open(ctx context.Context, e *epoch) (bool, error) {
	within := func(p *solve.Problem) (bool, error) { return t.within(ctx, p) }
	q, harmless := t.q, t.q.problem(t.sites, optimistic, demands{})
	alone := true
	for i := range q.components {
		unlisted, err := q.unlistedZones(ctx, e, i)
		if err != nil {
			return false, err
		}
		harmless.Components[i].Candidates = append(harmless.Components[i].Candidates, unlisted...)
		strictly := q.part(i, t.sites[i], q.stance(), demands{})
		ok, err := within(&solve.Problem{Components: []solve.Component{strictly}})
		if err != nil {
			return false, err
		}
		if !ok {
			alone = false
			if ok, err = within(&solve.Problem{Components: harmless.Components[i : i+1]}); !ok || err != nil {
				return false, err
			}
		}
	}
	if !alone {
		return true, nil
	}
	together, err := within(q.problem(t.sites, q.stance(), demands{}))
	if err != nil || !together {
		if err != nil {
			return false, err
		}
		return within(harmless)
	}
	// It can be placed; policies about paths or placements may leave it open.
	found, _, err := t.best(ctx)
	return found != nil && len(found.Placements) == 0 && found.verdict == placement.Indeterminate, err
}

// best finds the best placement. It is nil where that takes too long.
func (t *trial) best(ctx context.Context) (*wholes, *solve.Problem, error) {
	p := t.q.problem(t.sites, t.q.stance(), demands{})
	p.Steps = relaxationSteps
	var found *wholes
	var err error
	if t.q.asksOfWholes() {
		found, err = t.q.search(ctx, p, t.q.stance())
	} else {
		found = &wholes{}
		found.Result, err = t.search(ctx, p)
	}
	if errors.Is(err, errSpent) || errors.Is(err, solve.ErrTooLarge) || errors.Is(err, errAllRefused) {
		return nil, p, nil
	}
	if err == nil && found.Lower != nil {
		return nil, p, nil // a longer search may find another
	}
	return found, p, err
}
