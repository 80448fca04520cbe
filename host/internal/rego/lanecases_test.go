package rego

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/opacases"
)

// manySteps is a budget that no case of OPA's comes near.
const manySteps = 50_000_000

// TestOPACasesOnLanes runs OPA's cases on the lane machine: on one lane, and on 70
// lanes whose input and data differ, against what OPA answers for each.
func TestOPACasesOnLanes(t *testing.T) {
	may := map[string]bool{}
	for _, g := range allowed {
		for _, n := range g.names {
			may[n] = true
		}
	}
	_, wasm, err := opacases.ReadList("../plan/testdata/opa-wasm-passes.txt")
	if err != nil {
		t.Fatal(err)
	}
	passed, wide, byWasm, both := 0, 0, 0, 0
	out := map[string][]string{}
	fellBack := map[string]bool{}
	for _, tc := range opaCases(t) {
		c, why := loadOPACase(tc.TestCase, may)
		if why != "" {
			out[why] = append(out[why], tc.Note)
			continue
		}
		if known, ok := leftOut[tc.Note]; ok {
			out[known] = append(out[known], tc.Note)
			continue
		}
		_, inWasm := slices.BinarySearch(wasm, tc.Name)
		if inWasm {
			byWasm++
		}
		if c.program == nil { // an error is wanted, and the planner refuses it
			passed, wide = passed+1, wide+1
			if inWasm {
				both++
			}
			continue
		}
		left, err := c.onOneLane(t)
		switch {
		case err != nil:
			t.Errorf("%s (%s): %v", tc.Note, filepath.Base(tc.Filename), err)
			continue
		case left:
			fellBack[tc.Name] = true
		default:
			passed++
			if inWasm {
				both++
			}
		}
		n, err := c.onManyLanes()
		if err != nil {
			t.Errorf("%s (%s), many lanes: %v", tc.Note, filepath.Base(tc.Filename), err)
		}
		if n == 0 {
			wide++
		} else {
			fellBack[tc.Name] = true
		}
	}
	t.Logf("%d of OPA's cases pass on one lane, %d on 70, without falling back", passed, wide)
	t.Logf("of %d that pass through OPA's wasm target %d pass on one lane", byWasm, both)
	t.Logf("%d fell back on a lane: %s", len(fellBack), strings.Join(slices.Sorted(maps.Keys(fellBack)), "; "))
	if both*100 < byWasm*98 || byWasm == 0 {
		t.Errorf("%d of %d", both, byWasm)
	}
	for _, why := range slices.Sorted(maps.Keys(out)) {
		t.Logf("%d left out: %s: %s", len(out[why]), why, strings.Join(out[why], "; "))
	}
}

// onOneLane says whether the lane was handed back.
func (c *opaCase) onOneLane(t *testing.T) (left bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	p := lane.Compile(c.program)
	w := lane.NewWorld(lane.Data{}, p)
	q := w.NewQuestion()
	var input, data lane.Value
	if c.input != nil {
		input = q.Known(c.input)
	}
	if c.data != nil {
		data = q.Known(c.data)
	}
	r := q.NewRun(c.env, lane.Limits{Steps: manySteps})
	defer r.Close()
	back, err := r.Query(p, input, data, lane.First(1))
	if err != nil {
		return false, err
	}
	var failed error
	for _, f := range r.Failures() {
		if on := f.On(); on.Has(0) {
			failed = f.Err
		}
	}
	if back.Has(0) && failed == nil {
		return true, nil
	}
	return false, judgeOPACase(c.tc, r.Results(0), failed)
}

const laneCount = 70

// onManyLanes counts lanes that were handed back.
func (c *opaCase) onManyLanes() (left int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	p := lane.Compile(c.program)
	w := lane.NewWorld(lane.Data{}, p)
	q := w.NewQuestion()
	inputs, datas := make([]*ast.Term, laneCount), make([]*ast.Term, laneCount)
	for i := range laneCount {
		inputs[i], datas[i] = variant(c.input, i), variant(c.data, i/2)
	}
	var input lane.Value
	if c.input != nil {
		input = q.Values(inputs)
	}
	r := q.NewRun(c.env, lane.Limits{Steps: manySteps})
	defer r.Close()
	back, err := r.Query(p, input, q.Values(datas), lane.First(laneCount))
	if err != nil {
		return 0, err
	}
	type pair struct{ input, data string }
	asked := map[pair]*answer{}
	for i := range laneCount {
		var failed error
		for _, f := range r.Failures() {
			if on := f.On(); on.Has(i) {
				failed = f.Err
			}
		}
		if back.Has(i) && failed == nil {
			left++
			continue
		}
		key := pair{fmt.Sprint(inputs[i]), fmt.Sprint(datas[i])}
		want := asked[key]
		if want == nil {
			want = c.askOPA(inputs[i], datas[i])
			asked[key] = want
		}
		if want.err != nil && strings.Contains(want.err.Error(), "storage") {
			continue
		}
		if want.err == nil && failed != nil {
			left++ // what fails is handed back; OPA has looked at less
			continue
		}
		if (want.err != nil) != (failed != nil) {
			return left, fmt.Errorf("lane %d, input %v, data %v: %v, OPA says %v", i, inputs[i], datas[i], failed, want.err)
		}
		if failed != nil {
			continue
		}
		got, err := bindings(r.Results(i), true)
		if err != nil {
			return left, err
		}
		if got.Compare(want.results) != 0 {
			return left, fmt.Errorf("lane %d, input %v, data %v: %v, OPA says %v", i, inputs[i], datas[i], got, want.results)
		}
	}
	return left, nil
}

