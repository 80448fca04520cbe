package lane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"
)

// TestBareFormats fills formats in as Go's own does, with whatever OPA's sprintf would
// hand to it.
func TestBareFormats(t *testing.T) {
	filled := 0
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) *ast.Term { return ast.StringTerm(s) }),
		rapid.Map(rapid.Int64(), func(n int64) *ast.Term { return ast.IntNumberTerm(int(n)) }),
		rapid.Map(rapid.Float64(), func(f float64) *ast.Term { return ast.FloatNumberTerm(f) }),
		rapid.Map(rapid.SampledFrom([]string{"-0", "1e3", "1.50", "1E400", "99999999999999999999", "1e-7", "0.1"}), func(s string) *ast.Term { return ast.NewTerm(ast.Number(s)) }),
		rapid.SampledFrom([]*ast.Term{ast.NullTerm(), ast.BooleanTerm(true), ast.ArrayTerm(ast.StringTerm("a"), ast.IntNumberTerm(1)), ast.SetTerm(ast.StringTerm("b"))}),
	)
	piece := rapid.OneOf(rapid.SampledFrom([]string{"%s", "%v", "%d", "%%", "%", "%5v", "% s"}), rapid.StringN(0, 4, -1))
	rapid.Check(t, func(t *rapid.T) {
		format := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "format"), "")
		h := newHeap()
		var ids []id
		var values []any
		for _, v := range rapid.SliceOfN(value, 0, 4).Draw(t, "values") {
			ids = append(ids, h.fromTerm(v))
			values = append(values, h.printable(ids[len(ids)-1]))
		}
		simple := bareFormat(format, len(ids))
		if simple == nil {
			return
		}
		got, ok := simple.fill(nil, h, ids)
		if !ok {
			return
		}
		filled++
		if want := fmt.Sprintf(format, values...); string(got) != want {
			t.Fatalf("%q with %v: %q, want %q", format, values, got, want)
		}
	})
	if filled == 0 {
		t.Error("no format was filled in")
	}
}
