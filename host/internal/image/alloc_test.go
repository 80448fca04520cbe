package image

import "testing"

// TestReadingAllocatesNothing covers every accessor a hot path calls.
func TestReadingAllocatesNothing(t *testing.T) {
	m := open(t, build(t, complete()))
	site := table(t, m, "site")
	strs := must[StringColumn](t)(site.Strings("carrier"))
	u8 := must[Uint8Column](t)(site.Uint8s("kind"))
	i32 := must[Int32Column](t)(site.Int32s("weight"))
	i64 := must[Int64Column](t)(site.Int64s("launched"))
	f64 := must[Float64Column](t)(site.Float64s("lat"))
	bools := must[BoolColumn](t)(site.Bools("optIn"))
	refs := must[RefColumn](t)(site.Refs("parent"))
	links := must[Relation](t)(site.Relation("links"))
	lists := must[Lists](t)(site.Lists("aliases"))
	reach := must[BitsColumn](t)(site.Bits("reach"))
	rtt := must[Matrix](t)(site.Matrix("rtt"))
	scratch := NewBits(67)
	sink := 0
	for name, read := range map[string]func(r int){
		"LookupString": func(int) { id, _ := m.LookupString("zürich"); sink += len(m.String(id)) },
		"Table":        func(int) { tab, _ := m.Table("site"); sink += tab.Rows() },
		"Strings":      func(r int) { c, _ := site.Strings("id"); sink += len(c.At(r)) },
		"At": func(r int) {
			sink += len(strs.At(r)) + int(strs.ID(r)) + int(u8.At(r)) + int(i32.At(r)) + int(i64.At(r))
		},
		"more At": func(r int) { sink += int(f64.At(r)) + int(refs.At(r)) + len(links.At(r)) + len(rtt.Row(r)) },
		"State":   func(r int) { sink += int(strs.State(r)) + int(bools.State(r)) + int(refs.State(r)) },
		"Bools":   func(r int) { sink += bools.Values().Count(); _ = bools.At(r) },
		"Lists": func(r int) {
			for i := range lists.Len(r) {
				sink += len(lists.At(r, i))
			}
		},
		"Bits": func(r int) {
			scratch.And(reach.At(r), reach.At(0))
			for i := range scratch.Rows() {
				sink += i
			}
		},
		"Digest": func(int) { sum := m.Digest(); sink += int(sum[0]) + m.Size() + len(m.Kind()) + len(m.Bytes()) },
	} {
		if n := testing.AllocsPerRun(100, func() {
			for r := range 5 {
				read(r)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
