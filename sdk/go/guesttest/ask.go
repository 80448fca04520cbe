package guesttest

import (
	"encoding/binary"
	"fmt"
	"math"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

// Guest is a guest that was not initialised yet.
type Guest interface {
	// Call calls an export: bailiwick_abi without an argument, any other with one. The error says that it trapped.
	Call(export string, arg uint32) (int32, error)

	// Memory are n bytes of its memory, to read and to write.
	Memory(address, n uint32) ([]byte, error)
}

// Native is the guest that is linked into the test. The variables of the test's own package are what they are.
type Native struct{}

// Call calls what the export of that name calls.
func (Native) Call(export string, arg uint32) (int32, error) {
	g := guest.Native{}
	switch export {
	case "bailiwick_abi":
		g.Reset()
		return g.ABI(), nil
	case "bailiwick_reserve":
		return int32(g.Reserve(arg)), nil
	case "bailiwick_configure":
		return g.Configure(arg), nil
	case "bailiwick_site":
		return g.Site(arg), nil
	case "bailiwick_path":
		return g.Path(arg), nil
	case "bailiwick_placement":
		return g.Placement(arg), nil
	}
	return 0, fmt.Errorf("guesttest: no export %s", export)
}

// Memory are n bytes of the room, or of a text of the guest's.
func (Native) Memory(address, n uint32) ([]byte, error) {
	return guest.Native{}.Memory(address, n), nil
}

// Question is what a guest is configured with and asked.
type Question struct {
	Hook      string // site, path or placement; empty to configure only
	Snapshot  []byte // images; nil for empty ones
	Settings  []byte
	Request   []byte
	Component int // -1: no single one
	Rows      int
	Selected  []int // nil: all
	Reasons   int   // how many there is room for; 0: nobody reads them
	Args      int   // likewise
}

// Answer is what a guest answers.
type Answer struct {
	Denied, Unknown []int // rows
	Scores          map[int]float64
	Reasons         []Reason
	Lost            int // reasons that found no room
}

// Reason is a reason with its arguments as a host shows them, but for the rules of the manifest's text: float64,
// int64, string, or Site.
type Reason struct {
	Row  int
	Code int
	Kind int // 1 denial, 2 warning, 3 obligation; plus 128 if it hangs on an unknown fact
	Args []any
}

// Site is an argument that is a row of the snapshot's sites.
type Site int

// Failed is how a call fails.
type Failed struct {
	Export string
	Status int32
	Text   string
}

// Error says what failed, and why.
func (f *Failed) Error() string {
	return fmt.Sprintf("%s failed with status %d: %s", f.Export, f.Status, f.Text)
}

// asking is a question on its way.
type asking struct {
	Guest
	room, free uint32
	err        error
}

// take takes room behind what is taken, at a multiple of 64.
func (a *asking) take(n int) uint32 {
	at := a.free
	a.free += uint32((n + 63) / 64 * 64)
	return at
}

// bytes are n bytes of the guest's memory; after an error there are none to look at.
func (a *asking) bytes(at uint32, n int) []byte {
	b, err := a.Memory(at, uint32(n))
	if err != nil || len(b) != n {
		if a.err == nil {
			a.err = fmt.Errorf("guesttest: %d bytes at %d are not in the guest's memory: %w", n, at, err)
		}
		return make([]byte, n)
	}
	return b
}

// image lays an image out.
func (a *asking) image(b []byte) (at uint32) {
	at = a.take(len(b))
	copy(a.bytes(at, len(b)), b)
	return at
}

func (a *asking) put(at uint32, v ...uint32) {
	b := a.bytes(at, 4*len(v))
	for i, v := range v {
		binary.LittleEndian.PutUint32(b[4*i:], v)
	}
}

// call calls an export with a block, and turns a status into an error.
func (a *asking) call(export string, block, text uint32) error {
	if a.err != nil {
		return a.err
	}
	status, err := a.Call(export, block)
	if err != nil || status == 0 {
		return err
	}
	f := &Failed{Export: export, Status: status}
	out := a.bytes(block+text, 8)
	if at := binary.LittleEndian.Uint32(out); at != 0 {
		f.Text = string(a.bytes(at, int(binary.LittleEndian.Uint32(out[4:]))))
	}
	return f
}

// Ask initialises a guest and asks it once. The error is a [*Failed] if the guest says that the call failed.
func Ask(g Guest, q Question) (Answer, error) {
	for _, m := range []struct {
		image *[]byte
		kind  string
	}{{&q.Snapshot, "topology"}, {&q.Request, "request"}} {
		if *m.image == nil {
			*m.image = NewImage(m.kind).Bytes()
		}
	}
	if q.Settings == nil {
		q.Settings = Settings(nil)
	}
	version, err := g.Call("bailiwick_abi", 0)
	if err != nil {
		return Answer{}, err
	}
	if version != 1<<16 {
		return Answer{}, fmt.Errorf("guesttest: the guest is of ABI %d.%d, not 1.0", version>>16, version&0xffff)
	}
	sets := (q.Rows + 63) / 64 * 8
	size := 4096 + len(q.Snapshot) + len(q.Settings) + len(q.Request) + 4*sets + 8*q.Rows + 16*(q.Reasons+q.Args)
	room, err := g.Call("bailiwick_reserve", uint32(size+1<<16-1)&^(1<<16-1))
	if err != nil {
		return Answer{}, err
	}
	a := &asking{Guest: g, room: uint32(room), free: uint32(room)}
	if room == 0 || a.room%(1<<16) != 0 {
		return Answer{}, fmt.Errorf("guesttest: the guest gives room at %d", a.room)
	}
	snapshot := a.image(q.Snapshot)
	settings := a.image(q.Settings)
	block := a.take(64)
	a.put(block, 64, 0, snapshot, uint32(len(q.Snapshot)), settings, uint32(len(q.Settings)))
	if err := a.call("bailiwick_configure", block, 24); err != nil || q.Hook == "" {
		return Answer{}, err
	}
	clear(a.bytes(settings, int(a.free-settings))) // settings are gone
	a.free = settings
	return a.hook(q, snapshot)
}

// hook asks.
func (a *asking) hook(q Question, snapshot uint32) (Answer, error) {
	sets := (q.Rows + 63) / 64 * 8
	request := a.image(q.Request)
	block := a.take(128)
	selection, denials, unknowns, scored := a.take(sets), a.take(sets), a.take(sets), a.take(sets)
	scores, reasons, args := a.take(8*q.Rows), a.take(16*q.Reasons), a.take(16*q.Args)
	a.put(block, 128, 0, snapshot, uint32(len(q.Snapshot)), request, uint32(len(q.Request)), uint32(int32(q.Component)), uint32(q.Rows),
		selection, denials, unknowns, scored, scores, reasons, uint32(q.Reasons), args, uint32(q.Args))
	rows := q.Selected
	if rows == nil {
		for i := range q.Rows {
			rows = append(rows, i)
		}
	}
	selected := a.bytes(selection, sets)
	for _, r := range rows {
		selected[r/8] |= 1 << (r % 8)
	}
	if err := a.call("bailiwick_"+q.Hook, block, 80); err != nil {
		return Answer{}, err
	}
	answer := Answer{Denied: list(a.bytes(denials, sets)), Unknown: list(a.bytes(unknowns, sets))}
	for _, r := range list(a.bytes(scored, sets)) {
		if answer.Scores == nil {
			answer.Scores = map[int]float64{}
		}
		answer.Scores[r] = math.Float64frombits(binary.LittleEndian.Uint64(a.bytes(scores+8*uint32(r), 8)))
	}
	out := a.bytes(block+68, 12)
	written, argsWritten := binary.LittleEndian.Uint32(out), binary.LittleEndian.Uint32(out[4:])
	answer.Lost = int(binary.LittleEndian.Uint32(out[8:]))
	if written > uint32(q.Reasons) || argsWritten > uint32(q.Args) {
		return Answer{}, fmt.Errorf("guesttest: %d reasons with %d arguments in room for %d and %d", written, argsWritten, q.Reasons, q.Args)
	}
	for i := range written {
		b := a.bytes(reasons+16*i, 16)
		r := Reason{Row: int(binary.LittleEndian.Uint32(b)), Code: int(binary.LittleEndian.Uint16(b[4:])), Kind: int(b[6])}
		first := binary.LittleEndian.Uint32(b[8:])
		if first+uint32(b[7]) > argsWritten {
			return Answer{}, fmt.Errorf("guesttest: reason %d has arguments %d to %d of %d", i, first, first+uint32(b[7]), argsWritten)
		}
		for k := range uint32(b[7]) {
			arg, err := a.arg(a.bytes(args+16*(first+k), 16), q)
			if err != nil {
				return Answer{}, err
			}
			r.Args = append(r.Args, arg)
		}
		answer.Reasons = append(answer.Reasons, r)
	}
	return answer, a.err
}

// list are the rows in a bit set.
func list(set []byte) (rows []int) {
	for i := range len(set) * 8 {
		if set[i/8]>>(i%8)&1 != 0 {
			rows = append(rows, i)
		}
	}
	return rows
}

// arg is an argument as it is shown.
func (a *asking) arg(b []byte, q Question) (any, error) {
	length, value := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint64(b[8:])
	switch kind := binary.LittleEndian.Uint32(b); kind {
	case 1:
		return math.Float64frombits(value), nil
	case 2:
		return int64(value), nil
	case 3:
		return stringOf(q.Snapshot, uint32(value)), nil
	case 4:
		return stringOf(q.Request, uint32(value)), nil
	case 5:
		if length == 0 {
			return "", nil
		}
		return string(a.bytes(uint32(value), int(length))), nil
	case 6:
		return Site(value), nil
	default:
		return nil, fmt.Errorf("guesttest: an argument of type %d", kind)
	}
}

// stringOf is a string of an image.
func stringOf(image []byte, id uint32) string {
	u32 := func(at uint32) uint32 { return binary.LittleEndian.Uint32(image[at:]) }
	if id >= u32(52) {
		return fmt.Sprintf("no string %d", id)
	}
	starts, text := u32(48), u32(56)
	return string(image[text+u32(starts+4*id) : text+u32(starts+4*id+4)])
}
