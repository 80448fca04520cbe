package decode

import (
	"math"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

func TestCanonical(t *testing.T) {
	type inner struct {
		Z int      `json:"z"`
		A []string `json:"a"`
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"keys sorted, nil slice empty", inner{Z: 1}, `{"a":[],"z":1}`},
		{"nil map empty", map[string]int(nil), `{}`},
		{"nil pointer", (*inner)(nil), `null`},
		{"numbers", []float64{1, 0, 0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, math.MaxFloat64, 4.50}, `[1,0,0.1,1e+21,1e-7,123456789012345680000,5e-324,1.7976931348623157e+308,4.5]`},
		{"negative zero", math.Copysign(0, -1), `0`},
		{"text", "\u20ac$\u000f\nA'B\"\\\"/\u2028", "\"€$\\u000f\\nA'B\\\"\\\\\\\"/\u2028\""},
		{"keys by UTF-16 units", map[string]int{"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "1": 4, "\r": 5, "ö": 6}, "{\"\\r\":5,\"1\":4,\"ö\":6,\"€\":3,\"\U0001f600\":2,\"\ufb33\":1}"},
		{"great integers", []int64{1<<53 - 1, -1 << 53}, `[9007199254740991,-9007199254740992]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Canonical(tt.v)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"NaN", map[string]any{"a": math.NaN()}, `canonical JSON: "/a": unsupported value: NaN`},
		{"infinity", math.Inf(1), `canonical JSON: "": unsupported value: +Inf`},
		{"invalid UTF-8", "\xff", "canonical JSON: jsontext: invalid UTF-8"},
		{"integer beyond a double", map[string]int64{"a": 1<<53 + 1}, `canonical JSON: "/a": no double is exactly 9007199254740993; use a string`},
		{"unsigned beyond a double", uint64(math.MaxUint64), `canonical JSON: "": no double is exactly 18446744073709551615; use a string`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Canonical(tt.v)
			wantError(t, err, tt.want)
		})
	}
}

func anyGen(depth int) *rapid.Generator[any] {
	gens := []*rapid.Generator[any]{
		rapid.Bool().AsAny(),
		rapid.String().AsAny(),
		rapid.Map(rapid.Float64(), func(x float64) any { return x + 0 }),
	}
	if depth > 0 {
		gens = append(gens,
			rapid.SliceOfN(anyGen(depth-1), 0, 4).AsAny(),
			rapid.MapOfN(rapid.String(), anyGen(depth-1), 0, 4).AsAny())
	}
	return rapid.OneOf(gens...)
}

// TestCanonicalIsStable: the canonical form reads back as the same value, is
// its own canonical form, and has its keys in order.
func TestCanonicalIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := anyGen(3).Draw(rt, "v")
		checkCanonical(t, v)
		text, err := Canonical(v)
		if err != nil {
			rt.Fatal(err)
		}
		if keys := unsortedKeys(text); keys != "" {
			rt.Fatalf("keys out of order in %s: %s", text, keys)
		}
	})
}

// unsortedKeys returns the first pair of neighbouring keys out of order.
func unsortedKeys(text []byte) string {
	dec := jsontext.NewDecoder(strings.NewReader(string(text)))
	var last []string // the last key of each open object
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return ""
		}
		switch tok.Kind() {
		case '{', '[':
			last = append(last, "")
			continue
		case '}', ']':
			last = last[:len(last)-1]
			continue
		}
		kind, n := dec.StackIndex(dec.StackDepth())
		if kind != '{' || n%2 == 0 {
			continue
		}
		k := tok.String()
		if prev := last[len(last)-1]; n > 1 && !lessUTF16(prev, k) {
			return prev + " before " + k
		}
		last[len(last)-1] = k
	}
}

func lessUTF16(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}
