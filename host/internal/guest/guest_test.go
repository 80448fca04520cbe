package guest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// answering denies row 0, does not know row 1, scores row 2 with 12.5, and gives a reason for row 0 with a text of
// the snapshot's first ten bytes and the number 7.
var answering = mini{site: Cat(
	store64(field(fDeny), 0, i64(1)),
	store64(field(fUnknown), 0, i64(2)),
	store64(field(fScored), 0, i64(4)),
	store64(field(fScores), 16, i64(0x4029000000000000)),
	store32(field(fReasons), 4, i32(1<<16|9)), store8(field(fReasons), 7, i32(2)),
	store32(field(fArgs), 0, i32(5)), store32(field(fArgs), 4, i32(10)), store32(field(fArgs), 8, field(fSnapshot)),
	store32(field(fArgs), 16, i32(2)), store64(field(fArgs), 24, i64(7)),
	store32(block, fReasonCount, i32(1)), store32(block, fArgCount, i32(2)),
)}

// TestCall has a guest answer in every way there is.
func TestCall(t *testing.T) {
	engines(t, func(t *testing.T, e *guest.Engine) {
		l := pooled(t, e, answering, guest.Limits{})
		for range 3 {
			out, u, err := call(l, rows(70))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(out.Deny, out.Unknown, out.Scored, out.Scores[:4], out.Dropped, u.Fuel)
			if want := "[1 0] [2 0] [4 0] [0 0 12.5 0] 0 52"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			for _, r := range out.Reasons {
				got := fmt.Sprintf("row %d code %d kind %d %v %q %d", r.Row, r.Code, r.Kind, r.Unsure, r.Args[0].Text(), r.Args[1].Int())
				if want := `row 0 code 9 kind 1 false "a snapshot" 7`; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
			if len(out.Reasons) != 1 {
				t.Errorf("%d reasons", len(out.Reasons))
			}
		}
		if s := l.Stats(); s.Made != 1 || s.Dropped != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestAllocations calls a guest without allocating.
func TestAllocations(t *testing.T) {
	l := pooled(t, engine(t, false), answering, guest.Limits{})
	c, out := rows(70), new(abi.Answer)
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := l.Call(ctx, abi.Site, offer.Decision{}, c, out); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

// TestFresh has a guest that writes over the snapshot, its own memory and a global, and finds all of it as it was.
func TestFresh(t *testing.T) {
	engines(t, func(t *testing.T, e *guest.Engine) {
		// It traps unless the snapshot, its memory and the global are as they were, then changes all three.
		fresh := func(value, want []byte) []byte {
			return Cat(value, want, []byte{0x47, 0x04, 0x40}, trap, end) // if value != want: unreachable
		}
		l := pooled(t, e, mini{
			more: func(m *Module) { m.Global(wasm.I32, true, Cat(i32(5), end)...) },
			site: Cat(
				fresh(Cat([]byte{0x23, 0}), i32(5)),
				fresh(Cat(field(fSnapshot), []byte{0x2d, 0, 0}), i32('a')),
				fresh(Cat(i32(1024), []byte{0x28, 2, 0}), i32(77)),
				i32(6), []byte{0x24, 0},
				store8(field(fSnapshot), 0, i32('b')),
				store32(i32(1024), 0, i32(78)),
			),
			initialise: store32(i32(1024), 0, i32(77)),
		}, guest.Limits{})
		for range 3 {
			if _, _, err := call(l, rows(1)); err != nil {
				t.Fatal(err)
			}
		}
		if s := l.Stats(); s.Made != 1 {
			t.Errorf("%+v: the instance was not used again", s)
		}
	})
}

// TestStatus has guests that report failures, in configure and in the hook.
func TestStatus(t *testing.T) {
	e := engine(t, false)
	say := func(at uint64) []byte {
		return Cat(store32(block, at, field(fSnapshot)), store32(block, at+4, i32(10)), i32(7), []byte{0x0f})
	}
	_, _, err := call(pooled(t, e, mini{site: say(fError)}, guest.Limits{}), rows(1))
	wantError(t, err, "plugin T-1: bailiwick_site: the guest reports failure 7: a snapshot")
	var status *abi.StatusError
	if !errors.As(err, &status) || status.Status != 7 {
		t.Errorf("%T", err)
	}
	p := load(t, e, guest.Spec{Binary: mini{configure: Cat(say(24), i32(0))}.bytes()})
	_, err = p.Bind(context.Background(), snapshot(t, someSnapshot), nil, guest.PoolOptions{})
	wantError(t, err, "plugin T-1: bailiwick_configure: the guest reports failure 7: a snapshot")
	_, _, err = call(pooled(t, e, mini{site: Cat(store32(block, fError, i32(-8)), store32(block, fErrorSize, i32(100)), i32(-1), []byte{0x0f})}, guest.Limits{}), rows(1))
	wantError(t, err, "plugin T-1: bailiwick_site: the guest reports failure -1")
}

// TestMemoryOfConfigure finds nothing of configure's block in a hook.
func TestMemoryOfConfigure(t *testing.T) {
	l := pooled(t, engine(t, false), mini{
		configure: i32(0),
		// trap unless the second word of settings' place, now the reserved end of the block, is zero
		site: Cat(field(96), []byte{0x04, 0x40}, trap, end),
	}, guest.Limits{})
	if _, _, err := call(l, rows(1)); err != nil {
		t.Error(err)
	}
}

// TestRefused loads guests that are not what the ABI asks for.
func TestRefused(t *testing.T) {
	e := engine(t, false)
	for _, c := range []struct {
		name string
		mini mini
		want string
	}{
		{"version", mini{version: i32(2 << 16)}, "plugin T-1: bailiwick_abi: the guest speaks another version of the ABI: it answers 2.0, and this host speaks 1.0; build it with a matching SDK"},
		{"later minor", mini{version: i32(1<<16 | 3)}, "plugin T-1: bailiwick_abi: the guest speaks another version of the ABI: it answers 1.3, and this host speaks 1.0; build it with a matching SDK"},
		{"no room", mini{reserve: i32(0)}, "plugin T-1: bailiwick_reserve: snapshot cannot be placed where the guest reserved room: offset 0, 196608 bytes, in a memory of 65536 bytes: offset 0 says that there is no room; let the guest have more memory"},
		{"unaligned", mini{reserve: i32(100), pages: 100}, ""},
		{"beyond", mini{reserve: i32(-65536)}, ""},
		{"negative", mini{reserve: i32(-1)}, ""},
		{"its own data", mini{reserve: Cat(store8(i32(70000), 0, i32(1)), i32(65536)), pages: 100}, ""},
		{"short", mini{reserve: i32(65536), pages: 4}, ""},
		{"used", mini{reserve: Cat(store8(i32(65536*4+9), 0, i32(1)), i32(65536)), pages: 100}, ""},
		{"traps", mini{initialise: trap}, "plugin T-1: _initialize: the guest trapped: unreachable, in $2"},
		{"start traps", mini{start: trap}, "plugin T-1: meter:start: the guest trapped: unreachable, in $3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := load(t, e, guest.Spec{Binary: c.mini.bytes()})
			_, err := p.Bind(context.Background(), snapshot(t, someSnapshot), nil, guest.PoolOptions{})
			if c.want == "" {
				if !errors.Is(err, memory.ErrPlace) {
					t.Errorf("error %v, want %v", err, memory.ErrPlace)
				}
				return
			}
			wantError(t, err, c.want)
		})
	}
}

// TestExports loads modules that lack exports or have them of another type.
func TestExports(t *testing.T) {
	e := engine(t, false)
	_, err := e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: (&Module{}).Bytes(), Hooks: []abi.Hook{abi.Path}})
	wantError(t, err, "plugin T-1: the guest's exports are not those of the ABI: memory memory is missing; function bailiwick_abi () -> (i32) is missing; function bailiwick_reserve (i32) -> (i32) is missing; function bailiwick_path (i32) -> (i32) is missing")
	_, err = e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: mini{}.bytes(), Hooks: []abi.Hook{abi.Placement}})
	wantError(t, err, "plugin T-1: the guest's exports are not those of the ABI: function bailiwick_placement (i32) -> (i32) is missing")
	_, err = e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: []byte("#!/bin/sh\n"), Hooks: []abi.Hook{abi.Site}})
	wantError(t, err, "plugin T-1: not a wasm module this host reads: header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module; build the guest again for WebAssembly 2.0")
}

