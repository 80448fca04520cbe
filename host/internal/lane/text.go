package lane

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// sprintf formats an array that statements have made, without making the array.
// Formats that could make much of little, and arrays of which members are only
// possible, are left to be done lane by lane.
func sprintf(f *frame, a *act, args []val) val {
	r := f.r
	format, ok := r.sameKnown(&args[0])
	if !ok || r.h.v(format).kind != plan.StringKind || !plainVerbs(r.h.v(format).str) {
		return val{}
	}
	g := args[1].g()
	if args[1].form != grown || g.kind != plan.ArrayKind || meet(&g.loose, &a.p) || meet(&g.unknown, &a.p) {
		return val{}
	}
	text := r.h.v(format).str
	if !f.fits(formatBytes(text) + complaint*len(g.elements) + escaped*g.size) {
		return val{}
	}
	var parts []*val
	uniformOnly := true
	for i := range g.elements {
		e := &g.elements[i]
		switch {
		case !meet(&e.p, &a.p):
		case !within(&a.p, &e.s):
			return val{}
		default:
			parts = append(parts, &e.v)
			uniformOnly = uniformOnly && e.v.form == uniform
		}
	}
	if uniformOnly {
		return val{} // once is enough
	}
	c := r.newColumn()
	ids := make([]id, len(parts))
	values := make([]any, len(parts))
	simple := bareFormat(text, len(parts))
	var b []byte
	a.p.each(func(lane int) {
		vague := false
		for i, p := range parts {
			ids[i] = r.solid(r.at(p, lane))
			vague = vague || ids[i].vague()
		}
		if vague {
			v, _ := r.work.Uncertain("sprintf", []plan.Value{r.h.term(format), plan.ArrayOf(r.h.pvs(ids), nil, true)})
			c.put(lane, r.h.vague(v))
			return
		}
		if simple != nil {
			var ok bool
			if b, ok = simple.fill(b[:0], r.h, ids); ok {
				c.put(lane, r.h.str(string(b)))
				return
			}
		}
		for i, e := range ids {
			values[i] = r.h.printable(e)
		}
		c.put(lane, r.h.str(fmt.Sprintf(text, values...)))
	})
	return column1(c)
}

// printable is a known value as OPA's sprintf hands it to Go's.
func (h *heap) printable(i id) any {
	v := h.v(i)
	switch v.kind {
	case plan.StringKind:
		return v.str
	case plan.NumberKind:
		if strings.ContainsAny(v.str, ".eE") {
			if f, err := strconv.ParseFloat(v.str, 64); err == nil {
				return f
			}
			return v.str
		}
		if n, err := strconv.ParseInt(v.str, 10, 64); err == nil {
			return n
		}
		if n, ok := new(big.Int).SetString(v.str, 10); ok {
			return n
		}
		return v.str
	}
	return h.term(i).Value.String()
}

// bare is a format of %s and %v with nothing to them, as many as there are values.
// Most formats are such, and are filled in without being read again for every lane.
type bare struct {
	between []string // what stands before, between and after the verbs
	verbs   []byte
}

func bareFormat(format string, values int) *bare {
	var p bare
	for {
		verb := strings.IndexByte(format, '%')
		if verb < 0 {
			p.between = append(p.between, format)
			if len(p.verbs) != values {
				return nil
			}
			return &p
		}
		if verb+1 == len(format) || format[verb+1] != 's' && format[verb+1] != 'v' {
			return nil
		}
		p.between = append(p.between, format[:verb])
		p.verbs = append(p.verbs, format[verb+1])
		format = format[verb+2:]
	}
}

// fill writes known values into a format, if they are such as it can write: %s complains
// of a number.
func (p *bare) fill(b []byte, h *heap, ids []id) ([]byte, bool) {
	b = append(b, p.between[0]...)
	for n, i := range ids {
		v := h.v(i)
		switch v.kind {
		case plan.StringKind:
			b = append(b, v.str...)
		case plan.NumberKind:
			var ok bool
			if b, ok = appendNumber(b, v.str); !ok || p.verbs[n] == 's' {
				return b, false
			}
		default:
			b = append(b, h.term(i).Value.String()...)
		}
		b = append(b, p.between[n+1]...)
	}
	return b, true
}

// appendNumber writes a number as %v does what [heap.printable] makes of it, if that is a
// number of Go's.
func appendNumber(b []byte, text string) ([]byte, bool) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		return strconv.AppendFloat(b, f, 'g', -1, 64), err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return strconv.AppendInt(b, n, 10), err == nil
}
