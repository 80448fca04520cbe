package host

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// requestPolicy stands in reasons for what the request itself says: sites it leaves out.
const requestPolicy = "request"

// requirementPolicy stands in reasons for a requirement of the request that a site alone cannot meet.
const requirementPolicy = "requirement"

// judged is one site's outcome for one component.
type judged struct {
	row      topology.SiteRow
	result   placement.SiteResult
	rtt      []int64       // to each group of users; negative: unknown
	scoped   bool          // the request lets the site be considered
	blocking []string      // ids of policies that deny, or possibly deny; sorted
	possible []rego.Result // those that only possibly deny
	against  []rego.Result // of every policy in blocking
	waived   []placement.Waived
	ofParent []placement.Reason // those of the reasons that are about its region
	unmet    []unmet            // requirements of the component that the site does not meet, or possibly not
	also     []topology.SiteRow // sites whose waivers hold here too
	doc      rego.SiteDoc
}

func newJudged(q *question, c *component, r topology.SiteRow) judged {
	return judged{row: r, result: placement.SiteResult{
		Site: q.snap.SiteID(r), Component: c.Name, Verdict: placement.Permit,
		Reasons: []placement.Reason{}, Warnings: []placement.Warning{}, Obligations: []placement.Obligation{},
	}}
}

// unmet is a requirement that a site does not meet; possible: it depends on unknown facts.
type unmet struct {
	field    string // of the component
	message  string
	possible bool
	byGates  bool     // it hangs on where users may enter, which is looked at again for every reading
	unknown  []string // the facts it depends on
}

// judge asks every policy about the sites of the component's tier, and returns those that may be chosen
// from, and beside them those of tiers that were tried before. Of the lowest tier, tiers are tried in
// order until one suffices; if none does, the one that is refused least gravely is returned.
func (q *question) judge(ctx context.Context, e *epoch, i int) (sites, tried []judged, err error) {
	c := &q.components[i]
	if err := q.findWay(ctx, e, c); err != nil {
		return nil, nil, err
	}
	mildest, scoped := placement.Verdict(""), false
	for _, kind := range c.kinds {
		next, err := q.judgeTier(ctx, e, c, kind)
		if err != nil || len(c.kinds) == 1 {
			return next, nil, err
		}
		r, err := q.refused(ctx, e, next, i, q.stance())
		if err != nil {
			return nil, nil, q.tooLarge(err)
		}
		inScope := slices.ContainsFunc(next, func(j judged) bool { return j.scoped })
		switch {
		case r.verdict == placement.Permit:
			return next, append(tried, sites...), nil
		case inScope && !scoped: // a tier of which the request leaves out everything says nothing
			sites, tried, mildest, scoped = next, append(tried, sites...), r.verdict, true
		case !inScope && scoped:
			tried = append(tried, next...)
		case mildest == "" || gravity[r.verdict] < gravity[mildest]:
			sites, tried, mildest = next, append(tried, sites...), r.verdict
		default:
			tried = append(tried, next...)
		}
	}
	return sites, tried, nil
}

// judgeTier asks every policy about every site of one tier. Sites the request leaves out are listed and
// not asked about.
func (q *question) judgeTier(ctx context.Context, e *epoch, c *component, kind topology.Kind) ([]judged, error) {
	ask, err := q.caseFor(ctx, e, c, kind)
	if err != nil {
		return nil, err
	}
	var rows []topology.SiteRow
	for i := range q.snap.Sites() {
		if r := topology.SiteRow(i); q.snap.Kind(r) == kind {
			rows = append(rows, r)
		}
	}
	return q.judgeAll(ctx, e, c, ask, rows)
}

