package lane

import (
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// id names a value: two known values that are written alike have one id. Zero is
// no value. The two highest bits say whose it is: a [World]'s, a [Question]'s or a
// run's. The next two say what is asked of ids most.
type id uint32

const (
	levelBits    = 30
	vagueBit  id = 1 << 29
	closedBit id = 1 << 28
	number       = closedBit - 1 // of an id, without the rest
)

// vague says that part of the value is unknown.
func (i id) vague() bool { return i&vagueBit != 0 }

// closed says that the value is a site's document, which has not been looked into.
func (i id) closed() bool { return i&closedBit != 0 }

// kind is the type of a value, in OPA's order.
type kind = plan.Kind

// value is what an id stands for. It never changes, but for its term.
type value struct {
	kind kind
	// vague says that part of it is unknown; what is known of it is pv, or elems
	// if it is list.
	vague bool
	// list says that it is an array that may have other elements than elems, all
	// in no known order.
	list bool
	// equal is the same for all values that are equal: 1 and 1.0 are two.
	equal id
	hash  uint64
	num   float64 // of a number, the nearest
	str   string  // of a string; of a number, as it is written
	// elems are an array's elements, a set's members in order, or an object's
	// keys and values in turn, in order of keys.
	elems []id
	index map[id]int32 // of keys or members of many, by equal
	size  int          // approximate bytes of text
	term  *ast.Term    // nil: not made yet
	pv    plan.Value   // if vague, and nil if it is list or has gaps
	gaps  *plan.Gaps   // term has them
	// site is the row of a site's document, plus one; sites says that it is the
	// table of them. Neither is opened before something looks at the whole.
	site  int32
	sites bool
}

// Ids that are the same everywhere.
const (
	idNull id = 1 + iota
	idFalse
	idTrue
	idUnknown        = iota + 1 | vagueBit // the value of which only its presence is known
	idText           = iota + 1 | vagueBit // text of which nothing is known
	idEmptyString id = iota + 1
	idEmptyArray
	idEmptySet
	idEmptyObject
	idZero // and the whole numbers after it, below smallInts
)

// smallInts is how many whole numbers have ids that follow each other.
const smallInts = 256

// many is how many keys are looked through before there is an index of them.
const many = 12

// heap interns values. A run's builds on that of a question, and that on a World's.
type heap struct {
	level id
	root  *heap // the World's
	mid   *heap // the question's; nil for a World's
	seed  maphash.Seed
	parts [][]value // of partSize each; ids count through them
	n     int
	bytes int      // of the text of the values, about
	table []uint32 // open addressing by hash: index plus one
}

const (
	partBits = 9
	partSize = 1 << partBits
)

// above makes a heap that builds on another.
func above(base *heap) *heap {
	h := &heap{level: base.level + 1, root: base.root, mid: base.mid, seed: base.seed, table: make([]uint32, 256)}
	if h.level == 1 {
		h.mid = h
	}
	return h
}

func newHeap() *heap {
	h := &heap{table: make([]uint32, 1024), seed: maphash.MakeSeed()}
	h.root = h
	h.add(value{}) // no value has id 0
	h.intern(value{kind: plan.NullKind, size: 6, term: ast.InternedNullTerm})
	h.intern(value{kind: plan.BoolKind, size: 7, term: ast.InternedTerm(false)})
	h.intern(value{kind: plan.BoolKind, num: 1, size: 7, term: ast.InternedTerm(true)})
	h.add(value{vague: true, equal: idUnknown, size: 9, pv: plan.AnyValue()})
	h.add(value{kind: plan.StringKind, vague: true, equal: idText, size: 9, pv: &plan.Text{Rendered: "unknown"}})
	h.str("")
	h.array(nil)
	h.setOf(nil)
	h.object(nil)
	for i := range smallInts {
		h.number(strconv.Itoa(i))
	}
	return h
}

// reset forgets the values of a run.
func (h *heap) reset() {
	clear(h.table)
	for i := range h.parts {
		used := min(partSize, h.n-i<<partBits)
		if used <= 0 {
			break
		}
		clear(h.parts[i][:used])
	}
	h.n, h.bytes = 0, 0
}

// v returns the value of an id.
func (h *heap) v(i id) *value {
	switch i >> levelBits {
	case 0:
		h = h.root
	case 1:
		h = h.mid
	}
	i &= number
	return &h.parts[i>>partBits][i&(partSize-1)]
}

// add keeps a value without looking for one like it.
func (h *heap) add(v value) id {
	if h.n>>partBits == len(h.parts) {
		h.parts = append(h.parts, make([]value, partSize))
	}
	i := h.id(uint32(h.n), &v)
	if v.equal == 0 {
		v.equal = i
	}
	h.parts[h.n>>partBits][h.n&(partSize-1)] = v
	h.n++
	h.bytes += v.size
	return i
}

// id is the id of value number n.
func (h *heap) id(n uint32, v *value) id {
	i := id(n) | h.level<<levelBits
	if v.vague {
		i |= vagueBit
	}
	if v.site > 0 {
		i |= closedBit
	}
	return i
}

// find looks for a value that is written alike.
func (h *heap) find(v *value) (id, bool) {
	mask := uint64(len(h.table) - 1)
	for at := v.hash & mask; ; at = (at + 1) & mask {
		n := h.table[at]
		if n == 0 {
			return 0, false
		}
		n--
		if o := &h.parts[n>>partBits][n&(partSize-1)]; o.hash == v.hash && alike(o, v) {
			return h.id(n, o), true
		}
	}
}

func alike(a, b *value) bool {
	return a.kind == b.kind && a.num == b.num && a.str == b.str && a.list == b.list && slices.Equal(a.elems, b.elems)
}

// intern returns the id of a known value, or of an open list.
func (h *heap) intern(v value) id {
	v.hash = h.hashOf(&v)
	if h.level > 0 {
		if i, ok := h.root.find(&v); ok {
			return i
		}
	}
	if h.level > 1 {
		if i, ok := h.mid.find(&v); ok {
			return i
		}
	}
	if i, ok := h.find(&v); ok {
		return i
	}
	if v.kind >= plan.ArrayKind && len(v.elems) > 0 {
		v.elems = slices.Clone(v.elems)
	}
	if v.equal == 0 {
		v.equal = h.equalOf(&v)
	}
	h.reindex(&v)
	i := h.add(v)
	if h.n*2 > len(h.table) {
		h.rehash()
	} else {
		h.place(v.hash, i)
	}
	return i
}

func (h *heap) place(hash uint64, i id) {
	mask := uint64(len(h.table) - 1)
	at := hash & mask
	for h.table[at] != 0 {
		at = (at + 1) & mask
	}
	h.table[at] = uint32(i&number) + 1
}

func (h *heap) rehash() {
	h.table = make([]uint32, 4*len(h.table))
	for n := range h.n {
		if v := &h.parts[n>>partBits][n&(partSize-1)]; v.hash != 0 {
			h.place(v.hash, id(n))
		}
	}
}

func (h *heap) hashOf(v *value) uint64 {
	hash := uint64(v.kind)*0x9e3779b97f4a7c15 + 1
	if v.kind == plan.StringKind || v.kind == plan.NumberKind {
		return mix(hash, maphash.String(h.seed, v.str))
	}
	if v.list {
		hash++
	}
	hash = mix(hash, math.Float64bits(v.num))
	for _, e := range v.elems {
		hash = mix(hash, uint64(e))
	}
	return hash | 1
}

func mix(a, b uint64) uint64 {
	a = (a ^ b) * 0xff51afd7ed558ccd
	return (a ^ a>>32) | 1
}

// equalOf finds what stands for all values that are equal to v; 0 for v itself.
func (h *heap) equalOf(v *value) id {
	switch v.kind {
	case plan.NumberKind:
		if plain := canonical(v.str); plain != v.str {
			return h.v(h.number(plain)).equal
		}
	case plan.ArrayKind, plan.SetKind, plan.ObjectKind:
		if v.list {
			return 0
		}
		same := true
		for _, e := range v.elems {
			same = same && h.v(e).equal == e
		}
		if same {
			return 0
		}
		elems := make([]id, len(v.elems))
		for i, e := range v.elems {
			elems[i] = h.v(e).equal
		}
		return h.intern(value{kind: v.kind, elems: elems, size: v.size})
	}
	return 0
}

// canonical writes a number the one way in which all equal numbers are written.
func canonical(text string) string {
	digits, exp, negative := text, 0, false
	if strings.HasPrefix(digits, "-") {
		negative, digits = true, digits[1:]
	}
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		n, err := strconv.Atoi(strings.TrimPrefix(digits[i+1:], "+"))
		if err != nil {
			return text
		}
		digits, exp = digits[:i], n
	}
	if whole, frac, ok := strings.Cut(digits, "."); ok {
		digits = whole + frac
		exp -= len(frac)
	}
	digits = strings.TrimLeft(digits, "0")
	short := strings.TrimRight(digits, "0")
	exp += len(digits) - len(short)
	if short == "" {
		return "0"
	}
	const plain = 20 // digits up to which a whole number is written out
	switch {
	case exp == 0:
	case exp > 0 && len(short)+exp <= plain:
		short += strings.Repeat("0", exp)
	default:
		short += "e" + strconv.Itoa(exp)
	}
	if negative {
		short = "-" + short
	}
	return short
}

