package lane

import (
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"
)

// someTerm makes a value in which much is equal, and written in several ways.
func someTerm(t *rapid.T, deep int) *ast.Term {
	n := 7
	if deep == 0 {
		n = 4
	}
	list := func() []*ast.Term {
		var out []*ast.Term
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			out = append(out, someTerm(t, deep-1))
		}
		return out
	}
	switch rapid.IntRange(0, n).Draw(t, "kind") {
	case 0:
		return ast.NullTerm()
	case 1:
		return ast.BooleanTerm(rapid.Bool().Draw(t, "bool"))
	case 2, 3:
		return ast.NewTerm(ast.Number(rapid.SampledFrom([]string{
			"0", "0.0", "-0", "1", "1.0", "1e0", "10", "1e1", "1.00e1", "0.1", "0.10", "1e-1", "-1", "2", "9007199254740993",
			"9007199254740992", "9007199254740993.0", "123456789012345678901234567890", "1.5", "15e-1", "0.30000000000000004", "0.3",
		}).Draw(t, "number")))
	case 4:
		return ast.StringTerm(rapid.SampledFrom([]string{"", "a", "b", "ab", "1"}).Draw(t, "string"))
	case 5:
		return ast.ArrayTerm(list()...)
	case 6:
		return ast.SetTerm(list()...)
	}
	o := ast.NewObject()
	for _, k := range list() {
		o.Insert(k, someTerm(t, deep-1))
	}
	return ast.NewTerm(o)
}

// TestHeap: values are equal, ordered and printed as OPA has it, on every level.
func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := newHeap()
		mid := above(root)
		own := above(mid)
		heaps := []*heap{root, mid, own}
		var terms []*ast.Term
		var ids []id
		for _, h := range heaps {
			for range rapid.IntRange(0, 4).Draw(t, "values") {
				x := someTerm(t, 2)
				terms, ids = append(terms, x), append(ids, h.fromTerm(x))
			}
		}
		for i, x := range terms {
			if got := own.term(ids[i]); got.String() != x.String() {
				t.Fatalf("%v became %v", x, got)
			}
			if again := own.fromTerm(x); own.v(again).equal != own.v(ids[i]).equal {
				t.Fatalf("%v is not equal to itself", x)
			}
			for k, y := range terms {
				if same := own.v(ids[i]).equal == own.v(ids[k]).equal; same != x.Equal(y) {
					t.Fatalf("%v equal to %v: %v", x, y, same)
				}
				if got, want := sign(own.compare(ids[i], ids[k])), sign(ast.Compare(x, y)); got != want {
					t.Fatalf("compare %v with %v: %d, want %d", x, y, got, want)
				}
			}
		}
		// What is reset is made anew.
		own.reset()
		for _, x := range terms {
			if got := own.term(own.fromTerm(x)); got.String() != x.String() {
				t.Fatalf("%v became %v after a reset", x, got)
			}
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// TestCanonical: numbers that are equal have one way of being written, others not.
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "0"},
		{"-0", "0"},
		{"0.00", "0"},
		{"0e7", "0"},
		{"1", "1"},
		{"1.0", "1"},
		{"10", "10"},
		{"1e1", "10"},
		{"1E+1", "10"},
		{"100e-1", "10"},
		{"0.25", "25e-2"},
		{"25e-2", "25e-2"},
		{"-2.50", "-25e-1"},
		{"1e25", "1e25"},
		{"10e24", "1e25"},
		{"12345678901234567890", "12345678901234567890"},
		{"1234567890123456789.00", "1234567890123456789"},
	} {
		if got := canonical(c.text); got != c.want {
			t.Errorf("%s is %s, want %s", c.text, got, c.want)
		}
	}
}

// TestMask holds the sets of lanes against sets of numbers.
func TestMask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lanes := rapid.SliceOf(rapid.IntRange(0, Width-1))
		x, y := lanes.Draw(t, "x"), lanes.Draw(t, "y")
		var a, b mask
		inA, inB := map[int]bool{}, map[int]bool{}
		for _, l := range x {
			a.set(l)
			inA[l] = true
		}
		for _, l := range y {
			b.set(l)
			inB[l] = true
		}
		var union, common, rest mask = a, both(&a, &b), less(&a, &b)
		union.or(&b)
		lowest, meets, inside := -1, false, true
		for l := range Width {
			for name, got := range map[string][2]bool{
				"or": {union.has(l), inA[l] || inB[l]}, "and": {common.has(l), inA[l] && inB[l]}, "and not": {rest.has(l), inA[l] && !inB[l]},
			} {
				if got[0] != got[1] {
					t.Fatalf("%s, lane %d: %v", name, l, got[0])
				}
			}
			if inA[l] && lowest < 0 {
				lowest = l
			}
			meets = meets || inA[l] && inB[l]
			inside = inside && (!inA[l] || inB[l])
		}
		var visited []int
		a.each(func(l int) { visited = append(visited, l) })
		if a.count() != len(inA) || len(visited) != len(inA) || a.none() != (len(inA) == 0) || meet(&a, &b) != meets || within(&a, &b) != inside {
			t.Fatalf("%v: count %d, visited %v, none %v, meet %v, within %v", x, a.count(), visited, a.none(), meet(&a, &b), within(&a, &b))
		}
		if lowest >= 0 && a.lowest() != lowest {
			t.Fatalf("lowest %d, want %d", a.lowest(), lowest)
		}
		n := rapid.IntRange(0, Width).Draw(t, "n")
		f := first(n)
		if f.count() != n || n > 0 && (!f.has(0) || !f.has(n-1)) {
			t.Fatalf("first %d has %d", n, f.count())
		}
	})
}

// ExampleLanes shows how sets of lanes are walked through.
func ExampleLanes() {
	var l Lanes
	l.Add(3)
	l.Add(100)
	l.Each(func(lane int) { fmt.Println(lane) })
	// Output:
	// 3
	// 100
}
