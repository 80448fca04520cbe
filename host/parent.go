package host

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// hasParentServices reports whether sites of a kind have from their region what they lack.
func hasParentServices(k topology.Kind) bool {
	return k == topology.LocalZone || k == topology.WavelengthZone || k == topology.Outpost
}

// parent judges the region that a small zone has services from: the component's data goes there, so every
// sovereignty policy is asked about it, and it must be open. What is said against it speaks against the
// zone: surely, if a service surely comes from there, else possibly.
func (q *question) parent(ctx context.Context, e *epoch, c *component, j *judged) error {
	region, ok := q.snap.Region(j.row)
	if !ok || !hasParentServices(q.snap.Kind(j.row)) {
		return nil
	}
	var surely, perhaps []string
	for _, k := range c.services {
		id := q.snap.ServiceID(k)
		at, offered, state := q.snap.Provided(k, j.row)
		_, own := q.snap.Offered(k, j.row)
		there, thereState := q.snap.Offered(k, region)
		zonal := q.snap.ServiceZones(k)
		switch {
		case offered && at == j.row, state == topology.Known && !offered, zonal.ScopeState == topology.Known && zonal.Scope == "zonal":
		case offered && own == topology.Known:
			surely = append(surely, id)
		case there || thereState != topology.Known:
			perhaps = append(perhaps, id)
		}
	}
	if len(surely)+len(perhaps) == 0 {
		return nil
	}
	p, err := q.judgeParent(ctx, e, c, region, j.row)
	if err != nil {
		return err
	}
	where, sure := q.snap.SiteID(region), len(surely) > 0
	var unknown []string
	if sure {
		where += ", which provides " + strings.Join(surely, ", ") + ","
	} else {
		where += ", which may provide " + strings.Join(perhaps, ", ") + ","
		for _, id := range perhaps {
			unknown = append(unknown, "site.offers."+id)
		}
	}
	j.merge(&p, where, unknown)
	switch status, state := q.snap.Status(region); {
	case state != topology.Known:
		j.unmet = append(j.unmet, unmet{
			field: "services", possible: true, unknown: append(unknown, "topology.sites."+q.snap.SiteID(region)+".status"),
			message: fmt.Sprintf("it is not known whether %s is open for use", where),
		})
	case status != "available" && status != "restricted":
		j.unmet = append(j.unmet, unmet{
			field: "services", possible: !sure, unknown: unknown,
			message: fmt.Sprintf("%s is not open for use: its status is %s", where, status),
		})
	}
	return nil
}

// spoken is what policies say of a region, and the document they saw.
type spoken struct {
	doc     rego.SiteDoc
	results []rego.Result
}

// judgeParent is the outcome of a region for a component that has services from it. The policies are asked once for all zones
// of the region; a waiver may be for one of them.
func (q *question) judgeParent(ctx context.Context, e *epoch, c *component, region, zone topology.SiteRow) (judged, error) {
	said, ok := c.parents[region]
	if !ok {
		ask, err := q.caseFor(ctx, e, c, topology.Region)
		if err != nil {
			return judged{}, err
		}
		docs, results, err := q.askSovereign(ctx, c, ask, []topology.SiteRow{region})
		if err != nil {
			return judged{}, err
		}
		said = spoken{docs[0], results[0]}
		if c.parents == nil {
			c.parents = map[topology.SiteRow]spoken{}
		}
		c.parents[region] = said
	}
	return q.takeSovereign(e, c, region, said.doc, said.results, zone), nil
}

// merge adds to a site's outcome what is said of another one that it depends on; only possibly so, if it is
// unknown whether it does.
func (j *judged) merge(p *judged, where string, unknown []string) {
	where = strings.TrimSuffix(where, ",")
	for _, r := range p.result.Reasons {
		r.Message = where + ": " + r.Message
		r.Possible = r.Possible || len(unknown) > 0
		j.result.Reasons = append(j.result.Reasons, r)
		j.ofParent = append(j.ofParent, r)
	}
	for _, w := range p.result.Warnings {
		w.Message = where + ": " + w.Message
		j.result.Warnings = append(j.result.Warnings, w)
	}
	for _, o := range p.result.Obligations {
		o.Text = where + ": " + o.Text
		j.result.Obligations = append(j.result.Obligations, o)
	}
	j.waived = append(j.waived, p.waived...)
	// A policy that surely denies one of the two is not merely possible.
	sure := func(x *judged, id string) bool { return slices.Contains(x.blocking, id) && !x.possibly(id) }
	var possible []rego.Result
	for _, r := range j.possible {
		if len(unknown) > 0 || !sure(p, r.Policy.ID) {
			possible = append(possible, r)
		}
	}
	for _, r := range p.against {
		if sure(j, r.Policy.ID) || len(unknown) == 0 && sure(p, r.Policy.ID) {
			continue
		}
		possible = append(possible, elsewhere(r, p.result.Site, unknown))
	}
	j.possible = possible
	j.blocking = append(j.blocking, p.blocking...)
	slices.Sort(j.blocking)
	j.blocking = slices.Compact(j.blocking)
	switch {
	case p.result.Verdict == placement.Deny && len(unknown) == 0:
		j.result.Verdict = placement.Deny
	case p.result.Verdict != placement.Permit && j.result.Verdict == placement.Permit:
		j.result.Verdict = placement.Indeterminate
	}
}

// elsewhere is a result about another site: the facts it depends on are that site's, and those by which the
// site matters.
func elsewhere(r rego.Result, site string, unknown []string) rego.Result {
	r.Denies = slices.Clone(r.Denies)
	for i := range r.Denies {
		facts := slices.Clone(unknown)
		for _, f := range r.Denies[i].Unknown {
			if rest, ok := strings.CutPrefix(f, "site."); ok {
				f = "topology.sites." + site + "." + rest
			}
			facts = append(facts, f)
		}
		r.Denies[i].Unknown = facts
	}
	return r
}
