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
