package topology

import "math"

// Distances feed modelled round-trip times, and those feed decisions that must be the same bytes on
// every machine. The math package does not promise that: a compiler may fuse a multiply and an add
// on some architectures, and some have their own assembly. So the few functions needed are written
// here from IEEE operations alone; an explicit float64 conversion forbids fusion.

// earthRadiusKm is the mean Earth radius (IUGG R1).
const earthRadiusKm = 6371.0088

// DistanceKm returns the great-circle distance between two points given in degrees, in kilometres.
// It is the same to the bit in both directions and on every architecture.
func DistanceKm(lat1, lon1, lat2, lon2 float64) float64 {
	sLat := sinDeg(math.Abs(lat2-lat1) / 2)
	sLon := sinDeg(math.Abs(lon2-lon1) / 2)
	cc := float64(cosDeg(lat1) * cosDeg(lat2))
	h := float64(sLat*sLat) + float64(cc*float64(sLon*sLon))
	return float64(2*earthRadiusKm) * asin(math.Sqrt(min(h, 1)))
}

func cosDeg(d float64) float64 { return sinDeg(90 - d) }

// sinDeg returns the sine of an angle in degrees. Reducing in degrees is exact.
func sinDeg(d float64) float64 {
	q := math.Floor(float64(d/90) + 0.5)
	r := float64(float64(d-float64(90*q)) * (math.Pi / 180))
	switch int64(q) & 3 {
	case 0:
		return sinPoly(r)
	case 1:
		return cosPoly(r)
	case 2:
		return -sinPoly(r)
	default:
		return -cosPoly(r)
	}
}

// sinPoly and cosPoly are Taylor polynomials, good to the last bits for |x| ≤ π/4.
func sinPoly(x float64) float64 {
	x2 := float64(x * x)
	sum := 0.0
	for k := 17.0; k >= 3; k -= 2 {
		sum = float64(-x2/float64(k*(k-1))) * float64(1+sum)
	}
	return float64(x * float64(1+sum))
}

func cosPoly(x float64) float64 {
	x2 := float64(x * x)
	sum := 0.0
	for k := 16.0; k >= 2; k -= 2 {
		sum = float64(-x2/float64(k*(k-1))) * float64(1+sum)
	}
	return 1 + sum
}

// asin returns the arc sine of x in [0, 1]. Above one half the identity
// asin x = π/2 − 2 asin √((1−x)/2) brings the argument down to where the series is quick.
func asin(x float64) float64 {
	if x > 0.5 {
		return math.Pi/2 - float64(2*asin(math.Sqrt(float64(1-x)/2)))
	}
	x2 := float64(x * x)
	term, sum := x, x
	for k := 1.0; k < 24; k++ {
		n := float64(2*k - 1)
		term = float64(term*x2) * float64(n/float64(2*k))
		sum += float64(term / float64(2*k+1))
	}
	return sum
}
