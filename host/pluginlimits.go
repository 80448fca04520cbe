package host

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// PluginLimits is the most that a plugin's manifest may ask for. A zero field stands for its default. Fuel is in units of
// about a cycle; nothing but running out of it ends a plugin that loops.
type PluginLimits struct {
	InitialFuel int64 // for initialisation; the default is 60 thousand million, some 20 s
	Fuel        int64 // for a call, apart from its rows; the default is 10 thousand million, some 3 s
	FuelPerRow  int64 // for each row of a call; the default is 1 million
	MemoryPages int64 // of 64 KiB; the default is 16384, 1 GiB
}

var defaultPluginLimits = PluginLimits{InitialFuel: 60_000_000_000, Fuel: 10_000_000_000, FuelPerRow: 1_000_000, MemoryPages: 16384}

// WithPluginLimits bounds what plugins may ask for in their manifests. One that asks for more is refused when it is loaded.
func WithPluginLimits(l PluginLimits) Option { return func(o *options) { o.pluginLimits = l } }

// allow refuses a plugin that asks for more than the operator lets it have.
func (l PluginLimits) allow(p *policy.Policy) error {
	asked, most := &p.Plugin.Manifest.Spec.Limits, defaultPluginLimits
	for _, x := range []struct {
		name        string
		asked       int64
		given, most int64
	}{
		{"initialFuel", asked.InitialFuel, l.InitialFuel, most.InitialFuel},
		{"fuel", asked.Fuel, l.Fuel, most.Fuel},
		{"fuelPerRow", asked.FuelPerRow, l.FuelPerRow, most.FuelPerRow},
		{"memoryPages", asked.MemoryPages, l.MemoryPages, most.MemoryPages},
	} {
		if x.given == 0 {
			x.given = x.most
		}
		if x.asked > x.given {
			return fmt.Errorf("manifest: limits.%s: it asks for %d, and this host gives at most %d; let it need less, or allow more with host.WithPluginLimits", x.name, x.asked, x.given)
		}
	}
	return nil
}
