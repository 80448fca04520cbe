package memory

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// sealed is a guest of 20 pages and one of a snapshot of two and a half pages, initialised: byte 70 000 of its own
// and a byte behind the snapshot are set, and big more bytes from byte 131 072.
func sealed(t testing.TB, sys system, st *States, s *Snapshot, big uint64) (guest, uint32) {
	t.Helper()
	r, c := compiled(t, 20)
	g := newGuest(t, sys, r, c, 64)
	at := g.place(s)
	g.call("grow", 1)
	g.call("store", 70_000, 5)
	g.call("store", uint64(at)+s.Room()+9, 6)
	g.call("fill", 2*PageSize, 0x5a, big)
	must(t, g.m.Seal(st))
	return g, at
}

func TestRestore(t *testing.T) {
	for _, big := range []uint64{0, 1, copyUpTo, copyUpTo + PageSize, copyUpToBlind + PageSize} {
		t.Run(fmt.Sprint(big), func(t *testing.T) {
			eachSystem(t, func(t *testing.T, sys system) {
				image := pattern(2*PageSize+PageSize/2, 1)
				s := snapshot(t, sys, image)
				g, at := sealed(t, sys, states(t), s, big)
				clean := string(g.m.Bytes())
				wantBytes(t, "the snapshot", g.m.Bytes()[at:int(at)+len(image)], image)

				must(t, g.m.Restore()) // of nothing
				wantBytes(t, "memory restored untouched", g.m.Bytes(), []byte(clean))
				for round := range 3 {
					// A canary on every page of the system: own memory, the snapshot, what is behind its end.
					for i := round; i < len(clean); i += 4096 {
						g.call("store", uint64(i), uint64(clean[i]^0xff))
					}
					if string(g.m.Bytes()) == clean {
						t.Fatal("writing changes nothing")
					}
					must(t, g.m.Restore())
					wantBytes(t, "memory restored", g.m.Bytes(), []byte(clean))
				}
				// Everything at once, through the engine.
				g.call("fill", 0, 0xee, uint64(len(clean)))
				must(t, g.m.Restore())
				wantBytes(t, "memory restored from one byte", g.m.Bytes(), []byte(clean))
				if got := g.call("load", 1024); got != 'd' {
					t.Errorf("the guest's data begin with %d", got)
				}
			})
		})
	}
}

func TestWritesStayTheGuestsOwn(t *testing.T) {
	for _, big := range []uint64{1, copyUpToBlind + PageSize} {
		eachSystem(t, func(t *testing.T, sys system) {
			image := pattern(3*PageSize, 2)
			given := string(image)
			s, st := snapshot(t, sys, image), states(t)
			a, at := sealed(t, sys, st, s, big)
			b, _ := sealed(t, sys, st, s, big)
			clean := string(b.m.Bytes())
			a.call("fill", uint64(at), 0xaa, uint64(len(image)))
			a.call("fill", 2*PageSize, 0xbb, big)
			wantBytes(t, "the other instance", b.m.Bytes(), []byte(clean))
			must(t, b.m.Restore())
			wantBytes(t, "the other instance, restored", b.m.Bytes(), []byte(clean))
			c, _ := sealed(t, sys, st, s, big)
			wantBytes(t, "a new instance", c.m.Bytes(), []byte(clean))
			if st.Len() != 1 {
				t.Errorf("%d states of equal instances", st.Len())
			}
			content, err := s.content.bytes()
			must(t, err)
			wantBytes(t, "the snapshot itself", content, []byte(given))
			clear(image)
			wantBytes(t, "the snapshot whose source was changed", content, []byte(given))
		})
	}
}

func TestGrewSinceSealed(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		g, _ := sealed(t, sys, states(t), snapshot(t, sys, []byte("x")), 1)
		g.call("grow", 0)
		must(t, g.m.Restore())
		g.call("grow", 1)
		for range 2 {
			err := g.m.Restore()
			wantError(t, err, "guest's memory grew since it was initialised: replace the instance")
			if !errors.Is(err, ErrGrew) {
				t.Errorf("%v is no ErrGrew", err)
			}
		}
	})
}

