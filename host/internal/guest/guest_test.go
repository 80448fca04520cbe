package guest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// answering denies row 0, does not know row 1, scores row 2 with 12.5, and gives a reason for row 0 with a text of
// the snapshot's first ten bytes and the number 7.
var answering = guesttest.Mini{Site: Cat(
	guesttest.Store64(guesttest.Field(guesttest.AtDeny), 0, guesttest.I64(1)),
	guesttest.Store64(guesttest.Field(guesttest.AtUnknown), 0, guesttest.I64(2)),
	guesttest.Store64(guesttest.Field(guesttest.AtScored), 0, guesttest.I64(4)),
	guesttest.Store64(guesttest.Field(guesttest.AtScores), 16, guesttest.I64(0x4029000000000000)),
	guesttest.Store32(guesttest.Field(guesttest.AtReasons), 4, guesttest.I32(1<<16|9)), guesttest.Store8(guesttest.Field(guesttest.AtReasons), 7, guesttest.I32(2)),
	guesttest.Store32(guesttest.Field(guesttest.AtArgs), 0, guesttest.I32(5)), guesttest.Store32(guesttest.Field(guesttest.AtArgs), 4, guesttest.I32(10)), guesttest.Store32(guesttest.Field(guesttest.AtArgs), 8, guesttest.Field(guesttest.AtSnapshot)),
	guesttest.Store32(guesttest.Field(guesttest.AtArgs), 16, guesttest.I32(2)), guesttest.Store64(guesttest.Field(guesttest.AtArgs), 24, guesttest.I64(7)),
	guesttest.Store32(guesttest.Block, guesttest.AtReasonCount, guesttest.I32(1)), guesttest.Store32(guesttest.Block, guesttest.AtArgCount, guesttest.I32(2)),
)}

