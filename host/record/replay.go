package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// ErrSemantics is what Replay reports of a decision that another version made, which gave requests and rules
// another meaning.
var ErrSemantics = errors.New("decided under another semantics")

// Replay is a decision and what comes out when it is made again.
type Replay struct {
	Given *placement.Decision
	Again *placement.Decision
	// Differences are the places where they differ, by JSON pointer, up to a thousand. None: they are the same
	// bytes.
	Differences []Difference
	// More is how many differences are not listed.
	More int
	// Misnamed is set where the decision's id is not that of its content: it was changed after it was made.
	Misnamed bool
}

// Same reports whether the same bytes came out.
func (r *Replay) Same() bool { return len(r.Differences) == 0 }

// Replay makes a decision again from the inputs recorded under its id, and compares. The inputs are verified
// against the recorded decision; the outcome is compared with the one given, which may come from elsewhere.
// Options are for what does not change a decision, such as [host.WithEngine]; those for the inputs are set
// already and not to be given.
func (s *Store) Replay(ctx context.Context, given *placement.Decision, o ...host.Option) (*Replay, error) {
	r, err := s.replay(ctx, given, o)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return r, nil
}

func (s *Store) replay(ctx context.Context, given *placement.Decision, o []host.Option) (*Replay, error) {
	d, err := s.decision(given.ID)
	if err != nil {
		return nil, err
	}
	if d.Inputs.Semantics != host.Semantics {
		return nil, otherSemantics(d.ID, d.Inputs.Semantics)
	}
	in, err := s.inputs(d)
	if err != nil {
		return nil, err
	}
	// What the plugins asked for was allowed when the decision was made.
	o = append([]host.Option{host.WithPluginLimits(host.MaxPluginLimits())}, o...)
	o = append(o, host.WithSnapshot(in.Snapshot), host.WithPolicySet(in.Policies), host.WithRunnersUp(in.RunnersUp))
	h, err := host.Open(ctx, o...)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	again, err := h.Decide(ctx, in.Request)
	if err != nil {
		return nil, err
	}
	return compare(given, again)
}

// compare compares bytes, and where those differ says what does.
func compare(given, again *placement.Decision) (*Replay, error) {
	r := &Replay{Given: given, Again: again}
	named := *given
	if err := named.ComputeID(); err != nil {
		return nil, err
	}
	r.Misnamed = named.ID != given.ID
	a, err := given.Canonical()
	if err != nil {
		return nil, err
	}
	b, err := again.Canonical()
	if err != nil {
		return nil, err
	}
	if bytes.Equal(a, b) {
		return r, nil
	}
	if r.Differences, r.More, err = differences(a, b); err != nil {
		return nil, err
	}
	if r.Same() {
		return nil, fmt.Errorf("%s: the bytes differ and no value does", given.ID) // canonical JSON has one form
	}
	return r, nil
}
