package topology

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// measuredPair is one measured round trip between two regions.
type measuredPair struct {
	from, to     string
	light, micro float64
}

func measuredPairs(t *testing.T) []measuredPair {
	t.Helper()
	top, err := Load(Input{FS: os.DirFS("aws/data")})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]*Site{}
	for i := range top.Sites {
		at[top.Sites[i].ID] = &top.Sites[i]
	}
	var pairs []measuredPair
	for _, l := range top.Links {
		if l.From != l.To {
			a, b := at[l.From], at[l.To]
			km := DistanceKm(*a.Lat, *a.Lon, *b.Lat, *b.Lon)
			pairs = append(pairs, measuredPair{l.From, l.To, 2 * km / fibreKmPerMs * 1000, l.RTTMs * 1000})
		}
	}
	return pairs
}

// fit is the least-squares fit of relative errors, rounded as the model's constants are.
func fit(pairs []measuredPair) (constant, factor float64) {
	var s, sx, sy, sxx, sxy float64
	for _, p := range pairs {
		w := 1 / (p.micro * p.micro)
		s, sx, sy, sxx, sxy = s+w, sx+w*p.light, sy+w*p.micro, sxx+w*p.light*p.light, sxy+w*p.light*p.micro
	}
	factor = (s*sxy - sx*sy) / (s*sxx - sx*sx)
	constant = (sy - factor*sx) / s
	return math.Round(constant), math.Round(factor*1e4) / 1e4
}

func relativeErrors(pairs []measuredPair, constant, factor float64) []float64 {
	var e []float64
	for _, p := range pairs {
		e = append(e, math.Abs(constant+factor*p.light-p.micro)/p.micro)
	}
	slices.Sort(e)
	return e
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// TestLatencyFit repeats the fit of docs/latency-model.md from the embedded measurements.
func TestLatencyFit(t *testing.T) {
	pairs := measuredPairs(t)
	constant, factor := fit(pairs)
	if constant != modelConstantMicros || factor != modelRouteFactor {
		t.Errorf("the fit gives %v µs and %v, the model has %v and %v", constant, factor, modelConstantMicros, modelRouteFactor)
	}
	in := relativeErrors(pairs, constant, factor)
	var out []float64
	regions := map[string]bool{}
	for _, p := range pairs {
		regions[p.from] = true
	}
	for region := range regions {
		var without, with []measuredPair
		for _, p := range pairs {
			if p.from == region || p.to == region {
				with = append(with, p)
			} else {
				without = append(without, p)
			}
		}
		c, f := fit(without)
		out = append(out, relativeErrors(with, c, f)...)
	}
	slices.Sort(out)
	page, err := os.ReadFile("../../docs/latency-model.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		errors []float64
	}{{"in sample", in}, {"leave one region out", out}} {
		p90 := c.errors[int(math.Ceil(0.9*float64(len(c.errors))))-1]
		row := []string{"|", c.name, "|", strconv.Itoa(len(c.errors)), "|", percent(median(c.errors)), "|", percent(p90), "|", percent(c.errors[len(c.errors)-1]), "|"}
		line := strings.Join(row, " ")
		t.Log(line)
		if !strings.Contains(string(page), line) {
			t.Errorf("docs/latency-model.md does not say %s", line)
		}
	}
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 2, 64) + " %" }

// TestModelMicros pins the model's output, so that a change of arithmetic shows.
func TestModelMicros(t *testing.T) {
	for _, c := range []struct {
		km     float64
		micros int32
	}{{0, 5849}, {100, 7472}, {1087.3, 23498}, {20015.1, 330732}} {
		if got := ModelMicros(c.km); got != c.micros {
			t.Errorf("ModelMicros(%v) = %d, want %d", c.km, got, c.micros)
		}
	}
}
