package guest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// Instructions of loops.
var (
	forever = []byte{0x03, 0x40, 0x0c, 0, 0x0b} // loop br 0 end
	// growAll grows the memory by a page until there is no more, and writes to each.
	growAll = Cat([]byte{0x03, 0x40}, guesttest.I32(1), []byte{0x40, 0, 0x22, 1}, guesttest.I32(-1), []byte{0x47, 0x04, 0x40},
		guesttest.Store8(Cat([]byte{0x20, 1}, guesttest.I32(16), []byte{0x74}), 9, guesttest.I32(1)), []byte{0x0c, 1}, guesttest.End, guesttest.End)
)

// resident is the memory of this process that the system holds, in bytes; false where it does not tell.
func resident(t testing.TB) (int, bool) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize(), true
}

// TestEndless ends a guest that loops, in every place where it may run, and goes on with others.
func TestEndless(t *testing.T) {
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		limits := guest.Limits{Fuel: 10_000, InitialFuel: 100_000}
		neighbour := pooled(t, e, answering, guest.Limits{})
		l := pooled(t, e, guesttest.Mini{Site: forever}, limits)
		for i := range 3 {
			_, u, err := call(l, other(rows(1), i))
			wantError(t, err, "plugin T-1: bailiwick_site: the guest ran out of fuel: it had 40000, by limits.fuel 10000 and limits.fuelPerRow 30000 (rows: 1); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow")
			if !errors.Is(err, meter.ErrFuel) || u.Fuel < 10_000 || u.Fuel > 10_000+guest.DefaultFuelPerRow {
				t.Errorf("%v, with %d units", err, u.Fuel)
			}
			if _, _, err := call(neighbour, rows(3)); err != nil {
				t.Error(err)
			}
		}
		for name, m := range map[string]guesttest.Mini{
			"meter:start": {Start: forever}, "_initialize": {Initialise: forever}, "bailiwick_abi": {Version: Cat(forever, guesttest.I32(1))},
			"bailiwick_reserve": {Reserve: Cat(forever, guesttest.I32(1))}, "bailiwick_configure": {Configure: Cat(forever, guesttest.I32(0))},
		} {
			_, err := load(t, e, guest.Spec{Binary: m.Bytes(), Limits: limits}).Bind(context.Background(), snapshot(t, someSnapshot), nil, guest.PoolOptions{})
			wantError(t, err, "plugin T-1: "+name+": the guest ran out of fuel: it had 100000, by limits.initialFuel, for all of initialisation; let it do less, or raise that in its manifest, at most to the host's limits.pluginInitialFuel")
		}
	})
}

// TestBombs refuses modules that would cost a lot to compile or to instantiate, before either.
func TestBombs(t *testing.T) {
	e := enginetest.New(t, false)
	long := guesttest.Mini{Site: bytes.Repeat([]byte{0x41, 0, 0x1a}, 60_000)}
	table := guesttest.Mini{More: func(m *Module) { m.Table(wasm.FuncRef, 100_000_000) }}
	wide := guesttest.Mini{Pages: 2000}
	for name, m := range map[string]guesttest.Mini{"a long body": long, "a large table": table, "a large memory": wide} {
		before, told := resident(t)
		_, err := e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: m.Bytes(), Hooks: []abi.Hook{abi.Site}})
		if !errors.Is(err, wasm.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := resident(t); told && after-before > 8<<20 {
			t.Errorf("%s took %d MiB", name, (after-before)>>20)
		}
	}
}

// TestGrowing has a guest grow its memory as far as it goes: to its cap, at a price, and not for the next call.
func TestGrowing(t *testing.T) {
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		l := pooled(t, e, guesttest.Mini{Site: growAll}, guest.Limits{MemoryPages: 1000})
		before, told := resident(t)
		for range 3 {
			_, u, err := call(l, rows(1))
			if err != nil {
				t.Fatal(err)
			}
			if least := int64(900 * 8192); u.Fuel < least {
				t.Errorf("it cost %d, less than %d", u.Fuel, least)
			}
		}
		if after, _ := resident(t); told && after-before > 72<<20 {
			t.Errorf("%d MiB are left of it", (after-before)>>20)
		}
		if s := l.Stats(); s.Made != 3 || s.Dropped != 3 {
			t.Errorf("%+v: an instance that grew is used again", s)
		}
	})
	l := pooled(t, enginetest.New(t, false), guesttest.Mini{Site: growAll}, guest.Limits{MemoryPages: 1000, Fuel: 1_000_000})
	_, _, err := call(l, rows(1))
	wantError(t, err, "plugin T-1: bailiwick_site: the guest ran out of fuel: it had 1030000, by limits.fuel 1000000 and limits.fuelPerRow 30000 (rows: 1); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow")
}