type answer struct {
	results ast.Set
	err     error
}

// askOPA evaluates the case's query with OPA.
func (c *opaCase) askOPA(input, data *ast.Term) *answer {
	opts := []func(*rego.Rego){
		rego.Compiler(c.compiler), rego.ParsedQuery(c.query), rego.StrictBuiltinErrors(c.tc.StrictError),
	}
	if input != nil {
		opts = append(opts, rego.ParsedInput(input.Value))
	}
	if data != nil {
		v, err := ast.JSON(data.Value)
		if err != nil {
			return &answer{err: err}
		}
		store, ok := v.(map[string]any)
		if !ok {
			return &answer{err: fmt.Errorf("storage: %v", v)}
		}
		opts = append(opts, rego.Store(inmem.NewFromObject(store)))
	}
	rs, err := rego.New(opts...).Eval(context.Background())
	if err != nil {
		return &answer{err: err}
	}
	out := ast.NewSet()
	for _, r := range rs {
		obj := ast.NewObject()
		for k, v := range r.Bindings {
			x := ast.NewTerm(ast.MustInterfaceToValue(v))
			if a, ok := x.Value.(*ast.Array); ok {
				x = ast.NewTerm(a.Sorted())
			}
			obj.Insert(ast.StringTerm(k), x)
		}
		out.Add(ast.NewTerm(obj))
	}
	return &answer{results: out}
}

// variant changes a document a little, in a way of n.
func variant(t *ast.Term, n int) *ast.Term {
	if t == nil || n%7 == 0 {
		return t
	}
	switch n % 7 {
	case 1:
		return change(t, n, func(*ast.Term) *ast.Term { return nil })
	case 2:
		return change(t, n, func(*ast.Term) *ast.Term { return ast.StringTerm("other") })
	case 3:
		return change(t, n, func(*ast.Term) *ast.Term { return ast.IntNumberTerm(n) })
	case 4:
		return change(t, n, func(*ast.Term) *ast.Term { return ast.BooleanTerm(n%2 == 0) })
	case 5:
		return change(t, n, func(o *ast.Term) *ast.Term { return ast.ArrayTerm(o) })
	}
	return change(t, n, func(o *ast.Term) *ast.Term { return ast.ObjectTerm([2]*ast.Term{ast.StringTerm("a"), o}) })
}

// change replaces one leaf of a document, the n-th in turn; nil takes it out.
func change(t *ast.Term, n int, to func(*ast.Term) *ast.Term) *ast.Term {
	leaves := 0
	count := func(x *ast.Term) { leaves++ }
	eachLeaf(t, count)
	if leaves == 0 {
		return t
	}
	at, seen := (n/7)%leaves, 0
	var rebuild func(x *ast.Term) *ast.Term
	rebuild = func(x *ast.Term) *ast.Term {
		switch v := x.Value.(type) {
		case *ast.Array:
			var out []*ast.Term
			v.Foreach(func(e *ast.Term) {
				if r := rebuild(e); r != nil {
					out = append(out, r)
				}
			})
			return ast.ArrayTerm(out...)
		case ast.Object:
			out := ast.NewObject()
			for _, k := range v.Keys() {
				if r := rebuild(v.Get(k)); r != nil {
					out.Insert(k, r)
				}
			}
			return ast.NewTerm(out)
		}
		seen++
		if seen-1 == at {
			return to(x)
		}
		return x
	}
	if out := rebuild(t); out != nil {
		return out
	}
	return t
}

func eachLeaf(t *ast.Term, see func(*ast.Term)) {
	switch v := t.Value.(type) {
	case *ast.Array:
		v.Foreach(func(e *ast.Term) { eachLeaf(e, see) })
	case ast.Object:
		v.Foreach(func(_, e *ast.Term) { eachLeaf(e, see) })
	default:
		see(t)
	}
}
