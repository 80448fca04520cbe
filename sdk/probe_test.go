package sdk_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// golden is where the images are that every reader must read alike.
const golden = "../host/internal/image/testdata/"

// goldenImage reads one of them.
func goldenImage(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(golden + name + ".image")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// probes are the ABI kit's guest in the languages of this package's SDKs.
var probes = []struct {
	name  string
	build func(t testing.TB) []byte
}{
	{"go", func(t testing.TB) []byte {
		if testing.Short() {
			t.Skip("NOT RUN with -short: the probe in Go, which takes long to compile under the race detector")
		}
		return guestrun.BuildGo(t, "go", "./probe")
	}},
	{"c", func(t testing.TB) []byte { return guestrun.BuildC(t, "c", "c/probe.c") }},
	{"rust", committed("rust/probe.wasm")},
	{"assemblyscript", committed("assemblyscript/probe.wasm")},
}

// committed is a probe as it was built last; TestGuestsBuiltAgain builds it again.
func committed(name string) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// wanted is what the probe has to answer by docs/abi-kit.md.
func wanted(hook string, rows []int, digests [3]int64, component int, snapshot, request []string) guesttest.Answer {
	var a guesttest.Answer
	say := func(row, code, kind int, args ...any) {
		a.Reasons = append(a.Reasons, guesttest.Reason{Row: row, Code: code, Kind: kind, Args: args})
	}
	for _, i := range rows {
		switch i % 5 {
		case 0:
			a.Denied = append(a.Denied, i)
			say(i, 2, 1, float64(i)/4, "row", int64(i))
		case 1:
			a.Unknown = append(a.Unknown, i)
			say(i, 3, 129)
		case 2:
			if a.Scores == nil {
				a.Scores = map[int]float64{}
			}
			a.Scores[i] = math.Max(0, float64(i%101)-0.25)
		case 3:
			var args []any
			for _, strings := range [][]string{snapshot, request} {
				if len(strings) > 0 {
					args = append(args, strings[i%len(strings)])
				}
			}
			say(i, 4, 2, args...)
		case 4:
			if hook == "site" {
				say(i, 5, 3, guesttest.Site(i))
			} else {
				say(i, 5, 3, int64(-i))
			}
			say(i, 6, 130)
		}
	}
	if len(rows) > 0 {
		say(rows[0], 1, 2, digests[0], digests[1], digests[2], int64(component))
	}
	return a
}

var (
	workedStrings   = []string{"Vodafone", "carrier", "eu-central-1", "euc1-wl1", "id", "links", "plant-7", "site"}
	completeStrings = []string{
		"", "Vodafone", "a", "aliases", "bare", "carrier", "eu-central-1", "euc1-az1", "id", "kind", "lat", "launched", "links", "lon",
		"none", "open", "optIn", "parent", "plant-7", "reach", "rtt", "site", "us-east-1", "weight", "zone", "zürich",
	}
)

// room is room enough for all that the probe says about some rows.
func room(q guesttest.Question) guesttest.Question {
	q.Reasons, q.Args = 2*q.Rows+1, 4*q.Rows+4
	return q
}

func TestProbes(t *testing.T) {
	worked, complete, empty := goldenImage(t, "worked"), goldenImage(t, "complete"), goldenImage(t, "empty")
	all := func(n int) (rows []int) {
		for i := range n {
			rows = append(rows, i)
		}
		return rows
	}
	for _, p := range probes {
		t.Run(p.name, func(t *testing.T) {
			m := guestrun.Compile(t, p.build(t))
			for _, hook := range []string{"site", "path", "placement"} {
				some := []int{3, 4, 64, 66, 101, 130, 199}
				digests := [3]int64{digestOf(t, "complete"), settingsDigest, digestOf(t, "worked")}
				for _, c := range []struct {
					name string
					q    guesttest.Question
					want guesttest.Answer
				}{
					{"all", room(guesttest.Question{Snapshot: complete, Request: worked, Rows: 210, Component: 3}), wanted(hook, all(210), digests, 3, completeStrings, workedStrings)},
					{"some", room(guesttest.Question{Snapshot: complete, Request: worked, Rows: 200, Selected: some, Component: -1}), wanted(hook, some, digests, -1, completeStrings, workedStrings)},
					{"none", room(guesttest.Question{Snapshot: complete, Request: worked, Rows: 200, Selected: []int{}}), guesttest.Answer{}},
					{"no rows", room(guesttest.Question{Snapshot: complete, Request: worked}), guesttest.Answer{}},
					{"empty images", room(guesttest.Question{Snapshot: empty, Request: empty, Rows: 9}), wanted(hook, all(9), [3]int64{digestOf(t, "empty"), settingsDigest, digestOf(t, "empty")}, 0, nil, nil)},
					{"nobody reads", guesttest.Question{Snapshot: complete, Request: worked, Rows: 5}, silent(wanted(hook, all(5), digests, 0, completeStrings, workedStrings), 0, 0)},
					{"few reasons", guesttest.Question{Snapshot: complete, Request: worked, Rows: 20, Reasons: 7, Args: 99}, silent(wanted(hook, all(20), digests, 0, completeStrings, workedStrings), 7, 99)},
					{"few arguments", guesttest.Question{Snapshot: complete, Request: worked, Rows: 20, Reasons: 99, Args: 7}, silent(wanted(hook, all(20), digests, 0, completeStrings, workedStrings), 99, 7)},
				} {
					t.Run(hook+" "+c.name, func(t *testing.T) {
						c.q.Hook = hook
						got, err := guesttest.Ask(m.New(), c.q)
						if err != nil || !reflect.DeepEqual(got, c.want) {
							t.Errorf("%v; answered %s", err, apart(fmt.Sprint(got), fmt.Sprint(c.want)))
						}
					})
				}
			}
		})
	}
}

// settingsDigest is the digest of settings without any: a table settings of one row and no columns.
var settingsDigest = func() int64 {
	h := uint64(0xcbf29ce484222325)
	for _, b := range []byte("settings\x00\x01\x00\x00\x00") {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return int64(h)
}()

// silent is an answer in room for so many reasons and arguments.
func silent(a guesttest.Answer, reasons, args int) guesttest.Answer {
	all := a.Reasons
	a.Reasons = nil
	for _, r := range all {
		if reasons == 0 || len(r.Args) > args {
			a.Lost++
			continue
		}
		a.Reasons = append(a.Reasons, r)
		reasons, args = reasons-1, args-len(r.Args)
	}
	return a
}

func TestProbesFail(t *testing.T) {
	for _, p := range probes {
		t.Run(p.name, func(t *testing.T) {
			m := guestrun.Compile(t, p.build(t))
			for _, c := range []struct {
				name     string
				settings map[string]any
				want     string
			}{
				{"fail", map[string]any{"fail": "as töld", "failHook": "not this"}, "bailiwick_configure failed with status 7: as töld"},
				{"failHook", map[string]any{"failHook": "in the hook"}, "bailiwick_path failed with status 9: in the hook"},
				{"null", map[string]any{"fail": nil, "failHook": nil, "spin": nil}, ""},
				{"spin", map[string]any{"spin": 100}, ""},
				{"spin back", map[string]any{"spin": -1}, ""},
				{"type", map[string]any{"fail": true}, "bailiwick_configure failed with status 1: setting fail: must be a text"},
				{"other type", map[string]any{"spin": []string{"1"}}, "bailiwick_configure failed with status 1: setting spin: must be a number"},
			} {
				t.Run(c.name, func(t *testing.T) {
					_, err := guesttest.Ask(m.New(), guesttest.Question{Hook: "path", Settings: guesttest.Settings(c.settings), Rows: 3})
					if got := fmt.Sprint(err); c.want == "" && err != nil || c.want != "" && got != c.want {
						t.Errorf("error %s\nwant %s", got, c.want)
					}
				})
			}
			t.Run("not fresh", func(t *testing.T) {
				twice := &again{Instance: m.New()}
				_, err := guesttest.Ask(twice, guesttest.Question{Hook: "site", Rows: 1})
				var failed *guesttest.Failed
				if !errors.As(err, &failed) || *failed != (guesttest.Failed{Export: "bailiwick_site", Status: 11, Text: "not fresh"}) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// again is a guest whose hooks are called twice, by a host that forgets to restore it.
type again struct{ *guestrun.Instance }

func (a *again) Call(export string, arg uint32) (int32, error) {
	status, err := a.Instance.Call(export, arg)
	if export == "bailiwick_site" && err == nil {
		return a.Instance.Call(export, arg)
	}
	return status, err
}

// apart shows where two texts come apart.
func apart(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	from := max(0, i-40)
	return fmt.Sprintf("…%.120s\nwant …%.120s", got[from:], want[from:])
}