// TestNoMemory has guests trap for want of memory, and one that has plenty: the error says how much there was.
func TestNoMemory(t *testing.T) {
	e := enginetest.New(t, false)
	limits := guest.Limits{MemoryPages: 1000}
	for _, c := range []struct {
		name string
		mini guesttest.Mini
		want string
	}{
		{"in a call", guesttest.Mini{Site: Cat(growAll, guesttest.Trap)}, "plugin T-1: bailiwick_site: the guest trapped: unreachable, in $2; it had 1000 pages of memory, and limits.memoryPages is 1000"},
		{"half of it is left", guesttest.Mini{Pages: 496, Site: guesttest.Trap}, "plugin T-1: bailiwick_site: the guest trapped: unreachable, in $2"},
		{"less than half is left", guesttest.Mini{Pages: 497, Site: guesttest.Trap}, "plugin T-1: bailiwick_site: the guest trapped: unreachable, in $2; it had 501 pages of memory, and limits.memoryPages is 1000"},
	} {
		_, _, err := call(pooled(t, e, c.mini, limits), rows(1))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
	for pages, want := range map[uint64]string{
		997: "plugin T-1: bailiwick_reserve: guest's memory is over its cap: it has 63808 KiB, the snapshot and the call take 256 KiB more, and it may have 64000 KiB; raise limits.memoryPages",
		996: "plugin T-1: bailiwick_reserve: the guest trapped: unreachable, in $1; it had 996 pages of memory, and limits.memoryPages is 1000",
	} {
		m := guesttest.Mini{Pages: pages, Reserve: guesttest.Trap}
		_, err := load(t, e, guest.Spec{Binary: m.Bytes(), Limits: limits}).Bind(context.Background(), snapshot(t, someSnapshot), nil, guest.PoolOptions{})
		wantError(t, err, want)
	}
}

// TestMostFuel gives a call no more than the most there is, whatever its limits come to.
func TestMostFuel(t *testing.T) {
	// 100 times it asks for 65535 pages, which is paid for before it is refused
	greedy := guesttest.Mini{Site: Cat(guesttest.I32(100), []byte{0x21, 1, 0x03, 0x40}, guesttest.I32(65535), []byte{0x40, 0, 0x1a, 0x20, 1},
		guesttest.I32(1), []byte{0x6b, 0x22, 1, 0x0d, 0}, guesttest.End)}
	for _, limits := range []guest.Limits{{Fuel: 1 << 62}, {Fuel: 1 << 62, FuelPerRow: 1 << 62}, {Fuel: 1, FuelPerRow: 1 << 62}} {
		_, _, err := call(pooled(t, enginetest.New(t, false), greedy, limits), rows(3))
		wantError(t, err, "plugin T-1: bailiwick_site: the guest ran out of fuel: it had 30000000000, the most that a call has; let it do less, or ask it about fewer at once")
	}
}

// TestDeep has guests call themselves without end, many at once.
func TestDeep(t *testing.T) {
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		var self uint32
		l := pooled(t, e, guesttest.Mini{
			More: func(m *Module) {
				self = m.Next()
				m.Func(Sig(nil, nil), nil, Cat([]byte{0x10}, U(uint64(self)), guesttest.End)...)
			},
			Site: []byte{0x10, 0},
		}, guest.Limits{})
		before, told := resident(t)
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				if _, _, err := call(l, rows(1)); !errors.Is(err, meter.ErrDepth) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if after, _ := resident(t); told && after-before > 128<<20 {
			t.Errorf("%d MiB", (after-before)>>20)
		}
	})
}

