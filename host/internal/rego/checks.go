package rego

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A precheck that meets operands of the wrong type says nothing: the function
// itself reports them.

// str returns the text of a string term, or none.
func str(t *ast.Term) string {
	s, _ := t.Value.(ast.String)
	return string(s)
}

// each visits the elements of an array or set.
func each(t *ast.Term, f func(*ast.Term)) int {
	switch v := t.Value.(type) {
	case *ast.Array:
		v.Foreach(f)
		return v.Len()
	case ast.Set:
		v.Foreach(f)
		return v.Len()
	}
	return 0
}

func checkConcat(m *meter, o []*ast.Term) error {
	size := 0
	n := each(o[1], func(t *ast.Term) { size += len(str(t)) })
	return m.fits(size + n*len(str(o[0])))
}

func checkReplace(m *meter, o []*ast.Term) error {
	s, old, repl := str(o[0]), str(o[1]), str(o[2])
	return m.fits(len(s) + strings.Count(s, old)*len(repl))
}

func checkReplaceN(m *meter, o []*ast.Term) error {
	patterns, ok := o[0].Value.(ast.Object)
	if !ok {
		return nil
	}
	s := str(o[1])
	if err := m.charge(patterns.Len() * (len(s)/bytesPerStep + 1)); err != nil {
		return err
	}
	size := len(s)
	patterns.Foreach(func(k, v *ast.Term) { size += strings.Count(s, str(k)) * len(str(v)) })
	return m.fits(size)
}

func checkRegexReplace(m *meter, o []*ast.Term) error {
	if err := checkPattern(1)(m, o); err != nil {
		return err
	}
	s, repl := str(o[0]), str(o[2])
	each := len(repl)
	if strings.Contains(repl, "$") {
		each += len(s)
	}
	return m.fitsTransient((len(s) + 1) * each)
}

// checkOperands bounds functions whose result is about as long as their operands.
func checkOperands(m *meter, o []*ast.Term) error {
	for _, t := range o {
		if err := m.weigh(t); err != nil {
			return err
		}
	}
	return nil
}

// checkSprintf bounds what a format with widths, and with arguments used more
// than once, can make.
func checkSprintf(m *meter, o []*ast.Term) error {
	longest := 0
	var err error
	each(o[1], func(t *ast.Term) {
		left := m.bytes
		weigh(t, &left)
		if left < 0 {
			err = ErrSize
		}
		longest = max(longest, m.bytes-left)
	})
	if err != nil {
		return err
	}
	format := str(o[0])
	size := len(format)
	for i := strings.IndexByte(format, '%'); i >= 0 && i < len(format); {
		width, next, err := verb(format, i+1)
		if err != nil {
			return err
		}
		size += width + longest
		skip := strings.IndexByte(format[next:], '%')
		if skip < 0 {
			break
		}
		i = next + skip
	}
	return m.fitsTransient(size)
}

// verb reads one verb of a format from after its percent sign, and returns the
// padding it asks for and where it ends.
func verb(format string, i int) (width, next int, err error) {
	number := 0
	for ; i < len(format); i++ {
		switch c := format[i]; {
		case c >= '0' && c <= '9':
			if number = number*10 + int(c-'0'); number > maxDigits {
				return 0, 0, fmt.Errorf("a width may be at most %d: %w", maxDigits, ErrSize)
			}
		case c == '*':
			return 0, 0, errors.New("a width may not come from an argument: write it out")
		case strings.IndexByte("+-# .[]", c) >= 0:
			width, number = width+number, 0
		default:
			return width + number, i + 1, nil
		}
	}
	return width + number, i, nil
}

func checkPattern(operand int) precheck {
	return func(m *meter, o []*ast.Term) error {
		pattern := str(o[operand])
		if len(pattern) > maxPatternBytes {
			return fmt.Errorf("a pattern may have at most %d bytes: %w", maxPatternBytes, ErrSize)
		}
		text := 0
		for _, t := range o {
			text += len(str(t))
		}
		return m.charge((text / bytesPerStep) * (len(pattern)/bytesPerStep + 1))
	}
}

func checkNumberText(_ *meter, o []*ast.Term) error {
	text := strings.ToLower(strings.Trim(str(o[0]), `"`))
	if digits(text) > maxDigits {
		return tooManyDigits()
	}
	return nil
}

// checkProduct bounds mul, div and rem.
func checkProduct(_ *meter, o []*ast.Term) error {
	size := 0
	for _, t := range o {
		n, _ := t.Value.(ast.Number)
		size += digits(string(n))
	}
	if size > maxDigits {
		return tooManyDigits()
	}
	return nil
}

func checkProductOf(m *meter, o []*ast.Term) error {
	var all []*ast.Term
	each(o[0], func(t *ast.Term) { all = append(all, t) })
	return checkProduct(m, all)
}

func checkShift(_ *meter, o []*ast.Term) error {
	n, _ := o[1].Value.(ast.Number)
	if by, ok := n.Int64(); n != "" && (!ok || by > maxDigits) {
		return tooManyDigits()
	}
	return nil
}

func checkRange(m *meter, o []*ast.Term) error {
	var ends [2]int64
	for i := range ends {
		n, ok := o[i].Value.(ast.Number)
		if !ok {
			return nil
		}
		const most = 1 << 53
		if ends[i], ok = n.Int64(); !ok || ends[i] > most || ends[i] < -most {
			return ErrSize
		}
	}
	span := ends[1] - ends[0]
	if span < 0 {
		span = -span
	}
	if span > int64(m.bytes/elemsPerStep) {
		return ErrSize
	}
	return m.charge(int(span) / elemsPerStep)
}

// checkZone refuses operands of the form [ns, zone]: the data on zones, and what
// "Local" means, are the machine's.
func checkZone(_ *meter, o []*ast.Term) error {
	for _, t := range o {
		a, ok := t.Value.(*ast.Array)
		if !ok || a.Len() < 2 {
			continue
		}
		if zone := str(a.Elem(1)); zone != "" && zone != "UTC" {
			return fmt.Errorf("the time zone %q is the machine's; only UTC may be used", zone)
		}
	}
	return nil
}

// fits returns an error if a value of so many bytes may not be built.
func (m *meter) fits(size int) error {
	if size > m.bytes {
		return ErrSize
	}
	return nil
}

// fitsTransient is for bounds that are far above what is usually built; what is
// built in the end is weighed as well.
func (m *meter) fitsTransient(size int) error {
	if size/transientFactor > m.bytes {
		return ErrSize
	}
	return nil
}

func tooManyDigits() error {
	return fmt.Errorf("a number may have at most %d digits: %w", maxDigits, ErrSize)
}

// digits bounds the decimal digits of a number, those its exponent stands for
// included. Text that is no number counts as its length.
func digits(text string) int {
	mantissa, exponent, ok := strings.Cut(text, "e")
	if !ok {
		mantissa, exponent, ok = strings.Cut(text, "E")
	}
	if !ok {
		return len(text)
	}
	end := 0
	for end < len(exponent) && strings.IndexByte("+-0123456789", exponent[end]) >= 0 {
		end++
	}
	n, err := strconv.Atoi(exponent[:end])
	switch {
	case errors.Is(err, strconv.ErrRange):
		return maxDigits + 1
	case err != nil:
		return len(text)
	case n < 0:
		n = -n
	}
	return len(mantissa) + min(n, maxDigits+1)
}