func TestWithoutSnapshot(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		r, c := compiled(t, 3)
		g := newGuest(t, sys, r, c, 4)
		clean := string(g.m.Bytes())
		must(t, g.m.Seal(states(t)))
		g.call("fill", 0, 1, 3*PageSize)
		must(t, g.m.Restore())
		wantBytes(t, "memory restored", g.m.Bytes(), []byte(clean))
	})
}

func TestStatesThatDiffer(t *testing.T) {
	for _, size := range []uint64{1, copyUpToBlind + PageSize} {
		eachSystem(t, func(t *testing.T, sys system) {
			r, c := compiled(t, 20)
			st := states(t)
			var guests []guest
			var clean []string
			for i := range 2 * maxStates {
				g := newGuest(t, sys, r, c, 20)
				g.call("fill", PageSize, uint64(i+1), size)
				must(t, g.m.Seal(st))
				guests, clean = append(guests, g), append(clean, string(g.m.Bytes()))
			}
			if st.Len() != maxStates {
				t.Errorf("%d states are kept, want %d", st.Len(), maxStates)
			}
			must(t, st.Close()) // memories keep what they need
			for i, g := range guests {
				g.call("fill", 0, 0xee, 20*PageSize)
				must(t, g.m.Restore())
				wantBytes(t, fmt.Sprintf("instance %d", i), g.m.Bytes(), []byte(clean[i]))
			}
		})
	}
}

func TestSnapshotOutlivesClose(t *testing.T) {
	eachSystem(t, func(t *testing.T, sys system) {
		image := pattern(PageSize, 3)
		s := snapshot(t, sys, image)
		g, at := sealed(t, sys, states(t), s, 1)
		must(t, s.Close())
		g.call("fill", uint64(at), 0xee, PageSize)
		must(t, g.m.Restore())
		wantBytes(t, "the snapshot", g.m.Bytes()[at:at+PageSize], image)
	})
}

func TestRestoreAllocatesNothing(t *testing.T) {
	for _, big := range []uint64{1, copyUpToBlind + PageSize} {
		eachSystem(t, func(t *testing.T, sys system) {
			g, at := sealed(t, sys, states(t), snapshot(t, sys, pattern(PageSize, 0)), big)
			mem := g.m.Bytes()
			n := testing.AllocsPerRun(50, func() {
				mem[0], mem[at], mem[2*PageSize], mem[len(mem)-1] = 1, 0, 0, 1
				if err := g.m.Restore(); err != nil {
					t.Error(err)
				}
			})
			if n != 0 {
				t.Errorf("Restore allocates %v times", n)
			}
		})
	}
}

func TestManyInstances(t *testing.T) {
	for _, big := range []uint64{1, copyUpToBlind + PageSize} {
		eachSystem(t, func(t *testing.T, sys system) {
			image := pattern(2*PageSize, 4)
			s, st := snapshot(t, sys, image), states(t)
			r, c := compiled(t, 20)
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					m, err := newMemory(sys, 20, 32)
					if err != nil {
						t.Error(err)
						return
					}
					defer m.Free()
					mod, err := instantiate(r, c, m)
					if err != nil {
						t.Error(err)
						return
					}
					g := guest{t, m, mod}
					call := func(name string, args ...uint64) uint32 {
						res, err := g.mod.ExportedFunction(name).Call(t.Context(), args...)
						if err != nil {
							t.Error(err)
							return 0
						}
						if len(res) == 0 {
							return 0
						}
						return uint32(res[0])
					}
					at := call("reserve", 2)
					if err := m.Place(s, at); err != nil {
						t.Error(err)
						return
					}
					call("fill", PageSize, 3, big)
					clean := string(m.Bytes())
					if err := m.Seal(st); err != nil {
						t.Error(err)
						return
					}
					for round := range 20 {
						call("fill", uint64(i)*4096, uint64(round+7), 22*PageSize-16*4096)
						call("store", uint64(at), 0)
						if err := m.Restore(); err != nil {
							t.Error(err)
						}
						if string(m.Bytes()) != clean {
							t.Errorf("instance %d, round %d: memory differs", i, round)
							return
						}
					}
				})
			}
			wg.Wait()
			if st.Len() != 1 {
				t.Errorf("%d states of equal instances", st.Len())
			}
		})
	}
}
