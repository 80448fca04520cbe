package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func newTopologyDiff() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "diff A B [REQUEST…]",
		Short: "Compare two topologies, and what is decided by each",
		Long: `Compare two topologies fact by fact: sites, services, programmes, links, populations and law, each
change with the old value, the new one and the source of both. A and B are each a compiled snapshot,
a directory, the embedded catalogue aws:, or layers joined by commas, such as aws:,./ours.

With REQUEST files each is decided against both with the standard policies, and those that come out
differently are listed: verdict, sites chosen, and at which sites which rules changed their mind.

The exit status is 0 whether or not the two differ.`,
		Example: `  bailiwick topology diff aws: aws:,./our-sites
  bailiwick topology diff before.bwi after.bwi docs/examples/*.yaml -o json`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is not text or json", output)
			}
			requests := make([]*placement.Request, 0, len(args)-2)
			for _, name := range args[2:] {
				text, err := readCapped(cmd.Context(), name, placement.MaxRequestBytes)
				if err != nil {
					return err
				}
				req, err := placement.Decode(name, text)
				if err != nil {
					return err
				}
				requests = append(requests, req)
			}
			a, err := openSide(args[0])
			if err != nil {
				return fmt.Errorf("topology A: %w", err)
			}
			b, err := openSide(args[1])
			if err != nil {
				return fmt.Errorf("topology B: %w", err)
			}
			changes := topology.Diff(a, b)
			decisions, err := diffDecisions(cmd.Context(), a, b, requests, args[2:])
			if err != nil {
				return err
			}
			if output == "json" {
				return writeJSON(cmd.OutOrStdout(), diffDocument(a, b, changes, decisions))
			}
			t := newText(cmd.OutOrStdout())
			t.diff(a, b, changes)
			t.diffDecisions(decisions, len(requests))
			return t.err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json`")
	return cmd
}

// openSide opens one side of a comparison: a snapshot, or layers joined by commas.
func openSide(name string) (*topology.Snapshot, error) {
	if topology.IsSnapshotFile(name) {
		s, err := topology.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return s, nil
	}
	var inputs []topology.Input
	for layer := range strings.SplitSeq(name, ",") {
		switch {
		case layer == "":
			return nil, fmt.Errorf("%q: a layer has no name; join names by single commas", name)
		case layer == "aws:":
			inputs = append(inputs, awsInput())
			continue
		case topology.IsSnapshotFile(layer):
			return nil, fmt.Errorf("%s: a compiled snapshot stands alone; give the directory it was built from", layer)
		}
		in, err := topology.Path(layer)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	t, err := topology.Load(inputs...)
	if err != nil {
		return nil, err
	}
	return topology.Build(t)
}

// decisionDiff is a request that two topologies answer differently.
type decisionDiff struct {
	Request string       `json:"request"`
	A       outcome      `json:"a"`
	B       outcome      `json:"b"`
	Sites   []siteChange `json:"sites"`
}

// outcome is what one topology answers.
type outcome struct {
	Verdict placement.Verdict `json:"verdict,omitempty"` // none with an error
	Copies  []placement.Copy  `json:"copies"`            // of the best placement
	Error   string            `json:"error,omitempty"`
}

// siteChange is a site that the rules judge differently. A verdict is missing where the topology does not
// have the site.
type siteChange struct {
	Component string            `json:"component"`
	Site      string            `json:"site"`
	A         placement.Verdict `json:"a,omitempty"`
	B         placement.Verdict `json:"b,omitempty"`
	Now       []string          `json:"now"`      // policies that speak against it in B only
	NoLonger  []string          `json:"noLonger"` // and in A only
}

// diffDecisions decides every request against both and returns those that come out differently. A request
// that cannot be decided by one of them, because it names a site the topology lacks, does; one that
// neither can decide is an error.
func diffDecisions(ctx context.Context, a, b *topology.Snapshot, requests []*placement.Request, names []string) ([]decisionDiff, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	hostA, err := host.Open(ctx, host.WithSnapshot(a))
	if err != nil {
		return nil, fmt.Errorf("topology A: %w", err)
	}
	defer hostA.Close()
	hostB, err := host.Open(ctx, host.WithSnapshot(b))
	if err != nil {
		return nil, fmt.Errorf("topology B: %w", err)
	}
	defer hostB.Close()
	var out []decisionDiff
	for i, req := range requests {
		dA, errA := hostA.Decide(ctx, req)
		dB, errB := hostB.Decide(ctx, req)
		if errA != nil && errB != nil {
			return nil, fmt.Errorf("%s: neither topology can decide it: %w", names[i], errA)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := decisionDiff{Request: req.Metadata.Name, A: outcomeOf(dA, errA), B: outcomeOf(dB, errB), Sites: []siteChange{}}
		if errA == nil && errB == nil {
			x.Sites = siteChanges(dA, dB)
		}
		if x.A.Verdict != x.B.Verdict || !slices.EqualFunc(x.A.Copies, x.B.Copies, sameCopy) || x.A.Error != x.B.Error || len(x.Sites) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// sameCopy reports whether two copies are of one component, in one role, at one site.
func sameCopy(a, b placement.Copy) bool {
	return a.Component == b.Component && a.Role == b.Role && a.Site == b.Site
}

func outcomeOf(d *placement.Decision, err error) outcome {
	o := outcome{Copies: []placement.Copy{}}
	if err != nil {
		o.Error = err.Error()
		return o
	}
	o.Verdict = d.Verdict
	if len(d.Placements) > 0 {
		o.Copies = d.Placements[0].Copies
	}
	return o
}

// siteChanges compares what the rules say of each site, in the order of the newer decision, and then of
// the older for sites that are gone.
func siteChanges(a, b *placement.Decision) []siteChange {
	type key struct{ component, site string }
	of := func(d *placement.Decision) map[key]*placement.SiteResult {
		m := make(map[key]*placement.SiteResult, len(d.Sites))
		for i := range d.Sites {
			m[key{d.Sites[i].Component, d.Sites[i].Site}] = &d.Sites[i]
		}
		return m
	}
	inA, inB := of(a), of(b)
	out := []siteChange{}
	compare := func(k key, x, y *placement.SiteResult) {
		c := siteChange{Component: k.component, Site: k.site, Now: without(against(y), against(x)), NoLonger: without(against(x), against(y))}
		if x != nil {
			c.A = x.Verdict
		}
		if y != nil {
			c.B = y.Verdict
		}
		// That a site is not there is no better than that it is denied.
		closed := func(v placement.Verdict) bool { return v == "" || v == placement.Deny }
		if (x == nil || y == nil) && closed(c.A) && closed(c.B) {
			return
		}
		if c.A != c.B || len(c.Now) > 0 || len(c.NoLonger) > 0 {
			out = append(out, c)
		}
	}
	for i := range b.Sites {
		k := key{b.Sites[i].Component, b.Sites[i].Site}
		compare(k, inA[k], &b.Sites[i])
	}
	for i := range a.Sites {
		if k := (key{a.Sites[i].Component, a.Sites[i].Site}); inB[k] == nil {
			compare(k, &a.Sites[i], nil)
		}
	}
	return out
}

// against are the ids of the policies that speak against a site, sorted; a possible denial is told apart.
func against(r *placement.SiteResult) []string {
	if r == nil {
		return nil
	}
	var ids []string
	for _, x := range r.Reasons {
		id := x.Policy
		if x.Possible {
			id += " (possibly)"
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// without returns what is in a and not in b.
func without(a, b []string) []string {
	out := []string{}
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
