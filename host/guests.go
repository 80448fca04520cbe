package host

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/cache"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// guestPolicy is a policy that is a plugin, compiled.
type guestPolicy struct {
	policy   *policy.Policy
	plugin   *guest.Plugin
	settings []byte      // an image
	reads    []rego.Fact // that the manifest lists
	behind   map[uint16]behind
	number   int // among the generation's
}

// behind is what a finding hangs on: facts as the manifest names them, and those of them that decisions show.
type behind struct {
	names []string
	facts []rego.Fact
}

// of is what is behind a reason of a code; 0 is that of a finding without one.
func (g *guestPolicy) of(code uint16) behind {
	if b, ok := g.behind[code]; ok {
		return b
	}
	return behind{g.policy.Plugin.Manifest.Spec.Reads, g.reads}
}

// readBehind reads what the manifest says of single reasons.
func (g *guestPolicy) readBehind(byCode map[string][]string) error {
	g.behind = map[uint16]behind{}
	for text, names := range byCode {
		code, err := strconv.ParseUint(text, 10, 16) // it was checked
		if err != nil {
			return fmt.Errorf("manifest: reasonReads: %w", err)
		}
		facts, err := rego.Facts(names)
		if err != nil {
			return err
		}
		g.behind[uint16(code)] = behind{names, facts}
	}
	return nil
}

// guestEngine is the engine that a host's plugins run in, made when the first one is loaded. The engine gives back by itself
// what nobody uses any more.
type guestEngine struct {
	once   sync.Once
	engine *guest.Engine
	err    error
}

func (e *guestEngine) get(ctx context.Context, dir string, interpret bool) (*guest.Engine, error) {
	e.once.Do(func() {
		var kept *cache.Cache
		if dir != "" {
			var err error
			if kept, err = cache.Open(dir, cache.Options{}); err != nil {
				e.err = fmt.Errorf("%w: %w", ErrPluginCache, err)
				return
			}
		}
		e.engine, e.err = guest.New(context.WithoutCancel(ctx), guest.Options{Cache: kept, Interpret: interpret})
	})
	return e.engine, e.err
}

