package placement

import (
	"math"
	"strconv"
	"strings"
)

// decimals returns how many decimals x has when written out, and whether that
// is at most MaxDecimals. It looks at the shortest decimal that is x, which is
// the one a person wrote.
func decimals(x float64) (int, bool) {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return len(fraction), len(fraction) <= MaxDecimals && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// Scale returns the numbers times the smallest power of ten that makes all of
// them whole, and that power's exponent: {0.5, 2} is {5, 20} and 1. It reports
// false for numbers that are negative, have more than MaxDecimals decimals, or
// whose scaled sum exceeds MaxTotalWeight.
func Scale(numbers []float64) (scaled []int64, exponent int, ok bool) {
	for _, x := range numbers {
		d, fits := decimals(x)
		if !fits || x < 0 {
			return nil, 0, false
		}
		exponent = max(exponent, d)
	}
	scaled = make([]int64, len(numbers))
	total := int64(0)
	for i, x := range numbers {
		whole, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
		digits := whole + fraction + strings.Repeat("0", exponent-len(fraction))
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > MaxTotalWeight {
			return nil, 0, false
		}
		if total += n; total > MaxTotalWeight {
			return nil, 0, false
		}
		scaled[i] = n
	}
	return scaled, exponent, true
}

// UserWeights returns the users' weights as integers that have the same ratios.
// It is meaningful in a request from Decode or New.
func (s *Spec) UserWeights() []int64 {
	weights := make([]float64, len(s.Users))
	for i := range s.Users {
		weights[i] = s.Users[i].Weight
	}
	scaled, _, _ := Scale(weights)
	return scaled
}
