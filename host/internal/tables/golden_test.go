package tables

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// dump writes an image's tables for people: a line for each column, cells in brackets where they are sets.
func dump(t testing.TB, b []byte) string {
	t.Helper()
	img, err := image.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := img.Verify(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "kind %s\n", img.Kind())
	for table := range img.Tables() {
		fmt.Fprintf(&out, "\n%s %d\n", table.Name(), table.Rows())
		for c := range table.Columns() {
			fmt.Fprintf(&out, "  %s %s", c.Name, c.Type)
			if c.Target != "" {
				fmt.Fprintf(&out, " -> %s", c.Target)
			}
			out.WriteByte(':')
			for row := range min(table.Rows(), 12) {
				out.WriteByte(' ')
				out.WriteString(cell(t, table, c, row))
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func cell(t testing.TB, table image.Table, c image.ColumnInfo, row int) string {
	t.Helper()
	state := func(s image.State, v any) string {
		switch s {
		case image.Absent:
			return "-"
		case image.Unknown:
			return "?"
		}
		return fmt.Sprint(v)
	}
	switch c.Type {
	case image.TypeString:
		v, _ := table.Strings(c.Name)
		return state(v.State(row), v.At(row))
	case image.TypeInt32:
		v, _ := table.Int32s(c.Name)
		return state(v.State(row), v.At(row))
	case image.TypeFloat64:
		v, _ := table.Float64s(c.Name)
		return state(v.State(row), v.At(row))
	case image.TypeBool:
		v, _ := table.Bools(c.Name)
		return state(v.State(row), v.At(row))
	case image.TypeRef:
		v, _ := table.Refs(c.Name)
		return state(v.State(row), v.At(row))
	case image.TypeRelation:
		v, _ := table.Relation(c.Name)
		return fmt.Sprint(v.At(row))
	case image.TypeList:
		v, _ := table.Lists(c.Name)
		var list []string
		for i := range v.Len(row) {
			list = append(list, v.At(row, i))
		}
		return fmt.Sprint(list)
	case image.TypeMatrix:
		v, _ := table.Matrix(c.Name)
		sum := 0
		for _, x := range v.Row(row) {
			sum += int(x)
		}
		return fmt.Sprintf("(%d, sum %d)", v.Columns(), sum)
	}
	t.Fatalf("a request has no column of type %s", c.Type)
	return ""
}

// TestGolden lays a request out for each hook, and settings, and compares what is read back with what was written down.
// UPDATE_GOLDEN=1 writes it again: read the difference.
func TestGolden(t *testing.T) {
	r := request(t)
	row := func(id string) topology.SiteRow {
		site, ok := r.Snap.Site(id)
		if !ok {
			t.Fatal(id)
		}
		return site
	}
	one, two := row("eu-central-1"), row("eu-west-1")
	rtt := make([]int32, 3*r.Snap.Sites())
	for i := range rtt {
		rtt[i] = int32(i % 7)
	}
	paths := []topology.PathFacts{r.Snap.Path(one, two), r.Snap.Path(two, row("ap-northeast-1"))}
	paths = append(paths, topology.PathFacts{From: two, To: one, Private: topology.Fact[bool]{Value: true, State: topology.Known}, Complete: true})
	list := []Placement{
		{
			Scenario: "none", Kind: "none", Survivors: []topology.SiteRow{two, one},
			Copies: []Copy{{0, "primary", one}, {0, "witness", two}, {1, "primary", one}},
			Routes: []Route{{0, 0, one, 9100}, {0, 2, two, -1}}, Traffic: []Traffic{{0, one, one}, {0, two, one}},
		},
		{Scenario: "lose:region:eu-west-1", Kind: "region", Lost: []topology.SiteRow{two}, Survivors: []topology.SiteRow{one}, Copies: []Copy{{1, "primary", one}}},
	}
	for _, c := range []struct {
		name string
		lay  func() ([]byte, error)
	}{
		{"site", func() ([]byte, error) { return r.Image(rtt) }},
		{"path", func() ([]byte, error) { return r.PathImage(paths) }},
		{"placement", func() ([]byte, error) { return r.PlacementImage(list) }},
		{"settings", func() ([]byte, error) {
			return Settings(map[string]any{
				"text": "a", "number": 1.5, "on": true, "none": nil, "words": []any{"b", "a"}, "no-words": []any{}, "map": map[string]any{"EU": 2.0, "deep": map[string]any{"er": "x"}},
				"mixed": []any{1.0, "a", []any{"c"}, map[string]any{"k": false}}, "bare": map[string]any{},
			})
		}},
	} {
		b, err := c.lay()
		if err != nil {
			t.Fatal(err)
		}
		got := dump(t, b)
		name := "testdata/" + c.name + ".txt"
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil || string(want) != got {
			t.Errorf("%s (%v): got\n%s", name, err, got)
		}
	}
}

// TestSettingsRefused lays out settings that guests cannot be given.
func TestSettingsRefused(t *testing.T) {
	many := map[string]any{}
	for i := range MaxSettings + 1 {
		many[fmt.Sprint("k", i)] = true
	}
	for _, c := range []struct {
		values map[string]any
		want   string
	}{
		{map[string]any{"a.b": 1.0}, `settings: "a.b" is no key that a guest can be given; use letters, digits, hyphen and underscore`},
		{map[string]any{"a": map[string]any{"": 1.0}}, `settings: a."" is no key that a guest can be given; use letters, digits, hyphen and underscore`},
		{many, "settings: there are more than 4096 values"},
		{map[string]any{"a": []any{1.0, 2}}, "settings: a.1 is a int, which is no value of JSON"},
		{map[string]any{"a": "\xff"}, ""},
	} {
		if _, err := Settings(c.values); err == nil || c.want != "" && err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
