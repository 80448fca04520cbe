package sdk_test

import (
	"context"
	"fmt"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// extraSettings has each kind of setting.
func extraSettings(more map[string]any) []byte {
	of := map[string]any{
		"text": "süß", "null": nil, "flag": true, "list": []string{"a", "b"}, "weights.EU": 1.5, "weights.US": 2, "weightless": 1, "rows.10": 0.25,
	}
	for k, v := range more {
		of[k] = v
	}
	m := guesttest.NewImage("settings")
	t := m.Table("settings", 1)
	t.Int32s("rows.length", []int32{11})
	for name, v := range of {
		switch v := v.(type) {
		case string:
			t.Strings(name, []string{v})
		case nil:
			t.Strings(name, []string{""}, guest.Absent)
		case bool:
			t.Bools(name, []bool{v})
		case []string:
			t.Lists(name, [][]string{v})
		case int:
			t.Float64s(name, []float64{float64(v)})
		case float64:
			t.Float64s(name, []float64{v})
		}
	}
	return m.Bytes()
}

// extraRequest is the request's one row.
func extraRequest(full bool) []byte {
	state := guest.Absent
	if full {
		state = guest.Value
	}
	m := guesttest.NewImage("request")
	t := m.Table("request", 1)
	t.Strings("name", []string{"checkout"})
	t.Strings("at", []string{"2026-11-01T12:00:00Z"})
	t.Strings("day", []string{"2026-11-01"})
	t.Strings("unknown", []string{map[bool]string{true: "assume", false: "deny"}[full]})
	t.Float64s("carbon.maxGramsPerKWh", []float64{400}, state)
	t.Strings("carbon.basis", []string{"market"}, state)
	t.Float64s("cost.maxIndex", []float64{1.25}, state)
	return m.Bytes()
}

// TestExtras compares what the SDKs tell of the embedded catalogue with what the host tells of it.
func TestExtras(t *testing.T) {
	h, err := host.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	snap, err := h.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	n := snap.Sites()
	for _, language := range []string{"assemblyscript", "rust"} {
		t.Run(language, func(t *testing.T) {
			m := sourced(t, language, source(t, language, "extras"))
			if imports := m.Imports(); len(imports) > 0 {
				t.Errorf("it imports %v", imports)
			}
			found := map[topology.Basis]int{}
			for _, from := range []string{"eu-central-1", "euc1-az2", "us-east-1-bos-1", "us-gov-west-1"} {
				row, ok := snap.Site(from)
				if !ok {
					t.Fatalf("no site %s", from)
				}
				selected := []int{}
				for to := int(row); to < n; to++ {
					selected = append(selected, to)
				}
				q := guesttest.Question{
					Hook: "site", Snapshot: snap.Bytes(), Settings: extraSettings(nil), Request: extraRequest(from == "euc1-az2"),
					Rows: n, Selected: selected, Reasons: n + 9, Args: 2*n + 99, Component: -1,
				}
				a, err := guesttest.Ask(m.New(), q)
				if err != nil {
					t.Fatal(err)
				}
				if len(a.Reasons) != len(selected)+3 {
					t.Fatalf("%d reasons for %d sites", len(a.Reasons), len(selected))
				}
				for i, to := range selected {
					checkRTT(t, snap, row, topology.SiteRow(to), a.Reasons[i], found)
				}
				last := ""
				for _, r := range a.Reasons[len(selected):] {
					last += fmt.Sprintf("%d %d %v\n", r.Row, r.Code, r.Args)
				}
				want := fmt.Sprintf("%d 2 [süß none -1 1 b has b /EU/US 11 0.25]\n%d 3 %s\n%d 4 %s\n", row, row,
					map[bool]string{true: "[checkout 2026-11-01T12:00:00Z 2026-11-01 1 market 400 1.25]", false: "[checkout 2026-11-01T12:00:00Z 2026-11-01 0 none -1 -1]"}[from == "euc1-az2"],
					row, spans(t, snap))
				if last != want {
					t.Errorf("from %s it tells\n%swant\n%s", from, last, want)
				}
			}
			if found[topology.Measured] < 20 || found[topology.Modelled] < 20 || found[topology.UnknownBasis] < 20 {
				t.Errorf("times by basis: %v; want more of each", found)
			}
			_, err := guesttest.Ask(m.New(), guesttest.Question{
				Hook: "site", Snapshot: snap.Bytes(), Settings: extraSettings(map[string]any{"tooMany": true}), Request: extraRequest(true), Rows: n, Selected: []int{0}, Reasons: 99, Args: 99,
			})
			if want := "bailiwick_site failed with status 1: a reason has more than 8 arguments"; fmt.Sprint(err) != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
		})
	}
}

// checkRTT compares a time that a guest tells with the host's. Without one, the host must have modelled a part of it.
func checkRTT(t *testing.T, snap *topology.Snapshot, from, to topology.SiteRow, r guesttest.Reason, found map[topology.Basis]int) {
	t.Helper()
	micros, basis := snap.RTT(from, to)
	told := r.Args[0].(int64)
	if told < 0 {
		found[topology.UnknownBasis]++
		onGround := func(s topology.SiteRow) bool {
			k := snap.Kind(s)
			_, ok := snap.Region(s)
			return ok && (k == topology.Region || k == topology.AvailabilityZone || k == topology.RegionalEdgeCache)
		}
		if basis == topology.Measured || basis != topology.UnknownBasis && onGround(from) && onGround(to) {
			t.Errorf("%s to %s takes %d µs (%s), and the guest does not know", snap.SiteID(from), snap.SiteID(to), micros, basis)
		}
		return
	}
	found[basis]++
	if r.Row != int(to) || told != int64(micros) || (r.Args[1] == int64(1)) != (basis == topology.Measured) {
		t.Errorf("%s to %s takes %d µs (%s), and the guest says %v", snap.SiteID(from), snap.SiteID(to), micros, basis, r)
	}
}

// spans is what the snapshot's table backbone comes to: how many spans, the sums of their ends, and that of their times.
func spans(t *testing.T, snap *topology.Snapshot) string {
	t.Helper()
	m, err := guest.NewImage(snap.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	backbone, regions := guest.Must(m.Table("backbone")), guest.Must(m.Table("regions"))
	from, to, rtt := guest.Must(backbone.Refs("from")), guest.Must(backbone.Refs("to")), guest.Must(backbone.Int32s("rtt"))
	site := guest.Must(regions.Refs("site"))
	var sums [4]int
	for i := range backbone.Rows() {
		sums[0]++
		sums[1] += site.At(from.At(i))
		sums[2] += site.At(to.At(i))
		sums[3] += int(rtt.At(i))
	}
	return fmt.Sprint(sums)
}