// loadGuests compiles the plugins of a set, unless the generation before has them.
func (o *options) loadGuests(ctx context.Context, set *policy.Set, most PluginLimits, before *generation) (out []*guestPolicy, err error) {
	if before != nil && before.set == set && before.pluginLimits == most {
		return before.guests, nil
	}
	for _, p := range set.InForce() {
		if p.Plugin == nil || p.Plugin.Manifest.Spec.ABI == policy.ABIOPA {
			continue
		}
		limits, err := most.give(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		engine, err := o.guestEngine.get(ctx, o.guestCache, o.interpret)
		if err != nil {
			return nil, err
		}
		g, err := loadGuest(ctx, engine, p, limits)
		if err != nil {
			return nil, &PluginError{p, err}
		}
		runtime.AddCleanup(g, func(p *guest.Plugin) { _ = p.Close(context.Background()) }, g.plugin)
		g.number = len(out)
		out = append(out, g)
	}
	return out, nil
}

var abiHooks = map[policy.Hook]abi.Hook{policy.Site: abi.Site, policy.Path: abi.Path, policy.Placement: abi.Placement}

func loadGuest(ctx context.Context, engine *guest.Engine, p *policy.Policy, limits guest.Limits) (*guestPolicy, error) {
	m := &p.Plugin.Manifest.Spec
	grants, err := offer.Grant(p.Plugin.Grants...)
	if err != nil {
		return nil, err
	}
	spec := guest.Spec{
		ID: p.ID, Binary: p.Plugin.Module, Grants: grants, Codes: map[uint16]bool{},
		Limits: limits,
	}
	for _, h := range p.Plugin.Hooks {
		spec.Hooks = append(spec.Hooks, abiHooks[h])
	}
	for code := range p.Plugin.Reasons {
		spec.Codes[code] = true
	}
	g := &guestPolicy{policy: p}
	if g.reads, err = rego.Facts(m.Reads); err != nil {
		return nil, err
	}
	if err = g.readBehind(m.ReasonReads); err != nil {
		return nil, err
	}
	if g.settings, err = tables.Settings(p.Settings); err != nil {
		return nil, err
	}
	g.plugin, err = engine.Load(ctx, spec)
	return g, err
}

// pools are the guests of a generation over one edition's snapshot. They are made when a decision first asks.
type pools struct {
	once     sync.Once
	snapshot *memory.Snapshot
	list     []*guest.Pool                 // by the guest's number
	made     atomic.Pointer[[]*guest.Pool] // the same once they are there
	err      error
}

// pools makes the guests' instances over the edition's snapshot, once.
func (e *edition) pools(ctx context.Context, g *generation) ([]*guest.Pool, error) {
	p := &e.pooled
	p.once.Do(func() {
		// Who asks first makes them for all: their own giving up must not leave others without.
		ctx := context.WithoutCancel(ctx)
		if p.snapshot, p.err = memory.NewSnapshot(e.snap.Bytes()); p.err != nil {
			return
		}
		for _, gp := range g.guests {
			l, err := g.bind(ctx, p, gp)
			if err != nil {
				p.err = err
				return
			}
			p.list = append(p.list, l)
		}
		p.made.Store(&p.list)
	})
	return p.list, p.err
}

// release has the generation's pools closed when nobody decides with it any more.
func (g *generation) release() {
	if len(g.guests) == 0 {
		return
	}
	runtime.AddCleanup(g, func(editions []*edition) {
		for _, e := range editions {
			e.pooled.close()
		}
	}, g.editions)
}

// failing reports whether a plugin of the generation keeps failing.
func (g *generation) failing() bool {
	for _, e := range g.editions {
		if e.pooled.failing() {
			return true
		}
	}
	return g.compiled.failing()
}

// failing reports whether a guest keeps failing.
func (p *pools) failing() bool {
	list := p.made.Load()
	return list != nil && slices.ContainsFunc(*list, (*guest.Pool).Broken)
}

// close gives back what the pools hold.
func (p *pools) close() {
	for _, l := range p.list {
		l.Close()
	}
	if p.snapshot != nil {
		_ = p.snapshot.Close() // instances that still run keep it
	}
}

// askGuests asks every plugin that judges sites about the sites of an inquiry, and adds what it says to the results.
func (a *inquiry) askGuests(ctx context.Context, list []*judged, results [][]rego.Result) error {
	q := a.q
	var pools []*guest.Pool
	var call abi.Call
	for _, gp := range q.guests {
		if !gp.policy.Plugin.Has(policy.Site) || a.only != "" && gp.policy.Class != a.only {
			continue
		}
		if pools == nil {
			var err error
			if pools, err = q.edition.pools(ctx, q.generation); err != nil {
				return err
			}
			if call, err = a.siteCall(list); err != nil {
				return err
			}
		}
		var answer abi.Answer
		if err := q.consult(ctx, pools[gp.number], gp, policy.Site, a.c.Name, &call, &answer); err != nil {
			return err
		}
		r := q.reading(gp, &call, &answer)
		for i, j := range list {
			results[i] = append(results[i], r.result(int(j.row), ofSite(j.doc.Unknown)))
		}
	}
	return nil
}

// siteCall is what plugins are asked about sites.
func (a *inquiry) siteCall(list []*judged) (abi.Call, error) {
	q := a.q
	n := q.snap.Sites()
	call := abi.Call{Rows: n, Select: make([]uint64, (n+63)/64), Texts: true}
	rtt := make([]int32, len(q.populations)*n)
	for i := range rtt {
		rtt[i] = -1
	}
	for _, j := range list {
		call.Select[j.row>>6] |= 1 << (j.row & 63)
		for user, us := range j.rtt {
			rtt[user*n+int(j.row)] = int32(min(us, 1<<31-1))
		}
	}
	req := q.tables()
	for i := range q.components {
		if &q.components[i] == a.c {
			call.Component = uint32(i)
			own := *a.c.Component
			own.Tier = a.kind.String() // as in what Rego sees
			req.Components[i].Component = &own
		}
	}
	var err error
	call.Request, err = req.Image(rtt)
	return call, err
}

// tables is the request as it is laid out for guests.
func (q *question) tables() *tables.Request {
	r := &tables.Request{
		Snap: q.snap, Req: q.req, At: q.at, Day: q.day,
		Include: slices.Collect(maps.Keys(q.include)), Exclude: slices.Collect(maps.Keys(q.exclude)),
	}
	for _, p := range q.populations {
		r.Users = append(r.Users, p.User)
	}
	for i := range q.components {
		c := &q.components[i]
		var current []topology.SiteRow
		for row := range c.current {
			current = append(current, row)
		}
		r.Components = append(r.Components, tables.Component{Component: c.Component, Services: c.services, Current: current})
	}
	return r
}

// guestDecision is what a guest may be told of the decision, if it is granted the time or randomness.
func (q *question) guestDecision(p *policy.Policy, h policy.Hook, component string) (offer.Decision, error) {
	at, err := time.Parse(time.RFC3339, q.at)
	if err != nil {
		return offer.Decision{}, fmt.Errorf("decision time: %w", err)
	}
	d := offer.Decision{Time: at.UnixNano()}
	if len(p.Plugin.Grants) > 0 {
		d.Seed = offer.Seed([]byte(q.whole.Digest()), []byte(q.set.Digest()), []byte(q.req.Digest()), []byte(p.ID), []byte(h), []byte(component))
	}
	return d, nil
}

// reading turns a guest's answer into what policies say.
type reading struct {
	q      *question
	gp     *guestPolicy
	call   *abi.Call
	answer *abi.Answer
	of     map[uint32][]*abi.Reason // by their rows
}

// reading sorts an answer's reasons by their rows once: there may be as many as the guest likes for any of them.
func (q *question) reading(gp *guestPolicy, call *abi.Call, answer *abi.Answer) *reading {
	r := &reading{q, gp, call, answer, map[uint32][]*abi.Reason{}}
	for i := range answer.Reasons {
		reason := &answer.Reasons[i]
		r.of[reason.Row] = append(r.of[reason.Row], reason)
	}
	return r
}

// result is what the guest says of a row, of which those facts are unknown.
func (r *reading) result(row int, unknown []string) rego.Result {
	out := rego.Result{Policy: r.gp.policy, Facts: r.gp.reads}
	deny, open := abi.Has(r.answer.Deny, row), abi.Has(r.answer.Unknown, row)
	for _, reason := range r.of[uint32(row)] {
		r.add(&out, reason, unknown)
	}
	bare := func(sure bool) rego.Finding { return r.finding(0, r.gp.policy.Title, sure, unknown) }
	switch sure := hasSure(out.Denies); {
	case deny:
		out.Verdict = rego.Deny
		if !sure {
			out.Denies = append(out.Denies, bare(true))
		}
	case open:
		out.Verdict = rego.Possible
		if len(out.Denies) == 0 {
			out.Denies = append(out.Denies, bare(false))
		}
	}
	if abi.Has(r.answer.Scored, row) {
		out.Score = &r.answer.Scores[row]
	}
	for _, list := range [][]rego.Finding{out.Denies, out.Warnings, out.Obligations} { // as those of rules in Rego
		slices.SortStableFunc(list, func(a, b rego.Finding) int { return strings.Compare(a.Message, b.Message) })
	}
	return out
}

func hasSure(list []rego.Finding) bool {
	for i := range list {
		if list[i].Sure {
			return true
		}
	}
	return false
}

func (r *reading) add(out *rego.Result, reason *abi.Reason, unknown []string) {
	f := r.finding(reason.Code, r.message(reason), !reason.Unsure, unknown)
	switch reason.Kind {
	case abi.Denial:
		out.Denies = append(out.Denies, f)
	case abi.Warning:
		out.Warnings = append(out.Warnings, f)
	case abi.Obligation:
		out.Obligations = append(out.Obligations, f)
	}
}

func (r *reading) finding(code uint16, message string, sure bool, unknown []string) rego.Finding {
	on := r.gp.of(code)
	f := rego.Finding{Message: message, Sure: sure, Location: r.gp.policy.File, Facts: on.facts}
	if !sure {
		if f.Unknown = unknownOf(on.names, unknown); len(f.Unknown) == 0 {
			f.Unknown = []string{"something it does not list"}
		}
	}
	return f
}

// ofSite puts the document before paths below input.site.
func ofSite(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = "site." + p
	}
	return out
}

