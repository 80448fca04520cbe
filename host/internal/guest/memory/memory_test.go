package memory

import (
	"errors"
	"testing"
)

const minusOne = 1<<32 - 1

func TestGrowth(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 2)
		g := newGuest(t, sys, r, c, 8)
		g.call("store", 2*PageSize-1, 7)
		if got := g.call("grow", 0); got != 2 {
			t.Errorf("a guest of 2 pages has %d", got)
		}
		for want := uint32(2); want < 8; want++ {
			if got := g.call("grow", 1); got != want {
				t.Errorf("growing a memory of %d pages gives %d", want, got)
			}
			if got := g.call("load", uint64(want+1)*PageSize-1); got != 0 {
				t.Errorf("a new page reads %d", got)
			}
			g.call("store", uint64(want+1)*PageSize-1, uint64(want))
		}
		for _, n := range []uint64{1, 2, 1000, MaxPages - 8, MaxPages, minusOne} {
			if got := g.call("grow", n); got != minusOne {
				t.Errorf("growing by %d pages beyond the cap gives %d", n, got)
			}
		}
		if got := g.call("grow", 0); got != 8 {
			t.Errorf("a guest of 8 pages has %d", got)
		}
		if got := g.call("load", 2*PageSize-1); got != 7 {
			t.Errorf("after growing, a byte of 7 reads %d", got)
		}
		if got := g.traps("load", 8*PageSize); got == "" {
			t.Error("reading beyond the memory does not trap")
		}
		if n := len(g.m.Bytes()); n != 8*PageSize {
			t.Errorf("the host sees %d bytes", n)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		_, err := newMemory(sys, 9, 8)
		wantError(t, err, "guest's memory is over its cap: the module declares 9 pages, at most 8 are allowed; make the guest smaller or raise the cap")
		_, err = newMemory(sys, 0, MaxPages+1)
		wantError(t, err, "guest's memory is over its cap: a cap of 65536 pages, at most 65535 are allowed")
		if !errors.Is(err, ErrPages) {
			t.Errorf("%v is no ErrPages", err)
		}
	})
}

func TestEmptyMemory(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 0)
		m, err := newMemory(sys, 0, 0)
		must(t, err)
		must(t, m.Seal(states(t)))
		must(t, m.Restore())
		m.Free()

		// Its data do not fit, so there is no instance, and what was handed out is still the caller's to free.
		m, err = newMemory(sys, 0, 1)
		must(t, err)
		_, err = instantiate(r, c, m)
		wantError(t, err, "data[0]: out of bounds memory access")
		m.Free()
		if m.Bytes() != nil {
			t.Error("a freed memory has bytes")
		}
	})
}

func TestFreeIsOnce(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 1)
		g := newGuest(t, sys, r, c, 4)
		must(t, g.m.Seal(states(t)))
		must(t, g.mod.Close(t.Context()))
		if g.m.back != nil {
			t.Fatal("closing the instance does not free its memory")
		}
		g.m.Free()
		g.m.Free()
		if g.m.Reallocate(PageSize) != nil {
			t.Error("a freed memory grows")
		}
		wantError(t, g.m.Restore(), "guest's memory is used out of order: a memory is restored that was freed")
		wantError(t, g.m.Seal(states(t)), "guest's memory is used out of order: a memory is sealed that was freed")
		wantError(t, g.m.Place(snapshot(t, sys, []byte("x")), PageSize), "guest's memory is used out of order: a snapshot is placed in a memory that was freed")
	})
}

func TestOneInstanceOnly(t *testing.T) {
	m, err := New(1, 2)
	must(t, err)
	defer m.Free()
	if m.Allocate(0, 0) != m {
		t.Error("a memory does not allocate itself")
	}
	second := m.Allocate(0, 0)
	if second.Reallocate(PageSize) != nil {
		t.Error("a second instance gets memory")
	}
	second.Free()
	if len(m.Bytes()) != PageSize {
		t.Error("freeing the second frees the first")
	}
	if m.Reallocate(0) != nil {
		t.Error("memory shrinks")
	}
}

