package guest

import "unsafe"

// Image is tables of typed columns in one run of bytes, read where they lie: the snapshot, a request, settings.
// The host has verified every image that it gives a guest.
type Image struct {
	bytes   []byte
	starts  []uint32 // of the strings, and the end of the last
	text    string   // all strings, one after another
	tables  []tableEntry
	columns []columnEntry
}

// ID is the number of a string in its image. Strings are sorted, so ids of one image compare as their strings do,
// and are equal exactly if their strings are. Ids of different images have nothing to do with each other.
type ID uint32

// NoID is the id of no string.
const NoID ID = 0xffffffff

// tableEntry and columnEntry are the entries of docs/image-format.md, byte for byte.
type (
	tableEntry struct{ name, rows, first, count uint32 }

	columnEntry struct {
		name                   uint32
		typ                    Type
		_                      [3]uint8
		target, data, length   uint32
		starts, known, present uint32
	}
)

// headerSize is the size of an image's header in bytes.
const headerSize = 128

// magic is how images begin.
const magic = "\x89BWI\r\n\x1a\n"

// NewImage reads the header of an image that lies at a multiple of 8 bytes, on a machine whose numbers are
// little-endian. Only tests have to call it: an image that comes from elsewhere than the host is not verified here.
func NewImage(b []byte) (*Image, error) {
	m := &Image{}
	if err := m.open(b); err != nil {
		return nil, err
	}
	return m, nil
}

// open makes m the image in b.
func (m *Image) open(b []byte) error {
	switch {
	case len(b) < headerSize || string(b[:len(magic)]) != magic:
		return Fail("not an image: it does not begin as images do")
	case uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0:
		return Fail("an image has to lie at a multiple of 8 bytes")
	}
	head := view[uint32](b, 0, headerSize/4)
	if major := head[2] & 0xffff; major != 1 {
		return Fail("an image of version " + decimal(int64(major)) + "; this reads version 1")
	}
	if head[3] != uint32(len(b)) {
		return Fail("an image of " + decimal(int64(head[3])) + " bytes in " + decimal(int64(len(b))))
	}
	*m = Image{
		bytes:   b,
		tables:  view[tableEntry](b, head[8], head[9]),
		columns: view[columnEntry](b, head[10], head[11]),
		starts:  view[uint32](b, head[12], head[13]+1),
		text:    textOf(b[head[14] : head[14]+head[15]]),
	}
	return nil
}

// view is n values of the image at an offset.
func view[T any](b []byte, at, n uint32) []T {
	if n == 0 {
		return nil
	}
	var t T
	b = b[at : uint64(at)+uint64(n)*uint64(unsafe.Sizeof(t))]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// textOf is a string over bytes that nobody changes.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Kind says what the image is: topology, request or settings.
func (m *Image) Kind() string {
	kind := m.bytes[16:32]
	n := 0
	for n < len(kind) && kind[n] != 0 {
		n++
	}
	return textOf(kind[:n])
}

// Strings is how many strings the image has. Their ids run from 0.
func (m *Image) Strings() int { return len(m.starts) - 1 }

// String is the string of an id, in place: it costs no memory. NoID gives the empty string.
func (m *Image) String(id ID) string {
	if id == NoID {
		return ""
	}
	return m.text[m.starts[id]:m.starts[id+1]]
}

// Find is the id of a string, by binary search, and whether the image has it.
func (m *Image) Find(s string) (ID, bool) {
	low, high := ID(0), ID(m.Strings())
	for low < high {
		mid := low + (high-low)/2
		if m.String(mid) < s {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < ID(m.Strings()) && m.String(low) == s {
		return low, true
	}
	return NoID, false
}

// Tables is how many tables the image has.
func (m *Image) Tables() int { return len(m.tables) }

// TableAt is table number i, in the order of their names.
func (m *Image) TableAt(i int) Table { return Table{image: m, entry: &m.tables[i]} }

// Table finds a table by its name. A table that may be missing is looked for with HasTable.
func (m *Image) Table(name string) (Table, error) {
	if i := m.findTable(name); i >= 0 {
		return m.TableAt(i), nil
	}
	return Table{}, Fail("the " + m.Kind() + " has no table " + name)
}

// HasTable reports whether there is a table of that name.
func (m *Image) HasTable(name string) bool { return m.findTable(name) >= 0 }

func (m *Image) findTable(name string) int {
	id, ok := m.Find(name)
	if !ok {
		return -1
	}
	return search(len(m.tables), func(i int) ID { return ID(m.tables[i].name) }, id)
}

// search finds the one of n ascending ids, or gives -1.
func search(n int, at func(int) ID, id ID) int {
	low, high := 0, n
	for low < high {
		mid := int(uint(low+high) / 2)
		switch found := at(mid); {
		case found == id:
			return mid
		case found < id:
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}

// decimal writes a whole number. Package strconv is left out of guests that need nothing else of it.
func decimal(n int64) string {
	var b [20]byte
	at := len(b)
	u := uint64(n)
	if n < 0 {
		u = -u
	}
	for {
		at--
		b[at] = byte('0' + u%10)
		if u /= 10; u == 0 {
			break
		}
	}
	if n < 0 {
		at--
		b[at] = '-'
	}
	return string(b[at:])
}
