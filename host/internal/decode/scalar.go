package decode

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var (
	errNotNumber  = errors.New("not a decimal number")
	errNotInteger = errors.New("not a whole number")
	errRange      = errors.New("out of range")
)

// isDecimal reports whether s is a number as JSON spells it: no leading plus or
// zeros, no bare point, no underscores, no other base, no infinity.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	n := digits(s)
	if n == 0 || (n > 1 && s[0] == '0') {
		return false
	}
	s = s[n:]
	if strings.HasPrefix(s, ".") {
		if n = digits(s[1:]); n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if n = digits(s); n == 0 {
			return false
		}
		s = s[n:]
	}
	return s == ""
}

// digits returns how many decimal digits s begins with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// parseFloat reads a decimal number. Numbers too large for a float64, and
// numbers other than zero too small for one, are out of range: neither may
// quietly become another number. Negative zero is zero.
func parseFloat(s string) (float64, error) {
	if !isDecimal(s) {
		return 0, errNotNumber
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, errRange
	}
	if f == 0 {
		mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
		if strings.ContainsAny(mantissa, "123456789") {
			return 0, errRange
		}
		return 0, nil
	}
	return f, nil
}

// parseInt reads a whole number; 1.0 and 1e3 are whole, as in JSON Schema.
func parseInt(s string) (int64, error) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil && isDecimal(s) {
		return i, nil
	}
	if !isDecimal(s) {
		return 0, errNotNumber
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	if all == "" {
		return 0, nil
	}
	exp := 0
	if exponent != "" {
		var err error
		if exp, err = strconv.Atoi(exponent); err != nil || exp > maxExponent || exp < -maxExponent {
			return 0, errRange
		}
	}
	exp -= len(fraction)
	trimmed := strings.TrimRight(all, "0")
	exp += len(all) - len(trimmed)
	if exp < 0 {
		return 0, errNotInteger
	}
	if exp > maxExponent {
		return 0, errRange
	}
	i, err := strconv.ParseInt(sign+trimmed+strings.Repeat("0", exp), 10, 64)
	if err != nil {
		return 0, errRange
	}
	return i, nil
}

// looksNumeric reports whether unquoted text that is not a decimal number is a
// number to some YAML reader: hexadecimal, octal, with underscores, infinite,
// and so on. Where any value is allowed such text is refused, because two
// readers would not agree on it.
func looksNumeric(s string) bool {
	t := strings.ToLower(strings.TrimLeft(s, "+-"))
	switch t {
	case ".inf", ".nan", "inf", "nan", "infinity":
		return true
	}
	if strings.HasPrefix(t, "0x") || strings.HasPrefix(t, "0o") || strings.HasPrefix(t, "0b") {
		return strings.Trim(t[2:], "0123456789abcdef_") == "" && len(t) > 2
	}
	t = strings.TrimPrefix(strings.ReplaceAll(t, "_", ""), ".")
	if digits(t) == 0 {
		return false
	}
	if _, err := strconv.ParseFloat(t, 64); err == nil {
		return true
	}
	return false
}

// looksTruth reports whether unquoted text is a truth value to some YAML
// reader though it is not spelt true or false.
func looksTruth(s string) bool {
	switch s {
	case "True", "TRUE", "False", "FALSE":
		return true
	}
	return false
}
