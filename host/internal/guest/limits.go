package guest

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// Limits is the most a guest may use. A zero field stands for its default.
type Limits struct {
	// InitialFuel is for all calls of an instance's initialisation together. The default is some 3 s of work; Go's
	// runtime takes under a hundredth of it.
	InitialFuel int64
	// Fuel is for one hook call, and FuelPerRow comes on top for each row that is asked about. The defaults are
	// some 30 ms, and 10 µs for each row.
	Fuel       int64
	FuelPerRow int64
	// MemoryPages is the most memory, in pages of 64 KiB, the snapshot's room included. The default is 64 MiB.
	MemoryPages uint32
	// Log is how much a call may leave in its log.
	Log offer.Limits
}

// Defaults of [Limits]. A unit of fuel is about a cycle.
const (
	DefaultInitialFuel = 10_000_000_000
	DefaultFuel        = 100_000_000
	DefaultFuelPerRow  = 30_000
	DefaultMemoryPages = 1024
)

// callRoom bounds how deep a guest's calls nest; see package meter. The interpreter goes 2 000 calls deep, those counted
// that the meter does not: of functions that call nothing, and of the host's.
const callRoom = 1900

// MaxFuel is the most fuel of one call, however many rows it is about: some 10 s. Nothing else ends a call.
const MaxFuel = 30_000_000_000

// maxArena is the most bytes of a guest's memory that a call may take, beside the snapshot.
const maxArena = 256 << 20

const (
	// maxOPAText is the most bytes of a value that is read from a policy which OPA compiled: a hundred findings of
	// deny, warn and obligation, as long as they may be, with helper rules beside them.
	maxOPAText = 4 << 20
	// maxOPANames is how many entrypoints, or built-in functions, such a policy may have. OPA has some 200 functions.
	maxOPANames = 1000
	// firstOPARoom is how many bytes such a policy's calls are first given for values. The standard policies take a
	// tenth.
	firstOPARoom = 1 << 20
)

func (l Limits) filled() Limits {
	fill := func(to *int64, v int64) {
		if *to == 0 {
			*to = v
		}
	}
	fill(&l.InitialFuel, DefaultInitialFuel)
	fill(&l.Fuel, DefaultFuel)
	fill(&l.FuelPerRow, DefaultFuelPerRow)
	if l.MemoryPages == 0 {
		l.MemoryPages = DefaultMemoryPages
	}
	l.MemoryPages = min(l.MemoryPages, memory.MaxPages)
	if l.Log == (offer.Limits{}) {
		l.Log = offer.Defaults()
	}
	return l
}

// fuel is what a call about so many rows is given.
func (l *Limits) fuel(rows int) int64 {
	if rows > 0 && l.FuelPerRow > (MaxFuel-min(l.Fuel, MaxFuel))/int64(rows) {
		return MaxFuel
	}
	return min(l.Fuel+l.FuelPerRow*int64(rows), MaxFuel)
}

// outOfFuel is the error of a call about so many rows that used up its fuel.
func (l *Limits) outOfFuel(rows int) error {
	had := l.fuel(rows)
	if had == MaxFuel {
		return &FuelError{had, "the most that a call has; let it do less, or ask it about fewer at once"}
	}
	return &FuelError{had, fmt.Sprintf("by limits.fuel %d and limits.fuelPerRow %d (rows: %d); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow",
		l.Fuel, l.FuelPerRow, rows)}
}

// outOfInitialFuel is the error of an initialisation that used up its fuel.
func (l *Limits) outOfInitialFuel() error {
	return &FuelError{l.InitialFuel, "by limits.initialFuel, for all of initialisation; let it do less, or raise that in its manifest, at most to the host's limits.pluginInitialFuel"}
}
