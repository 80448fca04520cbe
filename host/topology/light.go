package topology

// LightMs returns the milliseconds that light in optical fibre needs for a great-circle distance in
// kilometres and back: no round trip is faster.
func LightMs(km float64) float64 { return float64(2*km) / fibreKmPerMs }