// TestTrapStorm has a guest trap a hundred thousand times: nearly always it is not even asked, and nothing is left behind.
func TestTrapStorm(t *testing.T) {
	l := pooled(t, enginetest.New(t, false), guesttest.Mini{Site: guesttest.Trap}, guest.Limits{})
	goroutines := runtime.NumGoroutine()
	c := rows(1)
	again := 0
	for range 100_000 {
		switch _, _, err := call(l, c); {
		case errors.Is(err, guest.ErrRepeated):
			again++
		case err == nil:
			t.Fatal("it answered")
		}
	}
	if s := l.Stats(); again != 99_000 || s.Made != 1000 || s.Dropped != s.Made {
		t.Errorf("not asked %d times; %+v", again, s)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, and there were %d", n, goroutines)
	}
}

// TestUngranted refuses what is imported and not granted, naming it, and what nobody offers.
func TestUngranted(t *testing.T) {
	e := enginetest.New(t, false)
	importing := func(module, name string) []byte {
		return guesttest.Mini{More: func(m *Module) { m.ImportFunc(module, name, Sig(Types(wasm.I32, wasm.I32), nil)) }}.Bytes()
	}
	for _, c := range []struct{ module, name string }{{"bailiwick", "log"}, {"env", "socket"}, {"bailiwick", "fetch"}} {
		_, err := e.Load(context.Background(), guest.Spec{ID: "T-1", Binary: importing(c.module, c.name), Hooks: []abi.Hook{abi.Site}})
		if !errors.Is(err, wasm.ErrImport) || !strings.Contains(err.Error(), strconv.Quote(c.module)+"."+strconv.Quote(c.name)) {
			t.Errorf("%v", err)
		}
	}
	granted, err := offer.Grant("log")
	if err != nil {
		t.Fatal(err)
	}
	load(t, e, guest.Spec{Binary: importing("bailiwick", "log"), Grants: granted})
}

// TestCanary leaves a mark all over one guest's memory, and finds it in no other's.
func TestCanary(t *testing.T) {
	e := enginetest.New(t, false)
	const mark = 0x5a
	// fill everything from the second page on, the snapshot and the call's own area included
	marking := guesttest.Mini{Pages: 40, Site: Cat(guesttest.I32(65536), guesttest.I32(mark), []byte{0x3f, 0}, guesttest.I32(1), []byte{0x6b}, guesttest.I32(16), []byte{0x74, 0xfc, 0x0b, 0})}
	// trap if the mark is at the snapshot, at page 20, or 8 bytes behind the block
	looking := guesttest.Mini{Pages: 40, Site: Cat(
		guesttest.Field(guesttest.AtSnapshot), []byte{0x2d, 0, 0}, guesttest.I32(mark), []byte{0x46, 0x04, 0x40}, guesttest.Trap, guesttest.End,
		guesttest.I32(20*65536), []byte{0x2d, 0, 0}, []byte{0x04, 0x40}, guesttest.Trap, guesttest.End,
		guesttest.Block, []byte{0x2d, 0, 120}, []byte{0x04, 0x40}, guesttest.Trap, guesttest.End,
	)}
	shared := snapshot(t, someSnapshot)
	one := bind(t, load(t, e, guest.Spec{Binary: marking.Bytes()}), shared, guest.PoolOptions{})
	for range 20 {
		_, _, err := call(one, rows(1)) // it wrote over its own answer
		if !errors.Is(err, abi.ErrAnswer) {
			t.Fatal(err)
		}
		other := bind(t, load(t, e, guest.Spec{Binary: looking.Bytes()}), shared, guest.PoolOptions{})
		for range 3 {
			if _, _, err := call(other, rows(1)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestCancelled gives up waiting for a turn when the caller does.
func TestCancelled(t *testing.T) {
	l := bind(t, load(t, enginetest.New(t, false), guest.Spec{Binary: guesttest.Mini{Site: forever}.Bytes(), Limits: guest.Limits{Fuel: 300_000_000}}),
		snapshot(t, someSnapshot), guest.PoolOptions{Most: 1})
	var wg sync.WaitGroup
	started := make(chan struct{})
	wg.Go(func() {
		close(started)
		_, _, _ = call(l, rows(1))
	})
	<-started
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	var err error
	for err == nil || errors.Is(err, meter.ErrFuel) { // until it finds the only turn taken, or the time is over
		_, err = l.Call(ctx, abi.Site, offer.Decision{}, rows(1), new(abi.Answer))
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	wg.Wait()
}
