package host

import (
	"context"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Explanation says why, or why not, one site: every policy, what it found and the facts it read.
type Explanation struct {
	Request    string                 `json:"request"`
	Site       string                 `json:"site"`
	Name       string                 `json:"name"`
	Kind       string                 `json:"kind"`
	Country    string                 `json:"country,omitempty"` // name; absent if unknown
	Components []ComponentExplanation `json:"components"`
	Inputs     placement.Inputs       `json:"inputs"`
}

// ComponentExplanation is what every policy says of the site for one component.
type ComponentExplanation struct {
	Component    string              `json:"component"`
	Verdict      placement.Verdict   `json:"verdict"`
	Note         string              `json:"note,omitempty"` // why no policy was asked
	Latency      []PopulationLatency `json:"latency"`
	Requirements []string            `json:"requirements,omitempty"` // of the component, that the site does not meet
	Policies     []PolicyExplanation `json:"policies"`
	Flip         *Flip               `json:"flip,omitempty"`   // what would permit it, where it is not permitted
	Choice       *Choice             `json:"choice,omitempty"` // whether it is chosen, where it is permitted
}

// PopulationLatency is what one group of users sees at the site.
type PopulationLatency struct {
	Population string           `json:"population"`
	RTTMs      float64          `json:"rttMs"` // 0 if Basis is unknown
	Basis      string           `json:"basis"` // measured, modelled or unknown
	Parts      []placement.Part `json:"parts"`
}

// PolicyExplanation is one policy's outcome at the site.
type PolicyExplanation struct {
	Policy      string            `json:"policy"`
	Title       string            `json:"title"`
	Verdict     placement.Verdict `json:"verdict"`
	Waived      bool              `json:"waived,omitempty"`
	Reasons     []string          `json:"reasons"`
	Warnings    []string          `json:"warnings"`
	Obligations []string          `json:"obligations"`
	Facts       []placement.Fact  `json:"facts"` // what its rules read, whether they fired or not
}

// Explain judges one site for every component of a request. The site is named by its id, or by one of
// the request's own zone names.
func (h *Host) Explain(ctx context.Context, req *placement.Request, site string) (*Explanation, error) {
	return fallBack(h, func(g *generation) (*Explanation, error) { return g.explain(ctx, req, site) })
}

// explain judges one site from one generation.
func (g *generation) explain(ctx context.Context, req *placement.Request, site string) (*Explanation, error) {
	q, e, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	r := resolver{q: q}
	row, ok := r.site("", site)
	if !ok {
		return nil, fmt.Errorf("host: %s", r.errs[0].Msg)
	}
	out := &Explanation{
		Request: req.Metadata.Name, Site: q.snap.SiteID(row), Name: q.snap.SiteName(row), Kind: q.snap.Kind(row).String(),
		Inputs: q.newDecision(nil).Inputs,
	}
	if country, state := q.snap.Country(row); state == topology.Known {
		out.Country = q.snap.JurisdictionName(country)
	}
	for i := range q.components {
		c, err := q.explain(ctx, e, &q.components[i], row)
		if err != nil {
			return nil, err
		}
		out.Components = append(out.Components, c)
	}
	return out, q.turn(ctx, e, row, out)
}

// turn adds what would permit the site where it is not, and what choosing it would take where it is.
func (q *question) turn(ctx context.Context, e *epoch, row topology.SiteRow, out *Explanation) error {
	var l *layout
	for i := range out.Components {
		c := &out.Components[i]
		var err error
		if c.Verdict != placement.Permit {
			c.Flip, err = q.flip(ctx, e, i, row)
		} else {
			if l == nil {
				if l, err = q.layout(ctx, e); err != nil {
					return err
				}
			}
			c.Choice, err = l.choice(ctx, i, row)
		}
		if err != nil {
			return fmt.Errorf("component %q: %w", c.Component, err)
		}
	}
	return nil
}

func (q *question) explain(ctx context.Context, e *epoch, c *component, row topology.SiteRow) (ComponentExplanation, error) {
	out := ComponentExplanation{Component: c.Name, Latency: []PopulationLatency{}, Policies: []PolicyExplanation{}}
	kind := q.snap.Kind(row)
	if !slices.Contains(c.kinds, kind) {
		out.Verdict = placement.Deny
		out.Note = fmt.Sprintf("the component asks for the tier %s, and this site is of kind %s", c.Tier, kind)
		return out, nil
	}
	if err := q.findWay(ctx, e, c); err != nil {
		return out, err
	}
	ask, err := q.caseFor(ctx, e, c, kind)
	if err != nil {
		return out, err
	}
	j, results, err := q.judgeSite(ctx, e, c, ask, row)
	if err != nil {
		return out, err
	}
	out.Verdict = j.result.Verdict
	if !j.scoped {
		out.Note = j.result.Reasons[0].Message
		return out, nil
	}
	for i := range q.populations {
		l := PopulationLatency{Population: q.users.Populations[i], Basis: topology.UnknownBasis.String(), Parts: []placement.Part{}}
		if r, _ := q.reach(c, i, row); micros(r) >= 0 {
			l.RTTMs, l.Basis, l.Parts = float64(r.Micros)/1000, r.Basis.String(), q.parts(r)
		}
		out.Latency = append(out.Latency, l)
	}
	for _, u := range j.unmet {
		out.Requirements = append(out.Requirements, u.message)
	}
	for i := range results {
		r := &results[i]
		x := PolicyExplanation{
			Policy: r.Policy.ID, Title: r.Policy.Title, Verdict: policyVerdict(r.Verdict), Waived: q.waiver(r.Policy.ID, c.Name, row) != nil,
			Reasons: messages(r.Denies), Warnings: messages(r.Warnings), Obligations: messages(r.Obligations), Facts: q.facts(e, &j, r.Facts),
		}
		for _, reason := range j.ofParent {
			if reason.Policy != x.Policy {
				continue
			}
			x.Reasons = append(x.Reasons, reason.Message)
			switch {
			case !reason.Possible:
				x.Verdict = placement.Deny
			case x.Verdict == placement.Permit:
				x.Verdict = placement.Indeterminate
			}
		}
		out.Policies = append(out.Policies, x)
	}
	return out, nil
}

func policyVerdict(v rego.Verdict) placement.Verdict {
	switch v {
	case rego.Permit:
		return placement.Permit
	case rego.Possible:
		return placement.Indeterminate
	}
	return placement.Deny
}

func messages(findings []rego.Finding) []string {
	out := make([]string, len(findings))
	for i, f := range findings {
		out[i] = f.Message
	}
	return out
}
