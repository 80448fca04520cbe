package topology

import "math"

// The latency model for round trips that nobody measured. docs/latency-model.md tells how the figures
// were come by, and TestLatencyFit repeats the fit of those that were fitted.
const (
	// A round trip over the private backbone with no measured region to lean on: a constant, plus the time
	// light in fibre needs for the great circle and back, times a route factor. Both are fitted to the
	// measured pairs of regions of the embedded catalogue.
	modelConstantMicros = 5849
	modelRouteFactor    = 1.6572

	// internetRouteFactor is how much longer than light in fibre along the great circle a round trip over the
	// public internet takes (Bozkurt et al. 2018, arXiv:1811.10737).
	internetRouteFactor = 2.1

	// What a user's own line adds, where the population does not say. These are read off published
	// measurements and not fitted; docs/latency-model.md has them.
	fixedLineMicros   = 10_000
	mobileMicros      = 33_000
	carrierZoneMicros = 20_000 // mobile, to a site inside the carrier's own network
)

// lightMicros is how long light in fibre takes for a great-circle distance and back.
func lightMicros(km float64) float64 { return float64(2*km) / fibreKmPerMs * 1000 }

// law is the time over the private backbone as a function of distance.
type law struct{ constant, factor float64 }

// fitted is the law of the constants above.
var fitted = law{modelConstantMicros, modelRouteFactor}

// whole is the time of a whole path for which light in fibre takes so many microseconds.
func (l law) whole(light float64) int32 {
	return int32(math.Round(l.constant + float64(l.factor*light)))
}

// leg is the time that a stretch adds to a path: no constant, that is in the rest.
func (l law) leg(light float64) int32 { return int32(math.Round(float64(l.factor * light))) }

// ModelMicros returns the modelled round-trip time in whole microseconds over a great-circle distance in
// kilometres, by the distance alone.
func ModelMicros(km float64) int32 { return fitted.whole(lightMicros(km)) }

// internetMicros is the time over the public internet.
func internetMicros(km float64) int32 {
	return int32(math.Round(float64(internetRouteFactor * lightMicros(km))))
}

// Basis says how a round-trip time is known.
type Basis uint8

// The bases, from worst to best.
const (
	UnknownBasis Basis = iota
	Modelled
	Measured
)

// String returns the basis as decisions print it.
func (b Basis) String() string {
	return [...]string{"unknown", "modelled", "measured"}[min(b, Measured)]
}
