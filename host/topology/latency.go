package topology

import "math"

// The distance model for round trips that nobody measured, fitted to the measured pairs of regions of
// the embedded catalogue (docs/latency-model.md; TestLatencyFit repeats the fit): a constant, plus the
// time light in fibre needs for the great circle and back, times a route factor.
const (
	modelConstantMicros = 5849
	modelRouteFactor    = 1.6572
)

// ModelMicros returns the modelled round-trip time in whole microseconds over a great-circle distance
// in kilometres. A population's point is treated like a site's.
func ModelMicros(km float64) int32 {
	light := float64(2*km) / fibreKmPerMs * 1000
	return int32(math.Round(modelConstantMicros + float64(modelRouteFactor*light)))
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
