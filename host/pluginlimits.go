package host

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// PluginLimits is the most that plugins get, whatever their manifests ask for. A zero field stands for its default. Fuel is
// in units of about a cycle; nothing but running out of it ends a plugin that loops.
type PluginLimits struct {
	InitialFuel int64 // for initialisation; the default is 60 thousand million, some 20 s
	Fuel        int64 // for a call, apart from its rows; the default is 10 thousand million, some 3 s
	FuelPerRow  int64 // for each row of a call; the default is 1 million
	MemoryPages int64 // of 64 KiB; the default is 16384, 1 GiB
}

// DefaultPluginLimits is what a host's plugins get at most unless it is told otherwise.
func DefaultPluginLimits() PluginLimits {
	return PluginLimits{InitialFuel: 60_000_000_000, Fuel: 10_000_000_000, FuelPerRow: 1_000_000, MemoryPages: 16384}
}

// MaxPluginLimits is the most that [WithPluginLimits] may say. No call has more fuel, with that for its rows, than Fuel here;
// and a guest cannot address more memory.
func MaxPluginLimits() PluginLimits {
	return PluginLimits{InitialFuel: 600_000_000_000, Fuel: guest.MaxFuel, FuelPerRow: guest.MaxFuel, MemoryPages: 65535}
}

// WithPluginLimits bounds what plugins get. One that asks for more in its manifest is refused when it is loaded; one that does
// not say gets what such a plugin gets anywhere, or this if it is less: but for memory, of which one that does not say is
// refused where there is less, for it may answer something else without.
func WithPluginLimits(l PluginLimits) Option { return func(o *options) { o.pluginLimits = l } }

// pluginLimit is one of the limits: what a manifest calls it, and the configuration after limits.
type pluginLimit struct {
	name, key string
	of        func(*PluginLimits) *int64
	asked     func(*policy.PluginLimits) int64
}

const memoryPages = "memoryPages"

var pluginLimits = []pluginLimit{
	{"initialFuel", "pluginInitialFuel", func(l *PluginLimits) *int64 { return &l.InitialFuel }, func(l *policy.PluginLimits) int64 { return l.InitialFuel }},
	{"fuel", "pluginFuel", func(l *PluginLimits) *int64 { return &l.Fuel }, func(l *policy.PluginLimits) int64 { return l.Fuel }},
	{"fuelPerRow", "pluginFuelPerRow", func(l *PluginLimits) *int64 { return &l.FuelPerRow }, func(l *policy.PluginLimits) int64 { return l.FuelPerRow }},
	{memoryPages, "pluginMemoryPages", func(l *PluginLimits) *int64 { return &l.MemoryPages }, func(l *policy.PluginLimits) int64 { return l.MemoryPages }},
}

// checked gives the limits with the defaults in the place of zeros, if they are some.
func (l PluginLimits) checked() (PluginLimits, error) {
	defaults, most := DefaultPluginLimits(), MaxPluginLimits()
	for _, x := range pluginLimits {
		v := x.of(&l)
		if *v == 0 {
			*v = *x.of(&defaults)
		}
		if m := *x.of(&most); *v < 0 || *v > m {
			return l, fmt.Errorf("limits.%s: plugins cannot be given at most %d; give 1 to %d, or 0 for the default", x.key, *v, m)
		}
	}
	return l, nil
}

// give says what a plugin gets, and refuses one that asks for more than the operator lets it have.
func (l PluginLimits) give(p *policy.Policy) (guest.Limits, error) {
	given := PluginLimits{InitialFuel: guest.DefaultInitialFuel, Fuel: guest.DefaultFuel, FuelPerRow: guest.DefaultFuelPerRow, MemoryPages: guest.DefaultMemoryPages}
	for _, x := range pluginLimits {
		asked, most, to := x.asked(&p.Plugin.Manifest.Spec.Limits), *x.of(&l), x.of(&given)
		if asked > most {
			return guest.Limits{}, fmt.Errorf("manifest: limits.%s: it asks for %d, and this host gives at most %d; let it need less, or allow more with limits.%s in the configuration (host.WithPluginLimits)", x.name, asked, most, x.key)
		}
		if asked == 0 {
			asked = *to
			if x.name == memoryPages && asked > most { // a guest sees that memory does not grow, as it does not see fuel
				return guest.Limits{}, fmt.Errorf("manifest: limits.%s: it does not say how much it asks for, which stands for %d, and this host gives at most %d; let it say how much it needs, or allow more with limits.%s in the configuration (host.WithPluginLimits)", x.name, asked, most, x.key)
			}
		}
		*to = min(asked, most)
	}
	return guest.Limits{InitialFuel: given.InitialFuel, Fuel: given.Fuel, FuelPerRow: given.FuelPerRow, MemoryPages: uint32(given.MemoryPages)}, nil
}
