package host

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// ErrPluginCache is matched by errors of [Open] about the directory that [WithPluginCache] names. Without that option the
// same host opens.
var ErrPluginCache = errors.New("the cache of compiled plugins cannot be used")

// PluginError says that a plugin does not load.
type PluginError struct {
	Policy *policy.Policy // that it is
	Err    error          // why
}

// Error says which file it is and why.
func (e *PluginError) Error() string { return e.Policy.File + ": " + e.Err.Error() }

// Unwrap is why.
func (e *PluginError) Unwrap() error { return e.Err }

// PluginCall is what one call of a plugin was about and what it took.
type PluginCall struct {
	Policy    string      // id of the policy that the plugin is
	Hook      policy.Hook // "" is its initialisation over one topology
	Component string      // of the request; "" if the call is about no single one
	Rows      int         // sites, paths or placements that it was asked about
	Denied    int         // of these, how many it denies
	Unknown   int         // how many it may deny
	Scored    int         // how many it scores
	Fuel      int64       // that it took; the same on every machine
	Took      time.Duration
	Log       []PluginLine // messages that it left, if it is granted a log; so many and so long as are kept, printable
	Lost      uint64       // how many more there were than are kept
	Err       error        // why the call failed
}

// PluginLine is a message that a plugin left for people. The text is printable.
type PluginLine struct {
	Source string // log, stdout or stderr
	Text   string
	Cut    uint64 // bytes of the message that are not in Text
}

// WithPluginLog has f told of every call of a plugin once it is over. Decisions that are made side by side call it side
// by side. It changes no decision.
func WithPluginLog(f func(PluginCall)) Option { return func(o *options) { o.pluginLog = f } }

// WithInterpretedPlugins runs plugins without compiling them, which is slower by far and comes to the same: fuel and
// answers are those of compiled ones. It counts when a host opens; a reload does not change it.
func WithInterpretedPlugins() Option { return func(o *options) { o.interpret = true } }

// consult asks a plugin about the rows of a call.
func (q *question) consult(ctx context.Context, pool *guest.Pool, gp *guestPolicy, h policy.Hook, component string, call *abi.Call, out *abi.Answer) error {
	d, err := q.guestDecision(gp.policy, h, component)
	if err != nil {
		return err
	}
	begun := time.Now()
	used, err := pool.Call(ctx, abiHooks[h], d, call, out)
	if err == nil && out.Dropped > 0 { // among what is missing there may be an obligation
		err = fmt.Errorf("plugin %s: %s: %d reasons found no room; it may give four for each row that it is asked about, and 64 more", gp.policy.ID, h, out.Dropped)
	}
	if q.pluginLog == nil {
		return err
	}
	told := PluginCall{
		Policy: gp.policy.ID, Hook: h, Component: component, Rows: ones(call.Select),
		Fuel: used.Fuel, Took: time.Since(begun), Lost: used.Lost, Err: err,
	}
	if err == nil {
		told.Denied, told.Unknown, told.Scored = ones(out.Deny), ones(out.Unknown), ones(out.Scored)
	}
	told.Log = pluginLines(used.Log)
	q.pluginLog(told)
	return err
}

// pluginLines are messages of a guest's as hosts tell of them.
func pluginLines(log []offer.Line) (out []PluginLine) {
	for _, l := range log {
		out = append(out, PluginLine{l.Source.String(), l.Text, l.Cut})
	}
	return out
}

// ones counts the rows of a bit set.
func ones(set []uint64) (n int) {
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	return n
}

// bind makes the pool of a plugin over an edition's snapshot.
func (g *generation) bind(ctx context.Context, p *pools, gp *guestPolicy) (*guest.Pool, error) {
	begun := time.Now()
	var used guest.Usage
	l, err := gp.plugin.Bind(ctx, p.snapshot, gp.settings, guest.PoolOptions{Initialised: func(u guest.Usage) { used = u }})
	if g.pluginLog != nil {
		g.pluginLog(PluginCall{
			Policy: gp.policy.ID, Fuel: used.Fuel, Took: time.Since(begun), Log: pluginLines(used.Log), Lost: used.Lost, Err: err,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", gp.policy.File, err)
	}
	return l, nil
}