// TestCall has a guest answer in every way there is.
func TestCall(t *testing.T) {
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
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
				got := fmt.Sprintf("row %d code %d kind %d %v %q %d", r.Row, r.Code, r.Kind, r.Unsure, out.Text(&r.Args[0]), r.Args[1].Int())
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
	l := pooled(t, enginetest.New(t, false), answering, guest.Limits{})
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
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		// It traps unless the snapshot, its memory and the global are as they were, then changes all three.
		fresh := func(value, want []byte) []byte {
			return Cat(value, want, []byte{0x47, 0x04, 0x40}, guesttest.Trap, guesttest.End) // if value != want: unreachable
		}
		l := pooled(t, e, guesttest.Mini{
			More: func(m *Module) { m.Global(wasm.I32, true, Cat(guesttest.I32(5), guesttest.End)...) },
			Site: Cat(
				fresh(Cat([]byte{0x23, 0}), guesttest.I32(5)),
				fresh(Cat(guesttest.Field(guesttest.AtSnapshot), []byte{0x2d, 0, 0}), guesttest.I32('a')),
				fresh(Cat(guesttest.I32(1024), []byte{0x28, 2, 0}), guesttest.I32(77)),
				guesttest.I32(6), []byte{0x24, 0},
				guesttest.Store8(guesttest.Field(guesttest.AtSnapshot), 0, guesttest.I32('b')),
				guesttest.Store32(guesttest.I32(1024), 0, guesttest.I32(78)),
			),
			Initialise: guesttest.Store32(guesttest.I32(1024), 0, guesttest.I32(77)),
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
	e := enginetest.New(t, false)
	say := func(at uint64) []byte {
		return Cat(guesttest.Store32(guesttest.Block, at, guesttest.Field(guesttest.AtSnapshot)), guesttest.Store32(guesttest.Block, at+4, guesttest.I32(10)), guesttest.I32(7), []byte{0x0f})
	}
	_, _, err := call(pooled(t, e, guesttest.Mini{Site: say(guesttest.AtError)}, guest.Limits{}), rows(1))
	wantError(t, err, "plugin T-1: bailiwick_site: the guest reports failure 7: a snapshot")
	var status *abi.StatusError
	if !errors.As(err, &status) || status.Status != 7 {
		t.Errorf("%T", err)
	}
	p := load(t, e, guest.Spec{Binary: guesttest.Mini{Configure: Cat(say(24), guesttest.I32(0))}.Bytes()})
	_, err = p.Bind(context.Background(), snapshot(t, someSnapshot), nil, guest.PoolOptions{})
	wantError(t, err, "plugin T-1: bailiwick_configure: the guest reports failure 7: a snapshot")
	_, _, err = call(pooled(t, e, guesttest.Mini{Site: Cat(guesttest.Store32(guesttest.Block, guesttest.AtError, guesttest.I32(-8)), guesttest.Store32(guesttest.Block, guesttest.AtErrorSize, guesttest.I32(100)), guesttest.I32(-1), []byte{0x0f})}, guest.Limits{}), rows(1))
	wantError(t, err, "plugin T-1: bailiwick_site: the guest reports failure -1")
}

// TestMemoryOfConfigure finds nothing of configure's guesttest.Block in a hook.
func TestMemoryOfConfigure(t *testing.T) {
	l := pooled(t, enginetest.New(t, false), guesttest.Mini{
		Configure: guesttest.I32(0),
		// guesttest.Trap unless the second word of settings' place, now the reserved guesttest.End of the guesttest.Block, is zero
		Site: Cat(guesttest.Field(96), []byte{0x04, 0x40}, guesttest.Trap, guesttest.End),
	}, guest.Limits{})
	if _, _, err := call(l, rows(1)); err != nil {
		t.Error(err)
	}
}

// TestRefused loads guests that are not what the ABI asks for.
func TestRefused(t *testing.T) {
	e := enginetest.New(t, false)
	for _, c := range []struct {
		name string
		mini guesttest.Mini
		want string
	}{
		{"version", guesttest.Mini{Version: guesttest.I32(2 << 16)}, "plugin T-1: bailiwick_abi: the guest speaks another version of the ABI: it answers 2.0, and this host speaks 1.0; build it with a matching SDK"},
		{"later minor", guesttest.Mini{Version: guesttest.I32(1<<16 | 3)}, "plugin T-1: bailiwick_abi: the guest speaks another version of the ABI: it answers 1.3, and this host speaks 1.0; build it with a matching SDK"},
		{"no room", guesttest.Mini{Reserve: guesttest.I32(0)}, "plugin T-1: bailiwick_reserve: snapshot cannot be placed where the guest reserved room: offset 0, 196608 bytes, in a memory of 65536 bytes: offset 0 says that there is no room; let the guest have more memory"},
		{"unaligned", guesttest.Mini{Reserve: guesttest.I32(100), Pages: 100}, ""},
		{"beyond", guesttest.Mini{Reserve: guesttest.I32(-65536)}, ""},
		{"negative", guesttest.Mini{Reserve: guesttest.I32(-1)}, ""},
		{"its own data", guesttest.Mini{Reserve: Cat(guesttest.Store8(guesttest.I32(70000), 0, guesttest.I32(1)), guesttest.I32(65536)), Pages: 100}, ""},
		{"short", guesttest.Mini{Reserve: guesttest.I32(65536), Pages: 4}, ""},
		{"used", guesttest.Mini{Reserve: Cat(guesttest.Store8(guesttest.I32(65536*4+9), 0, guesttest.I32(1)), guesttest.I32(65536)), Pages: 100}, ""},
		{"traps", guesttest.Mini{Initialise: guesttest.Trap}, "plugin T-1: _initialize: the guest trapped: unreachable, in $2"},
		{"start traps", guesttest.Mini{Start: guesttest.Trap}, "plugin T-1: meter:start: the guest trapped: unreachable, in $3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := load(t, e, guest.Spec{Binary: c.mini.Bytes()})
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
	e := enginetest.New(t, false)
	_, err := e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: (&Module{}).Bytes(), Hooks: []abi.Hook{abi.Path}})
	wantError(t, err, "plugin T-1: the guest's exports are not those of the ABI: memory memory is missing; function bailiwick_abi () -> (i32) is missing; function bailiwick_reserve (i32) -> (i32) is missing; function bailiwick_path (i32) -> (i32) is missing")
	_, err = e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: guesttest.Mini{}.Bytes(), Hooks: []abi.Hook{abi.Placement}})
	wantError(t, err, "plugin T-1: the guest's exports are not those of the ABI: function bailiwick_placement (i32) -> (i32) is missing")
	_, err = e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: []byte("#!/bin/sh\n"), Hooks: []abi.Hook{abi.Site}})
	wantError(t, err, "plugin T-1: not a wasm module this host reads: header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module; build the guest again for WebAssembly 2.0")
}

// TestAtOnce calls one pool from many goroutines, of which each gets its own answer.
func TestAtOnce(t *testing.T) {
	l := pooled(t, enginetest.New(t, false), answering, guest.Limits{})
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
	l := pooled(t, enginetest.New(t, false), answering, guest.Limits{MemoryPages: 1000})
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
