package host

import (
	"math/big"
	"math/bits"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// costScale is how many parts of one the price index is counted in.
const costScale = 10_000

// The largest values that count, which bound the sums of a search: a round trip of four seconds, beyond
// which it is treated as unknown, and the price index of 1000 that a topology may have.
const (
	maxMicros    = 4_000_000
	maxCostParts = 1000 * costScale
	maxUSDPerGB  = 100 // of traffic
)

// scale is how the request's objectives are counted in whole numbers.
type scale struct {
	units   []int64 // counted parts in one written unit, an objective each: powers of ten
	factors []int64 // of a weighted sum; nil: lexicographic
	whole   int64   // counted parts of the weighted sum in one written unit
	index   int64   // counted parts in one of the price index, or one dollar of traffic
	copies  []int64 // units of the price index of a copy, a component each, scaled to whole numbers
}

// scale works out the units, and refuses figures whose sums would not be exact.
func (r *resolver) scale() {
	spec, s := &r.q.req.Spec, &r.q.scale
	users := make([]float64, len(spec.Users))
	for i := range spec.Users {
		users[i] = spec.Users[i].Weight
	}
	weights, userDecimals, _ := placement.Scale(users) // the request was checked
	facing, copies := int64(0), int64(moreCopies)
	units := make([]float64, len(spec.Components))
	for i := range spec.Components {
		units[i] = spec.Components[i].Units
		copies = max(copies, int64(spec.Components[i].Copies.Max))
		if spec.Components[i].IsUserFacing() {
			facing++
		}
	}
	if !fits(total(weights), maxMicros, facing) {
		r.fail("/spec/users", "the weights are too large for %d user-facing components to be summed exactly; divide them all by the same number", facing)
	}
	var unitDecimals int
	var ok bool
	if s.copies, unitDecimals, ok = placement.Scale(units); !ok || !fits(total(s.copies), maxCostParts, copies, 2) {
		r.fail("/spec/components", "the components' units are too far apart to be summed exactly; use fewer decimals")
	}
	s.index = costScale * power10(unitDecimals)
	if !r.trafficFits() {
		r.fail("/spec/components", "the components' trafficGB and units are too far apart to be summed exactly; use less traffic, or fewer decimals of units")
	}
	factors := make([]float64, len(spec.Objective.Terms))
	for i, t := range spec.Objective.Terms {
		unit := int64(1000) // microseconds in a millisecond, milligrams in a gram
		switch t.Name {
		case placement.ObjectiveLatency, placement.ObjectiveLatencyAfterLoss:
			unit *= power10(userDecimals)
		case placement.ObjectiveCost:
			unit = s.index
		case placement.ObjectiveCopies, placement.ObjectiveMoves:
			unit = 1
		}
		s.units = append(s.units, unit)
		factors[i] = t.Weight
	}
	if spec.Objective.Weighted {
		r.weighted(factors, total(weights))
	}
}

// trafficFits reports whether what traffic may cost at the most leaves room for what copies do.
func (r *resolver) trafficFits() bool {
	gigabytes := 0.0
	for _, c := range r.q.req.Spec.Components {
		for _, d := range c.DependsOn {
			gigabytes += d.TrafficGB
		}
	}
	return gigabytes*maxUSDPerGB*float64(r.q.scale.index) < float64(solve.Unknown)/4
}

// weighted scales the factors of a weighted sum. Users' weights are relative, so a latency counts as the
// mean over users: 50 and 50 must not mean another trade than 1 and 1.
func (r *resolver) weighted(factors []float64, users int64) {
	s := &r.q.scale
	scaled, exponent, ok := placement.Scale(factors)
	parts, whole := slices.Clone(s.units), big.NewInt(1)
	for i, t := range r.q.req.Spec.Objective.Terms {
		if t.Name == placement.ObjectiveLatency || t.Name == placement.ObjectiveLatencyAfterLoss {
			parts[i] = 1000 * max(users, 1)
		}
		// The least common multiple of the parts.
		p := big.NewInt(parts[i])
		whole.Mul(whole, new(big.Int).Div(p, new(big.Int).GCD(nil, nil, whole, p)))
	}
	ok = ok && whole.IsInt64() && fits(whole.Int64(), power10(exponent))
	for i := range scaled {
		if !ok {
			break
		}
		times := whole.Int64() / parts[i]
		ok = fits(scaled[i], times)
		s.factors = append(s.factors, scaled[i]*times)
	}
	if !ok {
		r.fail("/spec/objective", "the weights are too far apart to be summed exactly; use fewer decimals, or smaller weights of users")
		return
	}
	s.whole = whole.Int64() * power10(exponent)
}

func total(numbers []int64) int64 {
	sum := int64(0)
	for _, n := range numbers {
		sum += n
	}
	return sum
}

// fits reports whether a product of numbers that are not negative is below what a search can count to.
func fits(numbers ...int64) bool {
	product := uint64(1)
	for _, n := range numbers {
		hi, lo := bits.Mul64(product, uint64(n))
		if hi != 0 || lo >= uint64(solve.Unknown) {
			return false
		}
		product = lo
	}
	return true
}

func power10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

var objectiveOf = map[string]solve.Objective{
	placement.ObjectiveLatency: solve.Latency, placement.ObjectiveLatencyWorst: solve.Worst,
	placement.ObjectiveLatencyAfterLoss: solve.AfterLoss, placement.ObjectiveCarbon: solve.Carbon,
	placement.ObjectiveCost: solve.Cost, placement.ObjectiveCopies: solve.Copies,
	placement.ObjectiveMoves: solve.Moves,
}

// objectives writes values in the request's units. Those that are unknown are left out and named.
func (q *question) objectives(values []int64) (known map[string]float64, unknown []string) {
	known = map[string]float64{}
	for i, v := range values {
		name := q.req.Spec.Objective.Terms[i].Name
		if v >= solve.Unknown {
			unknown = append(unknown, name)
			continue
		}
		known[name] = quotient(v, q.scale.units[i])
	}
	return known, unknown
}

// quotient is the number nearest to a fraction; dividing floats would round twice.
func quotient(v, unit int64) float64 {
	f, _ := new(big.Rat).SetFrac64(v, unit).Float64()
	return f
}

// total is what a placement is ranked by first: its first objective, or the weighted sum. It reports false
// where that is unknown; what is known of a weighted sum is returned all the same.
func (q *question) total(values []int64) (value float64, known bool) {
	if q.scale.factors == nil {
		if values[0] >= solve.Unknown {
			return 0, false
		}
		return quotient(values[0], q.scale.units[0]), true
	}
	sum, known := new(big.Int), true
	for i, v := range values {
		if v >= solve.Unknown {
			known = false
			continue
		}
		sum.Add(sum, new(big.Int).Mul(big.NewInt(v), big.NewInt(q.scale.factors[i])))
	}
	return q.figure(sum), known
}

// figure is a first objective, or a weighted sum, in the request's units.
func (q *question) figure(n *big.Int) float64 {
	unit := q.scale.whole
	if q.scale.factors == nil {
		unit = q.scale.units[0]
	}
	f, _ := new(big.Rat).SetFrac(n, big.NewInt(unit)).Float64()
	return f
}