// unknownOf lists the unknown facts that a manifest names, sorted: of a name with facts below it those that are unknown.
func unknownOf(reads, unknown []string) []string {
	var out []string
	for _, name := range reads {
		for _, u := range unknown {
			switch {
			case u == name, strings.HasPrefix(u, name+"."):
				out = append(out, u)
			case strings.HasPrefix(name, u+"."):
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// message is a reason's text, as long as a message of a rule may be.
func (r *reading) message(reason *abi.Reason) string {
	t := r.gp.policy.Plugin.Reasons[reason.Code] // the codes were checked
	return t.Execute(r.q.set.Limits().MessageBytes, len(reason.Args), func(n, digits int) string { return r.arg(&reason.Args[n], digits) })
}

// arg is an argument as it is shown.
func (r *reading) arg(a *abi.Arg, digits int) string {
	switch a.Type {
	case abi.Float:
		return strconv.FormatFloat(a.Float(), 'f', digits, 64)
	case abi.Int:
		return strconv.FormatInt(a.Int(), 10)
	case abi.Text:
		return string(r.answer.Text(a))
	case abi.SiteRow:
		if int(a.Ref()) < r.q.snap.Sites() {
			return r.q.snap.SiteID(topology.SiteRow(a.Ref()))
		}
	case abi.SnapshotString:
		return printable.String(r.q.snap.Text(a.Ref()))
	case abi.RequestString:
		if s, ok := tables.String(r.call.Request, a.Ref()); ok {
			return printable.String(s)
		}
	}
	return "?"
}
