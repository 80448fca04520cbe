package guest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
)

var (
	// ErrVersion says that a guest was written for another version of the ABI.
	ErrVersion = errors.New("the guest speaks another version of the ABI")

	// ErrExports says that a guest does not export what the ABI asks for.
	ErrExports = errors.New("the guest's exports are not those of the ABI")

	// ErrOPA says that a policy which OPA compiled does not do what OPA's ABI says.
	ErrOPA = errors.New("the policy does not keep to OPA's ABI")

	// ErrEntrypoint says that a policy which OPA compiled cannot be asked what its manifest says.
	ErrEntrypoint = errors.New("the module does not have the entrypoint of the manifest")

	// ErrBuiltin says that a policy which OPA compiled calls functions that no policy may call.
	ErrBuiltin = errors.New("the module calls built-in functions that are not allowed")

	// ErrClosed says that an engine, a plugin or a pool was used after it was closed.
	ErrClosed = errors.New("the guest's pool is closed")
)

// CallError says that a call of a guest failed, and so that there is no answer.
type CallError struct {
	Plugin   string // the plugin's id
	Function string // what was called
	Err      error  // why
}

// Error says who failed, where and why.
func (e *CallError) Error() string {
	return fmt.Sprintf("plugin %s: %s: %v", e.Plugin, e.Function, e.Err)
}

// Unwrap is why.
func (e *CallError) Unwrap() error { return e.Err }

// FuelError says that a guest used up the fuel it had. It matches [meter.ErrFuel].
type FuelError struct {
	Had int64  // fuel that it was given
	By  string // which limits say so, and what to do
}

// Error says how much it had, of which limits, and what to do.
func (e *FuelError) Error() string {
	return fmt.Sprintf("%v: it had %d, %s", meter.ErrFuel, e.Had, e.By)
}

// Is reports whether target is [meter.ErrFuel].
func (e *FuelError) Is(target error) bool { return target == meter.ErrFuel }

// TrapError says that a guest trapped for reasons of its own.
type TrapError struct {
	What  string   // the engine's word for it, such as "unreachable"
	Trace []string // where, innermost first, as far as the module names its functions; printable
}

// Error says what happened, and where it was.
func (e *TrapError) Error() string {
	if len(e.Trace) == 0 {
		return "the guest trapped: " + e.What
	}
	return fmt.Sprintf("the guest trapped: %s, in %s", e.What, e.Trace[0])
}

// trap reads the engine's error.
func trap(err error) *TrapError {
	first, rest, _ := strings.Cut(err.Error(), "\n")
	t := &TrapError{What: printable.String(strings.TrimPrefix(first, "wasm error: "))}
	for line := range strings.SplitSeq(rest, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line == "wasm stack trace:" || len(t.Trace) == 32 {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "."), "(")
		t.Trace = append(t.Trace, printable.String(name))
	}
	return t
}
