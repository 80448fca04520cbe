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

// world is the measured regions as the model sees them, with some of them hidden: as if nobody had
// measured anything to or from them.
type world struct {
	ids    []string
	points []point
	micros map[[2]string]float64
}

func measuredWorld(t *testing.T, pairs []measuredPair) *world {
	t.Helper()
	w := &world{micros: map[[2]string]float64{}}
	for _, p := range pairs {
		w.micros[[2]string{p.from, p.to}] = p.micro
		if !slices.Contains(w.ids, p.from) {
			w.ids = append(w.ids, p.from)
		}
	}
	s := mustLoadAWS(t)
	for _, id := range w.ids {
		w.points = append(w.points, s.point(siteRow(t, s, id)))
	}
	return w
}

// errors are the model's relative errors over the pairs that are hidden, fitted without them.
func (w *world) errors(pairs []measuredPair, hidden func(from, to string) bool) []float64 {
	var kept []measuredPair
	for _, p := range pairs {
		if !hidden(p.from, p.to) {
			kept = append(kept, p)
		}
	}
	b := newBackbone(w.points, func(i, j int) (int32, bool) {
		us, ok := w.micros[[2]string{w.ids[i], w.ids[j]}]
		return int32(us), ok && !hidden(w.ids[i], w.ids[j])
	})
	b.law = refitted(kept)
	var e []float64
	for i, from := range w.ids {
		for j, to := range w.ids {
			if i != j && hidden(from, to) {
				want := w.micros[[2]string{from, to}]
				e = append(e, math.Abs(float64(b.model(b.points[i], i, b.near[i], j).micros)-want)/want)
			}
		}
	}
	return e
}

// TestLatencyFit repeats the fit of docs/latency-model.md from the embedded measurements, and compares the
// page with the errors on pairs that were held out of the fit and of what the model leans on.
func TestLatencyFit(t *testing.T) {
	pairs := measuredPairs(t)
	constant, factor := fit(pairs)
	if constant != modelConstantMicros || factor != modelRouteFactor {
		t.Errorf("the fit gives %v µs and %v, the model has %v and %v", constant, factor, modelConstantMicros, modelRouteFactor)
	}
	w := measuredWorld(t, pairs)
	var distance, pair, region, both []float64
	for _, x := range w.ids {
		var without, with []measuredPair
		for _, p := range pairs {
			if p.from == x || p.to == x {
				with = append(with, p)
			} else {
				without = append(without, p)
			}
		}
		c, f := fit(without)
		distance = append(distance, relativeErrors(with, c, f)...)
		region = append(region, w.errors(pairs, func(from, to string) bool { return from == x || to == x })...)
		for _, y := range w.ids {
			if x < y {
				out := map[string]bool{x: true, y: true}
				pair = append(pair, w.errors(pairs, func(from, to string) bool { return out[from] && out[to] })...)
				// Of what is hidden with both regions, only the pair of the two is looked at.
				both = append(both, w.twoHidden(pairs, x, y)...)
			}
		}
	}
	page, err := os.ReadFile("../../docs/latency-model.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		errors []float64
	}{
		{"distance alone, in sample", relativeErrors(pairs, constant, factor)},
		{"distance alone, leave one region out", distance},
		{"the model, leave one pair out", pair},
		{"**the model, leave one region out**", region},
		{"the model, leave both regions out", both},
	} {
		slices.Sort(c.errors)
		p90 := c.errors[int(math.Ceil(0.9*float64(len(c.errors))))-1]
		row := []string{"|", c.name, "|", strconv.Itoa(len(c.errors)), "|", percent(median(c.errors)), "|", percent(p90), "|", percent(c.errors[len(c.errors)-1]), "|"}
		line := strings.Join(row, " ")
		t.Log(line)
		if !strings.Contains(string(page), line) {
			t.Errorf("docs/latency-model.md does not say %s", line)
		}
	}
	if m := median(region); m > 0.15 {
		t.Errorf("the median error of a region left out is %s, more than 15 %%", percent(m))
	}
}

// twoHidden are the errors over the pair of two regions that are both hidden.
func (w *world) twoHidden(pairs []measuredPair, x, y string) []float64 {
	var kept []measuredPair
	hidden := func(from, to string) bool { return from == x || to == x || from == y || to == y }
	for _, p := range pairs {
		if !hidden(p.from, p.to) {
			kept = append(kept, p)
		}
	}
	b := newBackbone(w.points, func(i, j int) (int32, bool) {
		us, ok := w.micros[[2]string{w.ids[i], w.ids[j]}]
		return int32(us), ok && !hidden(w.ids[i], w.ids[j])
	})
	b.law = refitted(kept)
	i, j := slices.Index(w.ids, x), slices.Index(w.ids, y)
	var e []float64
	for _, p := range [][2]int{{i, j}, {j, i}} {
		want := w.micros[[2]string{w.ids[p[0]], w.ids[p[1]]}]
		e = append(e, math.Abs(float64(b.model(b.points[p[0]], p[0], b.near[p[0]], p[1]).micros)-want)/want)
	}
	return e
}

// refitted is the law that some pairs give.
func refitted(pairs []measuredPair) law {
	constant, factor := fit(pairs)
	return law{constant, factor}
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

func mustLoadAWS(t *testing.T) *Snapshot {
	t.Helper()
	top, err := Load(Input{FS: os.DirFS("aws/data")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestInsideARegion: the time of a region to itself is measured for the region, and for no two of its zones.
func TestInsideARegion(t *testing.T) {
	s := mustBuild(t, strings.NewReplacer(
		"rttMs: 25.1, source: survey}", "rttMs: 25.1, source: survey}\n  - {from: fra, to: fra, rttMs: 2}\n  - {from: fra-2, to: fra-1, rttMs: 1}",
	).Replace(base))
	for _, c := range []struct {
		from, to string
		micros   int32
		basis    Basis
	}{
		{"fra", "fra", 2000, Measured},
		{"fra-1", "fra-2", 2000, Modelled},
		{"fra-2", "fra-1", 1000, Measured}, // by a link of its own
		{"fra-1", "fra-1", 2000, Measured}, // inside it
		{"fra-1", "fra", 2000, Modelled},
		{"fra", "fra-2", 2000, Modelled},
		{"fra-1", "dub", 25100, Measured},
	} {
		if us, basis := s.RTT(siteRow(t, s, c.from), siteRow(t, s, c.to)); us != c.micros || basis != c.basis {
			t.Errorf("%s to %s: %d %v, want %d %v", c.from, c.to, us, basis, c.micros, c.basis)
		}
	}
}
