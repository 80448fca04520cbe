package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// DefaultEngine is the engine that evaluates rules unless [WithEngine] says another: the lane machine, which
// judges all sites at once. "rego" is OPA itself, one site at a time: the reference.
const DefaultEngine = "lane"

// engines are the names of the engines of rules, sorted.
var engines = []string{DefaultEngine, "rego"}

// Engines returns the names that [WithEngine] takes, sorted. Whichever evaluates the rules, the decision is
// the same to the byte. The slice is the caller's.
func Engines() []string { return slices.Clone(engines) }

// WithEngine says what evaluates the rules: one of [Engines]. Another name is an error of Open and Reload. It
// is part of no digest, for it changes no decision.
func WithEngine(name string) Option { return func(o *options) { o.engine = name } }

// checkEngine refuses a name that no engine has.
func (o *options) checkEngine() error {
	if slices.Contains(engines, o.engine) {
		return nil
	}
	return fmt.Errorf("no engine is called %q%s; there is %s", o.engine, decode.DidYouMean(o.engine, engines), strings.Join(engines, ", "))
}
