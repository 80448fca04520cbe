package image

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// large is an image of some 60 MB and 100 000 rows, with every type of column.
var large = sync.OnceValue(func() []byte {
	const rows, regions, zones, months = 100_000, 3_000, 300, 30
	r := rand.New(rand.NewPCG(1, 2))
	some := States{Known: NewBits(rows), Present: NewBits(rows)}
	ids, names := make([]string, rows), make([]string, rows)
	kinds, opt := make([]uint8, rows), make([]bool, rows)
	when, weight := make([]int64, rows), make([]int32, rows)
	lat, lon := make([]float64, rows), make([]float64, rows)
	parent := make([]uint32, rows)
	links, lists, reach := make([][]uint32, rows), make([][]string, rows), make([]Bits, rows)
	for i := range rows {
		if r.IntN(10) > 0 {
			some.Known.Set(i)
		}
		if r.IntN(10) > 0 {
			some.Present.Set(i)
		}
		ids[i] = fmt.Sprintf("site-%05d", i)
		names[i] = fmt.Sprintf("city %d", r.IntN(5000))
		kinds[i], opt[i] = uint8(r.IntN(8)), r.IntN(2) == 0
		when[i], weight[i] = r.Int64(), r.Int32()
		lat[i], lon[i] = r.Float64()*180-90, r.Float64()*360-180
		parent[i] = uint32(r.IntN(regions))
		links[i] = []uint32{r.Uint32N(rows), r.Uint32N(rows), r.Uint32N(rows), r.Uint32N(rows)}
		lists[i] = []string{ids[r.IntN(i+1)], names[i]}
		reach[i] = NewBits(zones)
		for range 20 {
			reach[i].Set(r.IntN(zones))
		}
	}
	rtt := make([]int32, regions*regions)
	for i := range rtt {
		rtt[i] = r.Int32N(400_000)
	}
	b := NewBuilder("topology")
	b.Table("zone", zones)
	b.Table("month", months)
	b.Table("region", regions).Matrix("rtt", "region", rtt)
	t := b.Table("site", rows)
	t.Strings("id", ids, States{})
	t.Strings("city", names, some)
	t.Uint8s("kind", kinds, States{})
	t.Bools("optIn", opt, some)
	t.Int64s("launched", when, some)
	t.Int32s("weight", weight, some)
	t.Float64s("lat", lat, some)
	t.Float64s("lon", lon, some)
	t.Refs("parent", "region", parent, some)
	t.Relation("links", "site", links)
	t.Lists("aliases", lists)
	t.Bits("reach", "zone", reach)
	t.Matrix("price", "month", make([]int32, rows*months))
	data, err := b.Bytes()
	if err != nil {
		panic(err)
	}
	return data
})

// BenchmarkMap opens a large image and compares that with the bare SHA-256 of
// the same bytes, which is less than a format would cost that must be read
// whole. Goal: less than a millisecond.
func BenchmarkMap(b *testing.B) {
	path := written(b, large())
	start := time.Now()
	sha256.Sum256(large())
	bare := time.Since(start)
	for b.Loop() {
		m, err := Map(path)
		if err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(bare), "map/sha256")
}

// BenchmarkVerify compares Verify, and its structural check alone, with the
// bare SHA-256 of the same mapped bytes. Each round runs all three, another one
// first each time, and medians are compared, so that neither the order nor a
// busy machine decides. Goal: Verify at most 1.3 times as long; with one
// processor (-cpu 1) it is the hash and the check one after the other.
//
// The time per operation is that of a round; the metrics are what to read.
func BenchmarkVerify(b *testing.B) {
	m, err := Open(written(b, large()))
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	sides := [...]func() error{
		m.Verify,
		func() error { sha256.Sum256(m.Bytes()); return nil },
		m.check,
	}
	var took [len(sides)][]time.Duration
	first := 0
	for b.Loop() {
		for i := range sides {
			side := (first + i) % len(sides)
			start := time.Now()
			if err := sides[side](); err != nil {
				b.Fatal(err)
			}
			took[side] = append(took[side], time.Since(start))
		}
		first++
	}
	median := func(side int) float64 {
		slices.Sort(took[side])
		return float64(took[side][len(took[side])/2])
	}
	verify, bare, check := median(0), median(1), median(2)
	b.ReportMetric(verify/bare, "verify/sha256")
	b.ReportMetric(check/bare, "check/sha256")
	b.ReportMetric(verify/1e6, "verify-ms")
	b.ReportMetric(float64(m.Size())/1e6, "MB")
}

// BenchmarkAt reads a column cell by cell beside the same sum over a Go slice.
func BenchmarkAt(b *testing.B) {
	m, err := FromBytes(large())
	if err != nil {
		b.Fatal(err)
	}
	lat := must[Float64Column](b)(table(b, m, "site").Float64s("lat"))
	plain := append([]float64{}, lat.Values()...)
	var at, slice time.Duration
	var x, y float64
	for b.Loop() {
		start := time.Now()
		for r := range lat.Rows() {
			x += lat.At(r)
		}
		at += time.Since(start)
		start = time.Now()
		for r := range plain {
			y += plain[r]
		}
		slice += time.Since(start)
	}
	if math.Abs(x-y) > 0 {
		b.Fatal(x, y)
	}
	b.ReportMetric(float64(at)/float64(slice), "at/slice")
}

// BenchmarkLookupString finds strings among all of a large image's.
func BenchmarkLookupString(b *testing.B) {
	m, err := FromBytes(large())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := m.LookupString("site-04711"); !ok {
			b.Fatal("not found")
		}
	}
}