// judgeAll asks every policy about sites, but for those that the request leaves out.
func (q *question) judgeAll(ctx context.Context, e *epoch, c *component, ask *inquiry, rows []topology.SiteRow) ([]judged, error) {
	var all []judged
	var scoped []int
	for _, r := range rows {
		if q.told != nil {
			if j := q.told(q.called(c.Name), r); j != nil {
				all = append(all, *j)
				continue
			}
		}
		if why := q.outOfScope(r); why != "" {
			j := newJudged(q, c, r)
			j.leaveOut(why)
			all = append(all, j)
			continue
		}
		scoped = append(scoped, len(all))
		all = append(all, q.prepare(c, r))
	}
	asked := make([]*judged, len(scoped))
	for n, i := range scoped {
		asked[n] = &all[i]
	}
	results, err := ask.sites(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("component %q: %w", c.Name, err)
	}
	for n, i := range scoped {
		if err := q.conclude(ctx, e, c, &all[i], results[n]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// caseFor prepares to ask about sites of a kind.
func (q *question) caseFor(ctx context.Context, e *epoch, c *component, kind topology.Kind) (*inquiry, error) {
	if c.terms[kind] == nil {
		term, err := q.componentTerm(c, kind)
		if err != nil {
			return nil, err
		}
		c.terms[kind] = term
	}
	return &inquiry{q: q, c: c, kind: kind, epoch: e, rego: e.engine.Case(ctx, rego.Input{Request: q.request, Component: c.terms[kind]})}, nil
}

// judgeSite asks every policy about one site, and returns what each said beside the outcome. A site that the
// request leaves out is not asked about.
func (q *question) judgeSite(ctx context.Context, e *epoch, c *component, ask *inquiry, r topology.SiteRow) (judged, []rego.Result, error) {
	if why := q.outOfScope(r); why != "" {
		j := newJudged(q, c, r)
		j.leaveOut(why)
		return j, nil, nil
	}
	return q.askSite(ctx, e, c, ask, r)
}

// leaveOut denies a site that the request leaves out.
func (j *judged) leaveOut(why string) {
	j.scoped = false
	j.result.Verdict = placement.Deny
	j.result.Reasons = append(j.result.Reasons, placement.Reason{Policy: requestPolicy, Message: why, Facts: []placement.Fact{}})
}

// askSite asks every policy about one site, whatever the request's scope.
func (q *question) askSite(ctx context.Context, e *epoch, c *component, ask *inquiry, r topology.SiteRow) (judged, []rego.Result, error) {
	j := q.prepare(c, r)
	results, err := ask.site(ctx, &j)
	if err != nil {
		return j, nil, fmt.Errorf("component %q: %w", c.Name, err)
	}
	err = q.conclude(ctx, e, c, &j, results)
	return j, results, err
}

// prepare puts together what policies see of a site.
func (q *question) prepare(c *component, r topology.SiteRow) judged {
	j := newJudged(q, c, r)
	j.scoped = true
	basis := make([]topology.Basis, 0, len(q.populations))
	for user := range q.populations {
		reach, ok := q.reach(c, user, r)
		if !ok {
			j.unmet = append(j.unmet, q.unreached(c, user, r))
		}
		j.rtt, basis = append(j.rtt, micros(reach)), append(basis, reach.Basis)
	}
	j.unmet = append(j.unmet, q.unnamed(c, r)...)
	j.doc = q.siteDoc(c, r, &q.users, document.SiteLatency{Micros: j.rtt, Basis: basis, Region: q.atRegion(c, r)})
	return j
}

// atRegion is what users see at the region of a site outside its region's ground, or less than 0 where that is not known.
func (q *question) atRegion(c *component, r topology.SiteRow) []int64 {
	if kind := q.snap.Kind(r); kind != topology.LocalZone && kind != topology.WavelengthZone && kind != topology.Outpost {
		return nil
	}
	region, ok := q.snap.Region(r)
	if !ok {
		return nil
	}
	out := make([]int64, len(q.populations))
	for user := range q.populations {
		reach, _ := q.reach(c, user, region)
		out[user] = micros(reach)
	}
	return out
}

// unnamed says that a site's partition or operator, whose loss the component must survive, is not known: it may be that of
// another copy.
func (q *question) unnamed(c *component, r topology.SiteRow) []unmet {
	what := c.Survive
	if name := map[string]string{placement.SurvivePartition: q.snap.Partition(r), placement.SurviveProvider: q.snap.Provider(r)}[what]; name != "" || losses[what] < solve.LosePartition {
		return nil
	}
	return []unmet{{
		field: "survive", possible: true, unknown: []string{"site." + what},
		message: fmt.Sprintf("the %s of %s is not known, so its copy may be lost with another", what, q.snap.SiteID(r)),
	}}
}

// siteDoc is what policies see of a site.
func (q *question) siteDoc(c *component, r topology.SiteRow, users *document.Users, seen document.SiteLatency) rego.SiteDoc {
	whole, own := q.docs.For(r, c.services, users, seen)
	return rego.SiteDoc{
		ID: q.snap.SiteID(r), Term: whole.Term, Unknown: whole.Unknown,
		Row: int(r), Own: lane.Doc{Term: own.Term, Unknown: own.Unknown},
	}
}

// conclude takes what every policy said of a site, and adds what hangs on other sites and on the request.
func (q *question) conclude(ctx context.Context, e *epoch, c *component, j *judged, results []rego.Result) error {
	for i := range results {
		q.take(e, c, j, &results[i])
	}
	if err := q.parent(ctx, e, c, j); err != nil {
		return err
	}
	q.require(c, j)
	return nil
}

// require adds the component's requirements that the site alone decides.
func (q *question) require(c *component, j *judged) {
	if c.DisconnectedHours > 0 {
		j.unmet = append(j.unmet, q.cutOffShort(c, j.row)...)
	}
	j.unmet = append(j.unmet, q.recoveryShort(c, j.row)...)
	for _, u := range j.unmet {
		j.result.Reasons = append(j.result.Reasons, placement.Reason{
			Policy: requirementPolicy, Message: u.message, Possible: u.possible, Facts: []placement.Fact{},
		})
		switch {
		case !u.possible:
			j.result.Verdict = placement.Deny
		case j.result.Verdict == placement.Permit:
			j.result.Verdict = placement.Indeterminate
		}
	}
}

// outOfScope says why the request itself leaves a site out, or "".
func (q *question) outOfScope(r topology.SiteRow) string {
	switch q.leftOutBy(r, map[string]bool{"partitions": true, "sites.exclude": true, "sites.include": true}) {
	case lostField:
		return "it is lost"
	case "partitions":
		return fmt.Sprintf("partition %s is not among the request's partitions", q.snap.Partition(r))
	case "sites.include":
		return "the request's sites.include does not list it"
	case "sites.exclude":
		return "the request's sites.exclude lists it"
	}
	return ""
}

// lostField stands beside the fields that leave sites out: no change of the request lets one in that is lost.
const lostField = "lost"

// leftOutBy names the first field of those that count by which the request leaves a site out, or "".
func (q *question) leftOutBy(r topology.SiteRow, counts map[string]bool) string {
	switch {
	case q.inside(q.lost, r):
		return lostField
	case counts["partitions"] && q.partitions != nil && !q.partitions[q.snap.Partition(r)]:
		return "partitions"
	case counts["sites.include"] && q.include != nil && !q.inside(q.include, r):
		return "sites.include"
	case counts["sites.exclude"] && q.inside(q.exclude, r):
		return "sites.exclude"
	}
	return ""
}

// inside reports whether a site, or one that it is in, is in the set.
func (q *question) inside(set map[topology.SiteRow]bool, r topology.SiteRow) bool {
	for _, up := range q.snap.Ancestors(r) {
		if set[topology.SiteRow(up)] {
			return true
		}
	}
	return set[r]
}

// take adds one policy's result to a site's outcome. A waiver in force sets the policy's denials aside.
func (q *question) take(e *epoch, c *component, j *judged, r *rego.Result) {
	id := r.Policy.ID
	waiver := q.waiver(id, c.Name, append([]topology.SiteRow{j.row}, j.also...)...)
	for _, f := range r.Denies {
		if waiver != nil {
			j.waived = append(j.waived, placement.Waived{Waiver: *waiver, Message: f.Message})
			continue
		}
		j.result.Reasons = append(j.result.Reasons, placement.Reason{Policy: id, Message: hedged(&f), Possible: !f.Sure, Facts: q.facts(e, j, f.Facts)})
	}
	if waiver == nil && r.Verdict != rego.Permit {
		j.blocking = append(j.blocking, id)
		j.against = append(j.against, *r)
		if r.Verdict == rego.Deny {
			j.result.Verdict = placement.Deny
		} else {
			j.possible = append(j.possible, *r)
			if j.result.Verdict == placement.Permit {
				j.result.Verdict = placement.Indeterminate
			}
		}
	}
	if waiver == nil {
		j.result.Warnings = append(j.result.Warnings, q.expired(id, c.Name, j.row)...)
	}
	for _, f := range r.Warnings {
		j.result.Warnings = append(j.result.Warnings, placement.Warning{Policy: id, Message: hedged(&f), Facts: q.facts(e, j, f.Facts)})
	}
	for _, f := range r.Obligations {
		j.result.Obligations = append(j.result.Obligations, placement.Obligation{Policy: id, Text: hedged(&f)})
	}
	if r.Score != nil {
		j.result.Score += *r.Score
	}
}

// hedged is what a finding says, with why it is not sure where it is not.
func hedged(f *rego.Finding) string {
	if f.Sure || strings.HasPrefix(f.Message, "cannot be decided") {
		return f.Message
	}
	return fmt.Sprintf("%s (not sure: %s unknown)", f.Message, strings.Join(f.Unknown[:min(len(f.Unknown), 3)], ", "))
}
