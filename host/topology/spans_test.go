package topology

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSpansAreThoseOfTheDefinition compares what is inferred, which keeps the times of earlier searches, with
// one search for each pair.
func TestSpansAreThoseOfTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "regions")
		points := make([]point, n)
		for i := range points {
			points[i] = point{known: true, provider: rapid.IntRange(0, 9).Draw(t, "provider") / 9}
		}
		micros := rapid.SampledFrom([]int32{0, 1, 2, 5, 10, 20, 40, 41, 42, 43, 60, 80, 84, 100})
		rtt := make([]int32, n*n)
		measured := make([]bool, n*n)
		for i := range rtt {
			if measured[i] = rapid.IntRange(0, 9).Draw(t, "measured") > 0; measured[i] {
				rtt[i] = micros.Draw(t, "micros")
			}
		}
		b := newBackbone(points, func(i, j int) (int32, bool) { return rtt[i*n+j], measured[i*n+j] })

		var pairs, want []span
		for i := range n {
			for j := range i {
				if measured[i*n+j] && measured[j*n+i] && points[i].provider == points[j].provider {
					pairs = append(pairs, span{j, i, (rtt[i*n+j] + rtt[j*n+i] + 1) / 2})
				}
			}
		}
		slices.SortFunc(pairs, func(p, q span) int { return cmp.Or(cmp.Compare(p.micros, q.micros), p.a-q.a, p.b-q.b) })
		w := newWeb(n, func(i int) int32 { return rtt[i*n+i] })
		for _, p := range pairs {
			if _, ok := w.way(p.a, p.b, int64(p.micros)*(100+spanSlack)/100); !ok {
				w.join(p)
				want = append(want, p)
			}
		}
		slices.SortFunc(want, func(p, q span) int { return cmp.Or(p.a-q.a, p.b-q.b) })
		if got := b.spans(); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestQueue takes visits out in order.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var kept []visit
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			if len(q) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				if got := q.pop(); got != kept[0] {
					t.Fatalf("got %v, want %v", got, kept[0])
				}
				kept = kept[1:]
				continue
			}
			v := visit{rapid.Int64Range(0, 5).Draw(t, "micros"), rapid.IntRange(0, 3).Draw(t, "region")}
			q.push(v)
			kept = append(kept, v)
			slices.SortFunc(kept, func(a, b visit) int { return cmp.Or(cmp.Compare(a.micros, b.micros), a.region-b.region) })
		}
	})
}
