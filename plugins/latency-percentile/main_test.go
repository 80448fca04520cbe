package main

import (
	"reflect"
	"testing"

	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// request is a request of two groups of users, of weights 9 and 1, and two components, of which the first is
// user-facing. Times are in ms to four sites.
func request() []byte {
	m := guesttest.NewImage("request")
	m.Table("sites", 4)
	u := m.Table("users", 2)
	u.Float64s("weight", []float64{9, 1})
	u.Matrix("rtt", "sites", [][]int32{
		{10_000, 110_000, 50_000, -1},
		{300_000, 120_000, -1, 250_000},
	})
	c := m.Table("components", 2)
	c.Strings("name", []string{"web", "batch"})
	c.Bools("userFacing", []bool{true, false})
	return m.Bytes()
}

func TestJudge(t *testing.T) {
	type reasons = []guesttest.Reason
	reason := func(row, code, kind int, percentile, most, best float64, unknown int64) guesttest.Reason {
		return guesttest.Reason{Row: row, Code: code, Kind: kind, Args: []any{guesttest.Site(row), "web", percentile, most, best, unknown}}
	}
	for _, c := range []struct {
		name      string
		settings  map[string]any
		component int
		selected  []int
		want      guesttest.Answer
	}{
		{
			"scores",
			map[string]any{"maxMs": 0},
			0, nil,
			guesttest.Answer{Scores: map[int]float64{0: 0, 1: 100 * 80. / 180, 2: 0, 3: 0}},
		},
		{
			"the median",
			map[string]any{"percentile": 50},
			0,
			[]int{0, 1, 2, 3},
			guesttest.Answer{Scores: map[int]float64{0: 100, 1: 50, 2: 100 * 150. / 180, 3: 0}},
		},
		{
			"a ceiling",
			map[string]any{"percentile": 90, "goodMs": 0, "badMs": 100, "maxMs": 60},
			0, nil,
			guesttest.Answer{
				Denied: []int{1}, Unknown: []int{3}, Scores: map[int]float64{0: 90, 1: 0, 2: 50, 3: 0},
				Reasons: reasons{reason(1, 1, 1, 90, 60, 110, 0), reason(3, 3, 129, 90, 60, 0, 1)},
			},
		},
		{
			"a ceiling that is over whatever is unknown",
			map[string]any{"percentile": 99.5, "maxMs": 240},
			0,
			[]int{1, 2, 3},
			guesttest.Answer{
				Denied: []int{3}, Unknown: []int{2}, Scores: map[int]float64{1: 100 * 80. / 180, 2: 0, 3: 0},
				Reasons: reasons{reason(2, 3, 129, 99.5, 240, 50, 1), reason(3, 2, 1, 99.5, 240, 250, 1)},
			},
		},
		{"no users", map[string]any{"maxMs": 1}, 1, nil, guesttest.Answer{}},
		{"nothing selected", nil, 0, []int{}, guesttest.Answer{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := guesttest.Ask(guesttest.Native{}, guesttest.Question{
				Hook: "site", Settings: guesttest.Settings(c.settings), Request: request(), Component: c.component, Rows: 4, Selected: c.selected, Reasons: 9, Args: 99,
			})
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

// TestNoComponent judges by the users alone where no component is asked about.
func TestNoComponent(t *testing.T) {
	got, err := guesttest.Ask(guesttest.Native{}, guesttest.Question{
		Hook: "site", Settings: guesttest.Settings(map[string]any{"maxMs": 60}), Request: request(), Component: -1, Rows: 4, Selected: []int{1}, Reasons: 1, Args: 6,
	})
	if err != nil || len(got.Reasons) != 1 || got.Reasons[0].Args[1] != "the users" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestSettings(t *testing.T) {
	const percentRange = "setting percentile: must be from 0.001 to 100"
	const between = "settings goodMs and badMs: goodMs must be at least 0, and less than badMs"
	for _, c := range []struct {
		settings map[string]any
		want     string
	}{
		{map[string]any{"percentile": 0}, percentRange},
		{map[string]any{"percentile": 100.5}, percentRange},
		{map[string]any{"goodMs": 10, "badMs": 10}, between},
		{map[string]any{"goodMs": -1}, between},
		{map[string]any{"maxMs": -1}, "setting maxMs: must be more than 0, or 0 for no ceiling"},
		{map[string]any{"maxMs": "60"}, "setting maxMs: must be a number"},
	} {
		_, err := guesttest.Ask(guesttest.Native{}, guesttest.Question{Settings: guesttest.Settings(c.settings)})
		if want := "bailiwick_configure failed with status 1: " + c.want; err == nil || err.Error() != want {
			t.Errorf("%v: %v\nwant %s", c.settings, err, want)
		}
	}
}

// TestModule asks the built plugin what the others ask the linked one.
func TestModule(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: the plugin in Go, which takes long to compile under the race detector")
	}
	q := guesttest.Question{
		Hook: "site", Settings: guesttest.Settings(map[string]any{"percentile": 99.5, "maxMs": 240}), Request: request(), Rows: 4, Reasons: 9, Args: 99,
	}
	got, err := guesttest.Ask(guestrun.Compile(t, guestrun.BuildGo(t, ".", ".")).New(), q)
	want, nativeErr := guesttest.Ask(guesttest.Native{}, q)
	if err != nil || nativeErr != nil || len(want.Reasons) != 3 || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v\nwant %+v %v", got, err, want, nativeErr)
	}
}
