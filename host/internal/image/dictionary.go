package image

import (
	"runtime"
	"sync"
)

// dictionary is where the image's strings lie: starts[id] is where string id
// starts in text, and the next id's start is where it ends.
type dictionary struct {
	starts, text extent

	once sync.Once
	heap string // a copy of text
}

// words is the dictionary as readers hold it.
type words struct {
	starts []uint32
	text   string // on the heap: what is cut from it outlives the image
}

// words copies the text to the heap the first time it is needed.
func (m *Image) words() words {
	m.dict.once.Do(func() { m.dict.heap = string(m.raw[m.dict.text.off:m.dict.text.end]) })
	return words{starts: m.dictStarts(), text: m.dict.heap}
}

// dictStarts returns where the strings start; one more than there are strings.
func (m *Image) dictStarts() []uint32 {
	return view[uint32](m.native[m.dict.starts.off:m.dict.starts.end])
}

// at returns string id, or "" for an id or a range that does not exist.
func (w words) at(id uint32) string {
	if uint64(id)+1 >= uint64(len(w.starts)) {
		return ""
	}
	from, to := w.starts[id], w.starts[id+1]
	if from > to || uint64(to) > uint64(len(w.text)) {
		return ""
	}
	return w.text[from:to]
}

// Strings returns how many strings the dictionary has. Their ids are the
// numbers below it, in bytewise order of the strings.
func (m *Image) Strings() int { return (m.dict.starts.end-m.dict.starts.off)/4 - 1 }

// String returns the string with that id, or "" if there is none.
func (m *Image) String(id uint32) string {
	if m.closed.Load() {
		return ""
	}
	s := m.words().at(id)
	runtime.KeepAlive(m)
	return s
}

// LookupString finds the id of s by binary search.
func (m *Image) LookupString(s string) (id uint32, ok bool) {
	if m.closed.Load() {
		return 0, false
	}
	w := m.words()
	lo, hi := uint32(0), uint32(len(w.starts)-1)
	for lo < hi {
		mid := lo + (hi-lo)/2
		if w.at(mid) < s {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	ok = lo < uint32(len(w.starts)-1) && w.at(lo) == s
	runtime.KeepAlive(m)
	if !ok {
		return 0, false
	}
	return lo, true
}
