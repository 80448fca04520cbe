package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/bench"
)

// bench shows what policies cost.
func (t *text) bench(v *policyBenchJSON) {
	what := "which sites are denied"
	if v.Texts {
		what = "findings with their texts"
	}
	t.wrapped(head.Render(oneLine(v.Request))+"  ", strings.Fields(fmt.Sprintf("component %s · %s · %s", oneLine(v.Component), count(v.Lanes, "site"), what)))
	t.line("")
	compared := v.Total.RegoNs > 0
	titles := []string{"", "asked", "lane", "allocs", "host-rego", "allocs"}
	if compared {
		titles = append(titles, "rego", "allocs", "form", "rego/lane")
	}
	for i := range titles {
		titles[i] = dim.Render(titles[i])
	}
	rows := [][]string{titles}
	for i := range v.Rules {
		rows = append(rows, benchRow(head.Render(v.Rules[i].Policy), &v.Rules[i], compared))
	}
	rows = append(rows, benchRow(head.Render("all"), &v.Total, compared))
	t.table("  ", rows, 1, 2, 3, 4, 5, 6, 7, 9)
	t.line("")
	m := v.Machine
	t.wrapped("", dimmed(fmt.Sprintf("one evaluation at all sites, the median of rounds in %s each · %s %s/%s, %d CPUs", time.Duration(v.TimeNs), m.Go, m.OS, m.Arch, m.CPUs)))
	if !compared {
		t.line(dim.Render("--compare measures plain OPA beside it"))
	}
}

func benchRow(name string, r *bench.Row, compared bool) []string {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	row := []string{name, number(int64(r.Lanes)), duration(r.LaneNs), number(r.LaneAllocs), duration(r.HostRegoNs), number(r.HostRegoAllocs)}
	if compared {
		if r.RegoNs == 0 {
			return append(row, "", "", "", "")
		}
		row = append(row, duration(r.RegoNs), number(r.RegoAllocs), r.RegoForm, strconv.FormatFloat(r.Ratio, 'f', 2, 64))
	}
	return row
}

// duration prints nanoseconds with three digits.
func duration(ns int64) string {
	v := float64(ns)
	units := []string{"ns", "µs", "ms", "s"}
	for len(units) > 1 && v >= 999.5 {
		v /= 1000
		units = units[1:]
	}
	decimals := 0
	switch {
	case units[0] == "ns" || v >= 99.95:
	case v >= 9.995:
		decimals = 1
	default:
		decimals = 2
	}
	return strconv.FormatFloat(v, 'f', decimals, 64) + " " + units[0]
}