func (h *heap) str(s string) id {
	return h.intern(value{kind: plan.StringKind, str: s, size: 2 + len(s)})
}

// number interns a number by its text.
func (h *heap) number(text string) id {
	f, _ := strconv.ParseFloat(text, 64)
	return h.intern(value{kind: plan.NumberKind, str: text, num: f, size: 2 + plan.Digits(text)})
}

func (h *heap) int(n int) id {
	if n >= 0 && n < smallInts {
		return idZero + id(n)
	}
	return h.number(strconv.Itoa(n))
}

// sizeOf is how many bytes the text of a value has, at most, but for escaping.
func (h *heap) sizeOf(i id) int {
	v := h.v(i)
	switch {
	case !i.vague() || i == idUnknown || i == idText:
		return v.size
	case v.list && v.pv == nil:
		return v.size + h.v(idUnknown).size
	}
	return plan.Size(h.pv(i), longest)
}

// longest is how far the text of a value is counted. No limit on one is beyond it.
const longest = maxBytes

func (h *heap) sizes(elems []id) int {
	n := 2
	for _, e := range elems {
		n += h.v(e).size
	}
	return n
}

// array interns an array. Like the others it keeps no reference to elems.
func (h *heap) array(elems []id) id {
	if h.anyVague(elems) {
		return h.vague(plan.ArrayOf(h.pvs(elems), nil, true))
	}
	return h.intern(value{kind: plan.ArrayKind, elems: elems, size: h.sizes(elems)})
}

