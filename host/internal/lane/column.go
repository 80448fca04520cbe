package lane

import (
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// column is a value that differs between lanes. It does not change once it is
// made.
type column struct {
	ids [Width]id // 0: no value
	def mask      // lanes with a value, known or not
	odd mask      // lanes with a value of which part is unknown
	// closed says that some values are sites' documents, unopened.
	closed bool
	// shared says that it belongs to a World and outlives the run: an index of it
	// pays.
	shared bool
	once   sync.Once
	index  *index
	most   int // bytes of the largest value; 0: not known
	// nums are the numbers nearest to the values, if all that are known are numbers;
	// nil: not known.
	nums *[Width]float64
}

// put sets the value of a lane.
func (c *column) put(lane int, i id) {
	c.ids[lane] = i
	if i != 0 {
		c.def.set(lane)
		if i.vague() {
			c.odd.set(lane)
		}
		c.closed = c.closed || i.closed()
	}
}

// numbers returns the column's numbers; nil if something known in it is none.
func (c *column) numbers(h *heap) *[Width]float64 {
	known := less(&c.def, &c.odd)
	all := !known.none()
	known.each(func(lane int) { all = all && h.v(c.ids[lane]).kind == plan.NumberKind })
	if !all {
		return nil
	}
	nums := new([Width]float64)
	known.each(func(lane int) { nums[lane] = h.v(c.ids[lane]).num })
	return nums
}

// largest returns the bytes of the column's largest value; 0 if there are documents in
// it of which only a part is known, as those have to be gone through.
func (c *column) largest(h *heap) (most int) {
	open := false
	c.def.each(func(lane int) {
		i := c.ids[lane]
		v := h.v(i)
		open = open || i.closed() || i.vague() && i != idUnknown && i != idText && !v.list
		if !open {
			most = max(most, h.sizeOf(i))
		}
	})
	if open {
		return 0
	}
	return most
}

// index finds lanes by what they hold.
type index struct {
	holds   map[id]*mask // by the value, as far as it is known
	members map[id]*mask // by a member of a list or set
	objects bool         // some values are objects, which have members too
}

// indexed is how many distinct values a column may have for an index to be made:
// with more, walking through the lanes is as quick.
const indexed = 256

// lookup returns the column's index; nil if it has none.
func (c *column) lookup(h *heap) *index {
	if !c.shared {
		return nil
	}
	c.once.Do(func() { c.index = c.makeIndex(h) })
	return c.index
}

func (c *column) makeIndex(h *heap) *index {
	x := &index{holds: map[id]*mask{}, members: map[id]*mask{}}
	add := func(m map[id]*mask, key id, lane int) bool {
		at := m[key]
		if at == nil {
			if len(m) == 2*indexed {
				return false
			}
			at = new(mask)
			m[key] = at
		}
		at.set(lane)
		return true
	}
	c.def.each(func(lane int) {
		v := h.v(c.ids[lane])
		if x.holds != nil && !v.vague && !add(x.holds, v.equal, lane) {
			x.holds = nil
		}
		x.objects = x.objects || v.kind == plan.ObjectKind || v.vague && !v.list && c.ids[lane] != idUnknown
		if x.members == nil || v.kind != plan.ArrayKind && v.kind != plan.SetKind {
			return
		}
		for _, e := range v.elems {
			if !add(x.members, h.v(e).equal, lane) {
				x.members = nil
				return
			}
		}
	})
	return x
}