func TestSnapshotSizes(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		_, err := newSnapshot(sys, nil)
		wantError(t, err, "snapshot does not fit a guest's memory: it has 0 bytes, from 1 to 4294836224 are allowed")
		if !errors.Is(err, ErrSize) {
			t.Errorf("%v is no ErrSize", err)
		}
		for _, c := range []struct{ size, room uint64 }{{1, PageSize}, {PageSize, PageSize}, {PageSize + 1, 2 * PageSize}} {
			s := snapshot(t, sys, make([]byte, c.size))
			if s.Size() != c.size || s.Room() != c.room {
				t.Errorf("%d bytes: size %d, room %d, want %d", c.size, s.Size(), s.Room(), c.room)
			}
		}
	})
}

// TestHostileOffsets places a snapshot of two pages in a guest of 8 that has data at byte 1024 and one set byte in
// page 5.
func TestHostileOffsets(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 8)
		g := newGuest(t, sys, r, c, 16)
		g.call("store", 5*PageSize+17, 1)
		image := pattern(PageSize+1, 0)
		s := snapshot(t, sys, image)
		before := string(g.m.Bytes())
		const prefix = "snapshot cannot be placed where the guest reserved room: offset "
		const behind = ", 131072 bytes, in a memory of 524288 bytes: "
		for _, c := range []struct {
			name   string
			offset uint32
			want   string
		}{
			{"null", 0, "0" + behind + "offset 0 says that there is no room; let the guest have more memory"},
			{"one", 1, "1" + behind + "the offset is no multiple of 65536"},
			{"a small page", 4096, "4096" + behind + "the offset is no multiple of 65536"},
			{"half in", 7 * PageSize, "458752" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"at the end", 8 * PageSize, "524288" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"beyond the end", 9 * PageSize, "589824" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"in the reservation", 10 * PageSize, "655360" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"half of all", 1 << 31, "2147483648" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"the sum wraps", minusOne &^ (PageSize - 1), "4294901760" + behind + "the room ends beyond the memory; the reserve function must grow it first"},
			{"minus one", minusOne, "4294967295" + behind + "the offset is no multiple of 65536"},
			{"its first page is used", 5 * PageSize, "327680" + behind + "byte 327697 is not zero; the reserve function must return memory that nothing uses"},
			{"its last page is used", 4 * PageSize, "262144" + behind + "byte 327697 is not zero; the reserve function must return memory that nothing uses"},
		} {
			t.Run(c.name, func(t *testing.T) {
				err := g.m.Place(s, c.offset)
				wantError(t, err, prefix+c.want)
				if !errors.Is(err, ErrPlace) {
					t.Errorf("%v is no ErrPlace", err)
				}
			})
		}
		wantBytes(t, "memory after refusals", g.m.Bytes(), []byte(before))

		must(t, g.m.Place(s, 6*PageSize))
		wantBytes(t, "the snapshot", g.m.Bytes()[6*PageSize:6*PageSize+len(image)], image)
		if i := firstSet(g.m.Bytes()[6*PageSize+len(image):]); i >= 0 {
			t.Errorf("byte %d behind the snapshot is set", i)
		}
		wantError(t, g.m.Place(s, 2*PageSize), "guest's memory is used out of order: a second snapshot is placed")

		// A guest that cannot reserve passes on what memory.grow gave it.
		g = newGuest(t, sys, r, c, 8)
		if at := g.call("reserve", 2); at != minusOne&^(PageSize-1) {
			t.Errorf("growing beyond the cap gives room at %d", at)
		}
	})
}

func TestPlaceOutOfOrder(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 4)
		g := newGuest(t, sys, r, c, 4)
		s := snapshot(t, sys, []byte("x"))
		wantError(t, g.m.Restore(), "guest's memory is used out of order: a memory is restored that was not sealed")
		st := states(t)
		must(t, g.m.Seal(st))
		wantError(t, g.m.Seal(st), "guest's memory is used out of order: a memory is sealed twice")
		wantError(t, g.m.Place(s, PageSize), "guest's memory is used out of order: a snapshot is placed after the memory was sealed")
		must(t, st.Close())
		must(t, st.Close())
		g = newGuest(t, sys, r, c, 4)
		wantError(t, g.m.Seal(st), "states of a module: already closed")
		must(t, s.Close())
		must(t, s.Close())
		err := g.m.Place(s, PageSize)
		wantError(t, err, "place snapshot: already closed")
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%v is no ErrClosed", err)
		}
	})
}