// setOf interns a set; elems is put in order.
func (h *heap) setOf(elems []id) id {
	if h.anyVague(elems) {
		sure := make([]bool, len(elems))
		for i := range sure {
			sure[i] = true
		}
		return h.vague(plan.SetOf(h.pvs(elems), sure))
	}
	slices.SortStableFunc(elems, h.compare)
	elems = slices.CompactFunc(elems, func(a, b id) bool { return h.v(a).equal == h.v(b).equal })
	return h.intern(value{kind: plan.SetKind, elems: elems, size: h.sizes(elems)})
}

// object interns an object of keys and values in turn, which are put in order; of
// equal keys the last counts.
func (h *heap) object(pairs []id) id {
	if h.anyVague(pairs) {
		var keys, vals []plan.Value
		var sure []bool
		for i := 0; i < len(pairs); i += 2 {
			keys, vals, sure = append(keys, h.pv(pairs[i])), append(vals, h.pv(pairs[i+1])), append(sure, true)
		}
		return h.vague(plan.ObjectOf(keys, vals, sure))
	}
	if len(pairs) > 2*many {
		pairs = h.sortPairs(pairs)
	} else {
		pairs = h.insertPairs(pairs)
	}
	return h.intern(value{kind: plan.ObjectKind, elems: pairs, size: h.sizes(pairs)})
}

// insertPairs puts a few keys with their values in order, in place; of equal keys the
// last value counts, under the first of them.
func (h *heap) insertPairs(pairs []id) []id {
	n := len(pairs) / 2
	for i := 1; i < n; i++ {
		for j := i; j > 0; j-- {
			c := h.compare(pairs[2*j-2], pairs[2*j])
			if c < 0 {
				break
			}
			if c == 0 { // the later value under the earlier key
				pairs[2*j-1] = pairs[2*j+1]
				pairs = slices.Delete(pairs, 2*j, 2*j+2)
				n--
				i--
				break
			}
			pairs[2*j-2], pairs[2*j] = pairs[2*j], pairs[2*j-2]
			pairs[2*j-1], pairs[2*j+1] = pairs[2*j+1], pairs[2*j-1]
		}
	}
	return pairs
}

// sortPairs does so with many, not in place.
func (h *heap) sortPairs(pairs []id) []id {
	order := make([]int, len(pairs)/2)
	for i := range order {
		order[i] = 2 * i
	}
	slices.SortStableFunc(order, func(a, b int) int { return h.compare(pairs[a], pairs[b]) })
	out := make([]id, 0, len(pairs))
	for _, i := range order {
		if n := len(out); n > 0 && h.v(out[n-2]).equal == h.v(pairs[i]).equal {
			out[n-1] = pairs[i+1]
			continue
		}
		out = append(out, pairs[i], pairs[i+1])
	}
	return out
}

func (h *heap) anyVague(elems []id) bool {
	for _, e := range elems {
		if e.vague() {
			return true
		}
	}
	return false
}

// reindex makes the index of a collection with many keys.
func (h *heap) reindex(v *value) {
	step := 1
	if v.kind == plan.ObjectKind {
		step = 2
	}
	if v.kind != plan.ObjectKind && v.kind != plan.SetKind || len(v.elems) <= many*step {
		return
	}
	v.index = make(map[id]int32, len(v.elems)/step)
	for i := 0; i < len(v.elems); i += step {
		v.index[h.v(v.elems[i]).equal] = int32(i)
	}
}

// position finds a key of an object, or a member of a set.
func (h *heap) position(v *value, key id) int {
	k := h.v(key).equal
	if v.index != nil {
		if i, ok := v.index[k]; ok {
			return int(i)
		}
		return -1
	}
	step := 1
	if v.kind == plan.ObjectKind {
		step = 2
	}
	for i := 0; i < len(v.elems); i += step {
		if e := v.elems[i]; e == k || h.v(e).equal == k {
			return i
		}
	}
	return -1
}
