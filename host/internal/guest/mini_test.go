package guest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// Instructions of hand-made guests. A hook's block is local 0, and it may use local 1, an i32.
var (
	block = []byte{0x20, 0}
	end   = []byte{0x0b}
	trap  = []byte{0x00}
)

func i32(v int64) []byte { return Cat([]byte{0x41}, S(v)) }
func i64(v int64) []byte { return Cat([]byte{0x42}, S(v)) }

// field is what the block holds at an offset.
func field(at uint64) []byte { return Cat(block, []byte{0x28, 2}, U(at)) }

// store8, store32 and store64 store a value at an address and an offset.
func store8(address []byte, at uint64, value []byte) []byte {
	return Cat(address, value, []byte{0x3a, 0}, U(at))
}

func store32(address []byte, at uint64, value []byte) []byte {
	return Cat(address, value, []byte{0x36, 2}, U(at))
}

func store64(address []byte, at uint64, value []byte) []byte {
	return Cat(address, value, []byte{0x37, 3}, U(at))
}

// Offsets in the block of a hook, as docs/abi.md has them.
const (
	fSnapshot, fRequest, fDeny, fUnknown, fScored, fScores, fReasons, fArgs = 8, 16, 36, 40, 44, 48, 52, 60
	fReasonCount, fArgCount, fError, fErrorSize                             = 68, 72, 80, 84
)

// mini is a hand-made guest: what differs from one that answers nothing.
type mini struct {
	version    []byte // body of bailiwick_abi
	reserve    []byte // body of bailiwick_reserve
	configure  []byte // body of bailiwick_configure, if it has one
	initialise []byte // body of _initialize, if it has one
	site       []byte // body of the hook; its status is added
	start      []byte // body of the start function, if it has one
	more       func(m *Module)
	pages      uint64
}

func (g mini) bytes() []byte {
	var m Module
	word := Types(wasm.I32)
	or := func(b, otherwise []byte) []byte {
		if b == nil {
			return otherwise
		}
		return b
	}
	if g.more != nil {
		g.more(&m)
	}
	m.Memory(max(g.pages, 1), 1000)
	m.Export(abi.MemoryExport, wasm.MemoryKind, 0)
	function := func(name string, sig wasm.FuncType, body []byte) {
		m.Export(name, wasm.Func, m.Func(sig, [][]byte{Local(1, wasm.I32)}, Cat(body, end)...))
	}
	function(abi.VersionExport, Sig(nil, word), or(g.version, i32(abi.Version)))
	function(abi.ReserveExport, Sig(word, word), or(g.reserve, Cat(block, i32(16), []byte{0x76, 0x40, 0}, i32(16), []byte{0x74})))
	if g.configure != nil {
		function(abi.ConfigureExport, Sig(word, word), g.configure)
	}
	if g.initialise != nil {
		function(abi.InitializeExport, Sig(nil, nil), g.initialise)
	}
	function(abi.Site.Export(), Sig(word, word), Cat(g.site, i32(0)))
	if g.start != nil {
		m.Start(m.Func(Sig(nil, nil), nil, Cat(g.start, end)...))
	}
	return m.Bytes()
}

// engines are both ways to run a guest.
func engines(t *testing.T, f func(t *testing.T, e *guest.Engine)) {
	for name, interpret := range map[string]bool{"compiler": false, "interpreter": true} {
		t.Run(name, func(t *testing.T) { f(t, engine(t, interpret)) })
	}
}

func engine(t testing.TB, interpret bool) *guest.Engine {
	t.Helper()
	e, err := guest.New(context.Background(), guest.Options{Interpret: interpret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

func load(t testing.TB, e *guest.Engine, s guest.Spec) *guest.Plugin {
	t.Helper()
	if s.ID == "" {
		s.ID = "T-1"
	}
	if s.Hooks == nil {
		s.Hooks = []abi.Hook{abi.Site}
	}
	p, err := e.Load(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func snapshot(t testing.TB, image []byte) *memory.Snapshot {
	t.Helper()
	s, err := memory.NewSnapshot(image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func bind(t testing.TB, p *guest.Plugin, s *memory.Snapshot, o guest.PoolOptions) *guest.Pool {
	t.Helper()
	l, err := p.Bind(context.Background(), s, []byte("settings"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

var someSnapshot = []byte(strings.Repeat("a snapshot, of which guests see every byte. ", 3000))

// rows is a call about the first n rows.
func rows(n int) *abi.Call {
	c := &abi.Call{Request: []byte("request"), Component: 3, Rows: n, Select: make([]uint64, (n+63)/64), Texts: true}
	for i := range n {
		c.Select[i/64] |= 1 << (i % 64)
	}
	return c
}

// pooled is a pool of a hand-made guest.
func pooled(t testing.TB, e *guest.Engine, g mini, limits guest.Limits) *guest.Pool {
	t.Helper()
	return bind(t, load(t, e, guest.Spec{Binary: g.bytes(), Limits: limits}), snapshot(t, someSnapshot), guest.PoolOptions{})
}

func call(l *guest.Pool, c *abi.Call) (*abi.Answer, guest.Usage, error) {
	out := new(abi.Answer)
	u, err := l.Call(context.Background(), abi.Site, offer.Decision{}, c, out)
	return out, u, err
}

func wantError(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error: %v\nwant:  %s", err, want)
	}
}
