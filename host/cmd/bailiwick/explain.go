package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func newExplain() *cobra.Command {
	var flags hostFlags
	var output, site string
	cmd := &cobra.Command{
		Use:   "explain REQUEST --site ID",
		Short: "Say why, or why not, a site: each rule, the facts it read and their sources",
		Long: `Say why, or why not, one site may host the components of a request: what each rule says, the
facts it read with their values and their sources. Of a site that is not permitted it names the
smallest change of the request with which it is; of one that is permitted and not chosen, what
the best placement with it comes to. The exit status is that of the worst verdict, as for decide.`,
		Example: `  bailiwick explain docs/examples/checkout.yaml --site us-east-1`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" && output != "yaml" {
				return fmt.Errorf("--output: %q is not text, json or yaml", output)
			}
			req, err := flags.request(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			h, err := flags.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			x, err := h.Explain(cmd.Context(), req, site)
			if err != nil {
				return err
			}
			switch output {
			case "json":
				err = writeJSON(cmd.OutOrStdout(), x)
			case "yaml":
				err = writeYAML(cmd.OutOrStdout(), x)
			default:
				snap, serr := h.Snapshot()
				if serr != nil {
					return serr
				}
				t := newText(cmd.OutOrStdout())
				t.explanation(onDayOf(snap, req), req, x)
				err = t.err
			}
			if err != nil {
				return err
			}
			status := statusPermit
			for _, c := range x.Components {
				status = worse(status, statusOf(c.Verdict))
			}
			if status != statusPermit {
				return statusError(status)
			}
			return nil
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&site, "site", "", "the site's `ID`")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json|yaml`")
	if err := cmd.MarkFlagRequired("site"); err != nil {
		panic(err) // the flag was registered a line ago
	}
	return cmd
}

// onDayOf returns the edition of a topology that a request is decided against.
func onDayOf(snap *topology.Snapshot, req *placement.Request) *topology.Snapshot {
	if at, ok := req.Spec.DecisionTime(); ok {
		return snap.On(at.Format(time.DateOnly))
	}
	return snap
}

func (t *text) explanation(snap *topology.Snapshot, req *placement.Request, x *host.Explanation) {
	where := oneLine(x.Name)
	if x.Country != "" {
		where += ", " + oneLine(x.Country)
	}
	t.wrapped(head.Render(x.Site)+"  ", append(strings.Fields(where), dim.Render(" "+x.Kind)))
	cited, corrected := map[string]bool{}, map[string]string{}
	if r, ok := snap.Site(x.Site); ok {
		for o := range snap.OverridesOf(r) {
			corrected["site."+o.Field] = "was " + correction(&o)
		}
	}
	for _, c := range x.Components {
		t.line("")
		t.line(head.Render(c.Component) + "  " + verdictText(c.Verdict))
		if c.Note != "" {
			t.wrapped("  ", strings.Fields(oneLine(c.Note)))
		}
		var seen []string
		for _, l := range c.Latency {
			if l.Basis == "unknown" {
				seen = append(seen, l.Population+" unknown")
			} else {
				seen = append(seen, fmt.Sprintf("%s %s (%s)", l.Population, ms(l.RTTMs), sum(x.Site, l)))
			}
		}
		if len(seen) > 0 {
			t.wrapped("  users  ", strings.Fields(strings.Join(seen, ", ")))
		}
		for _, m := range c.Requirements {
			t.wrapped("  "+bad.Render("requirement")+"  ", strings.Fields(oneLine(m)))
		}
		t.turn(req, &c)
		for i := range c.Policies {
			t.policy(&c.Policies[i], corrected, cited)
		}
	}
	if len(cited) > 0 {
		t.cite(snap, cited)
	}
}

// sum writes how a time is known, and the stretches it adds up from.
func sum(site string, l host.PopulationLatency) string {
	parts := partsText(&placement.UserRoute{Site: site, Parts: l.Parts})
	if parts == "" {
		return l.Basis
	}
	return l.Basis + ": " + parts
}

// policy shows one policy's outcome; corrected says of facts what they were before a layer corrected them.
func (t *text) policy(p *host.PolicyExplanation, corrected map[string]string, cited map[string]bool) {
	t.line("")
	waived := ""
	if p.Waived && p.Verdict != placement.Permit {
		waived = "  (waived)"
	}
	t.wrapped("  "+verdictText(p.Verdict)+waived+"  "+head.Render(p.Policy)+"  ", strings.Fields(oneLine(p.Title)))
	for _, m := range p.Reasons {
		t.wrapped("      ", strings.Fields(oneLine(m)))
	}
	for _, m := range p.Warnings {
		t.wrapped("      warning: ", strings.Fields(oneLine(m)))
	}
	for _, m := range p.Obligations {
		t.wrapped("      obligation: ", strings.Fields(oneLine(m)))
	}
	var rows [][]string
	for _, f := range p.Facts {
		for id := range strings.SplitSeq(f.Source, ",") {
			if id != "" {
				cited[id] = true
			}
		}
		source := f.Source
		if was := corrected[f.Path]; was != "" {
			source = strings.TrimPrefix(source+", "+was, ", ")
		}
		rows = append(rows, []string{dim.Render(f.Path), factValue(f.Value), dim.Render(source)})
	}
	t.tableCut("      ", rows, 1, leastValue)
}

// A fact's value is cut where it is wider than shownValue, and more where its source needs the room, but not
// below leastValue.
const (
	shownValue = 56
	leastValue = 24
)

// factValue prints a fact's value on one line.
func factValue(v any) string {
	if v == nil {
		return "–"
	}
	if s, ok := v.(string); ok {
		return strconv.Quote(oneLine(s))
	}
	text, err := decode.Canonical(v)
	if err != nil {
		return "–"
	}
	return cut(oneLine(string(text)), shownValue)
}