// TestAtOnce calls one pool from many goroutines, of which each gets its own answer.
func TestAtOnce(t *testing.T) {
	l := pooled(t, engine(t, false), answering, guest.Limits{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			out := new(abi.Answer)
			for i := range 200 {
				c := rows(3 + i%100)
				if _, err := l.Call(context.Background(), abi.Site, offer.Decision{}, c, out); err != nil {
					t.Error(err)
					return
				}
				if out.Deny[0] != 1 || len(out.Reasons) != 1 || out.Scores[2] != 12.5 {
					t.Errorf("%+v", out)
				}
			}
		})
	}
	wg.Wait()
	l.Close()
	_, _, err := call(l, rows(1))
	wantError(t, err, "plugin T-1: the guest's pool is closed")
}

// TestGrow gives calls more room than instances had, and keeps to the limit.
func TestGrow(t *testing.T) {
	l := pooled(t, engine(t, false), answering, guest.Limits{MemoryPages: 1000})
	for _, n := range []int{3, 5000, 3, 20_000} {
		c := rows(n)
		c.Request = make([]byte, 10*n)
		if out, _, err := call(l, c); err != nil || out.Scores[2] != 12.5 || len(out.Scores) != n {
			t.Fatalf("%d rows: %v", n, err)
		}
	}
	if s := l.Stats(); s.Grown != 2 || s.Made != 3 {
		t.Errorf("%+v", s)
	}
	_, _, err := call(l, rows(200_000))
	wantError(t, err, "plugin T-1: guest's memory is over its cap: the snapshot and the call take 65728 KiB, and it may have 64000 KiB; raise limits.memoryPages")
	_, _, err = call(l, rows(10_000_000))
	wantError(t, err, "plugin T-1: the call does not fit a guest's memory: 10000000 rows and a request of 7 bytes take 2645004480 bytes")
	if out, _, err := call(l, rows(3)); err != nil || out.Scores[2] != 12.5 {
		t.Errorf("a small call after one too large: %v", err)
	}
}
