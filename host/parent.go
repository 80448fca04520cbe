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

// parent judges the region that a small zone has services from: the component's data goes there, so every
// sovereignty policy is asked about it, and it must be open. What is said against it speaks against the
// zone.
func (q *question) parent(ctx context.Context, e *epoch, c *component, j *judged) error {
	var from topology.SiteRow
	var services []string
	for _, k := range c.services {
		if at, ok, _ := q.snap.Provided(k, j.row); ok && at != j.row {
			from, services = at, append(services, q.snap.ServiceID(k))
		}
	}
	if len(services) == 0 {
		return nil
	}
	ask, err := q.caseFor(ctx, e, c, topology.Region)
	if err != nil {
		return err
	}
	p, err := q.sovereign(ctx, e, c, ask, from, j.row)
	if err != nil {
		return err
	}
	where := fmt.Sprintf("%s, which provides %s", q.snap.SiteID(from), strings.Join(services, ", "))
	j.merge(&p, where)
	switch status, state := q.snap.Status(from); {
	case state != topology.Known:
		j.unmet = append(j.unmet, unmet{
			field: "services", possible: true, unknown: []string{"topology.sites." + q.snap.SiteID(from) + ".status"},
			message: fmt.Sprintf("it is not known whether %s is open for use", where),
		})
	case status != "available" && status != "restricted":
		j.unmet = append(j.unmet, unmet{field: "services", message: fmt.Sprintf("%s is not open for use: its status is %s", where, status)})
	}
	return nil
}

// merge adds to a site's outcome what is said of another one that it depends on.
func (j *judged) merge(p *judged, where string) {
	for _, r := range p.result.Reasons {
		r.Message = where + ": " + r.Message
		j.result.Reasons = append(j.result.Reasons, r)
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
	possible := slices.DeleteFunc(append(slices.Clone(j.possible), p.possible...), func(r rego.Result) bool {
		return sure(j, r.Policy.ID) || sure(p, r.Policy.ID)
	})
	j.blocking = append(j.blocking, p.blocking...)
	slices.Sort(j.blocking)
	j.blocking = slices.Compact(j.blocking)
	j.possible = possible
	switch {
	case p.result.Verdict == placement.Deny:
		j.result.Verdict = placement.Deny
	case p.result.Verdict == placement.Indeterminate && j.result.Verdict == placement.Permit:
		j.result.Verdict = placement.Indeterminate
	}
}
