package host

import (
	"errors"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
)

// Outcome is what becomes of decisions once a plugin keeps failing: in five different calls in a row, the same call being
// counted once.
type Outcome uint8

const (
	// FailClosed makes every decision that the plugin fails in an error that says so. It is the default.
	FailClosed Outcome = iota
	// LastGood decides with the generation before, whole: its snapshot, policies and plugins, which the decision names
	// by their digests. Where there is none, or it fails as well, decisions are errors. What the plugin
	// answers is decided with it; so somebody who asks for what it fails at, time and again and each time for something
	// else, gets the generation before for that, and so does who asks for anything while the plugin is busy failing at it.
	LastGood
)

// WithPluginOutcome says what becomes of decisions while a plugin keeps failing. Either way it is still asked
// about what it did not fail at, by one decision at a time, and goes on as before as soon as it answers.
func WithPluginOutcome(o Outcome) Option { return func(opts *options) { opts.outcome = o } }

// checkOutcome refuses an outcome there is none of.
func (o *options) checkOutcome() error {
	if o.outcome > LastGood {
		return fmt.Errorf("there is no outcome %d of plugins that fail; give FailClosed or LastGood", o.outcome)
	}
	return nil
}

// fallBack answers from the present generation, or where a plugin of it keeps failing from the one before, if that is what
// the host was told.
func fallBack[T any](h *Host, answer func(*generation) (T, error)) (T, error) {
	var none T
	g := h.current.Load()
	if g == nil {
		return none, ErrClosed
	}
	out, err := answer(g)
	good := g.lastGood.Load()
	if err == nil || good == nil || !errors.Is(err, guest.ErrBroken) {
		return out, err
	}
	if out, again := answer(good); again == nil {
		return out, nil
	} else if again.Error() != err.Error() {
		return none, fmt.Errorf("%w; and with the generation before: %w", err, again)
	}
	return none, err
}
