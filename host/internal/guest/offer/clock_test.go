package offer_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// now is what a clock of the guest shows.
func (g *guest) now(clock uint64) uint64 {
	g.tb.Helper()
	if r := g.must("clock_time_get", clock, 0, 2000); r != ok {
		g.tb.Fatalf("clock %d: %d", clock, r)
	}
	return binary.LittleEndian.Uint64(g.bytes(2000, 8))
}

// fuelOf is the fuel that a guest has left.
func fuelOf(g *guest) uint64 { return g.mod.ExportedGlobal(meter.FuelName).Get() }

// clockSub and fileSub are subscriptions.
func clockSub(user uint64, clock uint32, time uint64, flags uint16) []byte {
	b := make([]byte, 48)
	binary.LittleEndian.PutUint64(b, user)
	binary.LittleEndian.PutUint32(b[16:], clock)
	binary.LittleEndian.PutUint64(b[24:], time)
	binary.LittleEndian.PutUint16(b[40:], flags)
	return b
}

func fileSub(user uint64, kind byte, fd uint32) []byte {
	b := make([]byte, 48)
	binary.LittleEndian.PutUint64(b, user)
	b[8] = kind
	binary.LittleEndian.PutUint32(b[16:], fd)
	return b
}

// event is an event of a user's word, a fault and a kind.
func event(user uint64, fault, kind byte) []byte {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint64(b, user)
	b[8], b[10] = fault, kind
	return b
}

// TestPoll waits for everything one can wait for. Only the monotonic clock moves, and no time passes.
func TestPoll(t *testing.T) {
	const day = 86_400_000_000_000
	for _, c := range []struct {
		name   string
		subs   [][]byte
		events [][]byte
		slept  uint64
	}{
		{"a clock", [][]byte{clockSub(7, 1, day, 0)}, [][]byte{event(7, 0, 0)}, day},
		{"the wall clock", [][]byte{clockSub(7, 0, day, 0)}, [][]byte{event(7, 0, 0)}, day},
		{"until a time", [][]byte{clockSub(7, 1, 1_000_000_000+day, 1)}, [][]byte{event(7, 0, 0)}, day},
		{"until a time of the wall clock", [][]byte{clockSub(7, 0, 100+day, 1)}, [][]byte{event(7, 0, 0)}, day},
		{"until a time that has passed", [][]byte{clockSub(7, 1, 5, 1)}, [][]byte{event(7, 0, 0)}, 0},
		{"for ever", [][]byte{clockSub(7, 1, math.MaxUint64, 0)}, [][]byte{event(7, 0, 0)}, math.MaxInt64 - 1_000_000_000},
		{"two clocks", [][]byte{clockSub(7, 1, day, 0), clockSub(8, 0, 5, 0)}, [][]byte{event(8, 0, 0)}, 5},
		{"two alike", [][]byte{clockSub(7, 1, day, 0), clockSub(8, 0, day, 0)}, [][]byte{event(7, 0, 0), event(8, 0, 0)}, day},
		{"input with a timeout", [][]byte{clockSub(7, 1, day, 0), fileSub(8, 1, 0)}, [][]byte{event(8, 0, 1)}, 0},
		{"outputs", [][]byte{fileSub(7, 2, 1), fileSub(8, 2, 2)}, [][]byte{event(7, 0, 2), event(8, 0, 2)}, 0},
		{"no descriptor", [][]byte{fileSub(7, 2, 3), fileSub(8, 1, 1)}, [][]byte{event(7, badf, 2), event(8, badf, 1)}, 0},
		{"no clock", [][]byte{clockSub(7, 2, day, 0), clockSub(8, 1, day, 0)}, [][]byte{event(7, inval, 0)}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
				g := start(t, config, forwarder(0), 0, true)
				g.begin(offer.Decision{Time: 100})
				before := g.now(1)
				g.put(0, slices.Concat(c.subs...)...)
				if r := g.must("poll_oneoff", 0, 512, uint64(len(c.subs)), 1024); r != ok {
					t.Fatalf("answered %d", r)
				}
				if got := g.bytes(1024, 4); !bytes.Equal(got, le(uint32(len(c.events)))) {
					t.Errorf("events: % x", got)
				}
				want := slices.Concat(c.events...)
				if got := g.bytes(512, uint32(len(want))); !bytes.Equal(got, want) {
					t.Errorf("got  % x\nwant % x", got, want)
				}
				if got := g.now(1) - before; got != c.slept {
					t.Errorf("slept %d, want %d", got, c.slept)
				}
				if got := g.now(0); got != 100 {
					t.Errorf("the decision time is %d", got)
				}
			})
		})
	}
	t.Run("no kind", func(t *testing.T) {
		g := start(t, engines[1].config(), forwarder(0), 0, true)
		g.put(0, fileSub(7, 3, 0)...)
		if r := g.must("poll_oneoff", 0, 512, 1, 1024); r != inval {
			t.Errorf("answered %d", r)
		}
	})
}

// TestTime shows the clocks from initialisation on: the wall clock stands at the decision time, and every decision
// begins where initialisation left the monotonic one.
func TestTime(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		granted := grant(t, "time")
		g := start(t, config, forwarder(granted), granted, true)
		sleep := func(ns uint64) {
			g.put(0, clockSub(0, 1, ns, 0)...)
			g.must("poll_oneoff", 0, 512, 1, 1024)
		}
		shows := func(wall, monotonic uint64) {
			t.Helper()
			if a, b, c := g.now(0), g.must("time"), g.now(1); a != wall || b != wall || c != monotonic {
				t.Errorf("%d %d %d, want %d twice and %d", a, b, c, wall, monotonic)
			}
		}
		shows(offer.InitialTime, 1_000_000_000)
		sleep(50)
		shows(offer.InitialTime, 1_000_000_050)
		for _, d := range []int64{5, 0, math.MaxInt64} {
			g.begin(offer.Decision{Time: d})
			shows(uint64(d), 1_000_000_050)
			sleep(7)
			shows(uint64(d), 1_000_000_057)
		}
		err := g.Begin(offer.Decision{Time: math.MinInt64})
		fails(t, err, "no decision that a guest can be told of: the decision time is 9223372036854775808 ns before 1970; give a later one", offer.ErrDecision)
		shows(math.MaxInt64, 1_000_000_057) // nothing was begun
		if errors.Is(err, offer.ErrReentered) {
			t.Error(err)
		}
	})
}
