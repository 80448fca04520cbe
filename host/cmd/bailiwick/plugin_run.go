package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// pluginRunFlags are the flags of plugin run.
type pluginRunFlags struct {
	host      hostFlags
	request   string
	component string
	interpret bool
	output    string
}

func newPluginRun() *cobra.Command {
	var f pluginRunFlags
	cmd := &cobra.Command{
		Use:   "run FILE --request FILE",
		Short: "Ask a plugin about a request, and show what it says and what that took",
		Long: `Ask a plugin about a request: what it says of every site of a component's tier, or of paths and
placements if it judges those, the fuel and the time that each call took, and what it left in its
log. The plugin alone decides; standard policies and those of the configuration take no part.

A capability that it asks for is granted with --grant ID=CAPABILITY. The component is the request's
first, or the one that is named.`,
		Example: `  bailiwick plugin run quiet-grids.wasm --request docs/examples/checkout.yaml
  bailiwick plugin run quiet-grids.wasm --request checkout.yaml --grant ACME-7=log -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.ask(cmd, args[0]) },
	}
	f.host.registerTopology(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.host.grants, "grant", nil, "`ID=NAMES` of capabilities of a plugin: log,time,random")
	flags.StringVar(&f.host.settings, "settings", "", "YAML or JSON `FILE`: policy id → setting → value")
	flags.StringVar(&f.request, "request", "", "request `FILE`, or - for standard input")
	flags.StringVar(&f.component, "component", "", "`NAME` of the request's component; default: the first")
	flags.BoolVar(&f.interpret, "interpret", false, "run it without compiling it")
	flags.StringVarP(&f.output, "output", "o", "text", "output: `text|json`")
	if err := cmd.MarkFlagRequired("request"); err != nil {
		panic(err) // the flag was registered a few lines ago
	}
	return cmd
}

// ran is a plugin that was asked, and what it said.
type ran struct {
	plugin    *pluginModule
	component string
	initial   host.PluginCall   // its initialisation
	calls     []host.PluginCall // about the component, or about no single one
	others    []host.PluginCall // about other components
	decision  *placement.Decision
}

func (f *pluginRunFlags) ask(cmd *cobra.Command, name string) error {
	switch {
	case f.output != "text" && f.output != "json":
		return fmt.Errorf("--output: %q is not text or json", f.output)
	case f.request == "":
		return errors.New("--request: empty; name a file, or - for standard input")
	case cmd.Flags().Changed("component") && f.component == "":
		return errors.New("--component: empty; name a component, or leave it out")
	}
	ctx := cmd.Context()
	p, err := readPlugin(name)
	if err != nil {
		return err
	}
	req, err := f.host.request(ctx, f.request)
	if err != nil {
		return err
	}
	r := &ran{plugin: p, component: cmp.Or(f.component, req.Spec.Components[0].Name)}
	if err := hasComponent(req, r.component); err != nil {
		return err
	}
	opts := []host.Option{host.WithPluginLog(r.told)}
	if f.interpret {
		opts = append(opts, host.WithInterpretedPlugins())
	}
	h, err := f.host.openAlone(ctx, p, opts...)
	if err != nil {
		return r.blame(err)
	}
	defer h.Close()
	if r.decision, err = h.Decide(ctx, req); err != nil {
		return r.blame(err)
	}
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), r.document())
	}
	t := newText(cmd.OutOrStdout())
	t.ran(r)
	return t.err
}

func hasComponent(req *placement.Request, name string) error {
	var names []string
	for i := range req.Spec.Components {
		names = append(names, req.Spec.Components[i].Name)
	}
	if slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("--component: request %q has no component %q%s", req.Metadata.Name, name, decode.DidYouMean(name, names))
}

// told keeps a call of the plugin. One decision asks one after the other.
func (r *ran) told(c host.PluginCall) {
	switch {
	case c.Hook == "":
		r.initial = c
	case c.Component == "" || c.Component == r.component:
		r.calls = append(r.calls, c)
	default:
		r.others = append(r.others, c)
	}
}

// blame adds to an error what the plugin left in its log before it failed.
func (r *ran) blame(err error) error {
	for _, c := range slices.Concat([]host.PluginCall{r.initial}, r.calls, r.others) {
		if c.Err == nil {
			continue
		}
		for _, l := range c.Log {
			err = fmt.Errorf("%w\n  %s  %s", err, l.Source, l.Text)
		}
	}
	return err
}

// row is what the plugin says of a site.
type row struct {
	Site        string            `json:"site"`
	Verdict     placement.Verdict `json:"verdict"`
	Score       *float64          `json:"score,omitempty"`
	Reasons     []reasonJSON      `json:"reasons"`
	Warnings    []string          `json:"warnings"`
	Obligations []string          `json:"obligations"`
}

type reasonJSON struct {
	Message  string `json:"message"`
	Possible bool   `json:"possible"`
}

// scored reports whether the plugin scores sites.
func (r *ran) scored() bool {
	return slices.ContainsFunc(r.calls, func(c host.PluginCall) bool { return c.Hook == "site" && c.Scored > 0 })
}

// rows are what the plugin says of the component's sites, those that the request leaves out left out here.
func (r *ran) rows() []row {
	out := []row{}
	if !r.plugin.policy.Plugin.Has("site") {
		return out
	}
	id, scored := r.plugin.policy.ID, r.scored()
	for i := range r.decision.Sites {
		s := &r.decision.Sites[i]
		if s.Component != r.component || leftOut(s) {
			continue
		}
		x := row{Site: s.Site, Verdict: placement.Permit, Reasons: []reasonJSON{}, Warnings: []string{}, Obligations: []string{}}
		for _, why := range s.Reasons {
			if why.Policy != id {
				continue
			}
			x.Reasons = append(x.Reasons, reasonJSON{why.Message, why.Possible})
			switch {
			case !why.Possible:
				x.Verdict = placement.Deny
			case x.Verdict == placement.Permit:
				x.Verdict = placement.Indeterminate
			}
		}
		for _, w := range s.Warnings {
			if w.Policy == id {
				x.Warnings = append(x.Warnings, w.Message)
			}
		}
		for _, o := range s.Obligations {
			if o.Policy == id {
				x.Obligations = append(x.Obligations, o.Text)
			}
		}
		if scored {
			x.Score = &s.Score
		}
		out = append(out, x)
	}
	return out
}

// leftOut reports whether the request itself leaves a site out, so that nobody was asked about it.
func leftOut(s *placement.SiteResult) bool {
	return len(s.Reasons) > 0 && s.Reasons[0].Policy == "request"
}

// pluginRanJSON is what `plugin run -o json` prints.
type pluginRanJSON struct {
	APIVersion  string              `json:"apiVersion"`
	Kind        string              `json:"kind"`
	Plugin      pluginShown         `json:"plugin"`
	Request     string              `json:"request"`
	Component   string              `json:"component"`
	InitialFuel int64               `json:"initialFuel"`
	InitialLog  []lineJSON          `json:"initialLog"`
	InitialLost uint64              `json:"initialLost"`
	Calls       []callJSON          `json:"calls"`
	Rows        []row               `json:"rows"`
	Placements  []placedJSON        `json:"placements"`
	Refused     []placement.Refused `json:"refused"`
	Inputs      placement.Inputs    `json:"inputs"`
}

type callJSON struct {
	Hook        string     `json:"hook"`
	Component   string     `json:"component,omitempty"`
	Rows        int        `json:"rows"`
	Denied      int        `json:"denied"`
	Unknown     int        `json:"unknown"`
	Scored      int        `json:"scored"`
	Fuel        int64      `json:"fuel"`
	FuelPerRow  float64    `json:"fuelPerRow"`
	TookSeconds float64    `json:"tookSeconds"`
	Log         []lineJSON `json:"log"`
	Lost        uint64     `json:"lost"`
}

type lineJSON struct {
	Source string `json:"source"`
	Text   string `json:"text"`
	Cut    uint64 `json:"cut"`
}

// placedJSON is what the plugin says of a placement that it lets pass.
type placedJSON struct {
	Copies      []placement.Copy       `json:"copies"`
	Score       *float64               `json:"score,omitempty"`
	Warnings    []placement.Warning    `json:"warnings"`
	Obligations []placement.Obligation `json:"obligations"`
}

// placed reports whether the plugin judges more than sites.
func (r *ran) placed() bool {
	p := r.plugin.policy.Plugin
	return p.Has("path") || p.Has("placement")
}

func (r *ran) document() pluginRanJSON {
	v := pluginRanJSON{
		APIVersion: "bailiwick/v1", Kind: "PluginRun", Plugin: r.plugin.shown(), Request: r.decision.Request, Component: r.component,
		InitialFuel: r.initial.Fuel, InitialLog: linesJSON(r.initial.Log), InitialLost: r.initial.Lost, Calls: []callJSON{}, Rows: r.rows(), Placements: []placedJSON{}, Refused: []placement.Refused{}, Inputs: r.decision.Inputs,
	}
	for _, c := range slices.Concat(r.calls, r.others) {
		x := callJSON{
			Hook: string(c.Hook), Component: c.Component, Rows: c.Rows, Denied: c.Denied, Unknown: c.Unknown, Scored: c.Scored,
			Fuel: c.Fuel, FuelPerRow: float64(c.Fuel) / float64(max(c.Rows, 1)), TookSeconds: c.Took.Seconds(), Log: linesJSON(c.Log), Lost: c.Lost,
		}
		v.Calls = append(v.Calls, x)
	}
	if r.placed() {
		for i := range r.decision.Placements {
			p := &r.decision.Placements[i]
			v.Placements = append(v.Placements, placedJSON{p.Copies, p.Score, p.Warnings, p.Obligations})
		}
		v.Refused = append(v.Refused, r.decision.Refused...)
	}
	return v
}

func linesJSON(log []host.PluginLine) []lineJSON {
	out := []lineJSON{}
	for _, l := range log {
		out = append(out, lineJSON{l.Source, l.Text, l.Cut})
	}
	return out
}

// copiesText names where copies are.
func copiesText(list []placement.Copy) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, c.Component+" "+c.Site)
	}
	return oneLine(strings.Join(parts, ", "))
}
