package decode

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// noRules stands in where a value has no constraints.
var noRules fieldPlan

// scalar decodes text, a truth value or a number.
func (d *decoder) scalar(n *Node, v reflect.Value, f *fieldPlan) {
	if f == nil {
		f = &noRules
	}
	switch v.Kind() {
	case reflect.String:
		d.text(n, v, &f.rules)
	case reflect.Bool:
		if n.kind != Scalar || n.style == quoted || (n.text != "true" && n.text != "false") {
			d.errorf(n, "expected true or false, found %s", n.describe())
			return
		}
		v.SetBool(n.text == "true")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if i, ok := d.integer(n, v); ok {
			if v.OverflowInt(i) {
				d.errorf(n, "%s is out of range", n.text)
				return
			}
			v.SetInt(i)
			d.bounds(n, float64(i), &f.rules)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if i, ok := d.integer(n, v); ok {
			if i < 0 || v.OverflowUint(uint64(i)) {
				d.errorf(n, "%s is out of range", n.text)
				return
			}
			v.SetUint(uint64(i))
			d.bounds(n, float64(i), &f.rules)
		}
	case reflect.Float64:
		if x, ok := d.float(n); ok {
			v.SetFloat(x)
			d.bounds(n, x, &f.rules)
		}
	default:
		d.typeFault(fmt.Errorf("decode: cannot decode into %s", v.Type()))
	}
}

func (d *decoder) text(n *Node, v reflect.Value, r *rules) {
	if n.kind != Scalar || n.style == number || n.style == truth {
		d.errorf(n, "expected text, found %s", n.describe())
		return
	}
	v.SetString(n.text)
	if r.enum != nil && !slices.Contains(r.enum, n.text) {
		suggestion := DidYouMean(n.text, r.enum)
		if suggestion == "" {
			suggestion = "; expected " + orList(r.enum)
		}
		d.errorf(n, "%s is not allowed here%s", quote(n.text), suggestion)
	}
	if r.format != "" {
		if msg := checkFormat(r.format, n.text); msg != "" {
			d.errorf(n, "%s is not %s", quote(n.text), msg)
		}
	}
}

func (d *decoder) isNumber(n *Node, want string) bool {
	if n.kind != Scalar || n.style == quoted || n.style == truth {
		d.errorf(n, "expected %s, found %s", want, n.describe())
		return false
	}
	return true
}

func (d *decoder) integer(n *Node, v reflect.Value) (int64, bool) {
	if !d.isNumber(n, "a whole number") {
		return 0, false
	}
	i, err := parseInt(n.text)
	return i, d.numberError(n, err, "a whole number")
}

func (d *decoder) float(n *Node) (float64, bool) {
	if !d.isNumber(n, "a number") {
		return 0, false
	}
	x, err := parseFloat(n.text)
	return x, d.numberError(n, err, "a decimal number")
}

// numberError reports err and returns whether there was none.
func (d *decoder) numberError(n *Node, err error, want string) bool {
	switch {
	case err == nil:
		return true
	case errors.Is(err, errRange):
		d.errorf(n, "%s is out of range", n.text)
	default:
		d.errorf(n, "expected %s, found %s", want, n.describe())
	}
	return false
}

func (d *decoder) bounds(n *Node, x float64, r *rules) {
	switch {
	case r.min != nil && x < *r.min:
		d.errorf(n, "%s is less than %s, the least allowed", n.text, number64(*r.min))
	case r.max != nil && x > *r.max:
		d.errorf(n, "%s is more than %s, the most allowed", n.text, number64(*r.max))
	}
}

func number64(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// orList joins words as "a", "b" or "c".
func orList(words []string) string {
	quotedWords := make([]string, len(words))
	for i, w := range words {
		quotedWords[i] = quote(w)
	}
	if len(quotedWords) == 1 {
		return quotedWords[0]
	}
	last := len(quotedWords) - 1
	return strings.Join(quotedWords[:last], ", ") + " or " + quotedWords[last]
}
