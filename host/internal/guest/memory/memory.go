package memory

import (
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero/experimental"
)

// Memory is the linear memory of one instance, and the engine's allocator of it. It goes to one instantiation:
//
//	mod, err := runtime.InstantiateModule(experimental.WithMemoryAllocator(ctx, m), compiled, config)
//
// Its methods may be called by several goroutines, but not while the guest runs, except those the engine calls.
type Memory struct {
	least, most uint64 // bytes

	mu     sync.Mutex
	sys    system
	back   backing // nil once it is freed
	handed bool    // the engine has it
	mem    []byte
	room   extent // of the snapshot; empty without one
	state  *state // nil until it is sealed
}

var (
	_ experimental.MemoryAllocator = (*Memory)(nil)
	_ experimental.LinearMemory    = (*Memory)(nil)
)

// New makes a memory of at least least pages, the minimum the module declares, which can grow to most, the
// cap. It must be freed. The error is [ErrPages] if least is over most or most over [MaxPages], or the system's.
func New(least, most uint32) (*Memory, error) { return newMemory(native, least, most) }

func newMemory(sys system, least, most uint32) (*Memory, error) {
	if most > MaxPages {
		return nil, fmt.Errorf("%w: a cap of %d pages, at most %d are allowed", ErrPages, most, MaxPages)
	}
	if least > most {
		return nil, fmt.Errorf("%w: the module declares %d pages, at most %d are allowed; make the guest smaller or raise the cap", ErrPages, least, most)
	}
	m := &Memory{least: uint64(least) * PageSize, most: uint64(most) * PageSize, sys: sys}
	back, err := sys.reserve(m.most)
	if err != nil {
		return nil, err
	}
	// What the module needs to begin with is taken now: the engine has no way to be told that it is not there.
	if m.mem, err = back.grow(m.least); err != nil {
		_ = back.free() // what made growing fail is what to tell
		return nil, err
	}
	m.back = back
	return m, nil
}

// Allocate is called by the engine, once. A second memory is none: the engine takes it only if it is empty, and
// panics otherwise, which scanning for modules of more than one memory rules out.
func (m *Memory) Allocate(_, _ uint64) experimental.LinearMemory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.handed {
		return none{}
	}
	m.handed = true
	return m
}

// Reallocate is called by the engine: first for the minimum the module declares, then whenever the guest grows
// its memory. Beyond the cap, or if the system has no more, it gives nil, and memory.grow gives -1.
func (m *Memory) Reallocate(size uint64) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.back == nil || size > m.most || size < uint64(len(m.mem)) {
		return nil
	}
	mem, err := m.back.grow(size)
	if err != nil {
		return nil
	}
	m.mem = mem
	return mem
}

// Free gives the memory back: the engine calls it when the instance closes, and whoever made the memory calls it
// if there is no instance. The second time it does nothing. Nobody may touch the guest's memory afterwards, the
// engine's view of it included.
func (m *Memory) Free() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.back == nil {
		return
	}
	// It can fail only for addresses that are not ours.
	_ = m.back.free()
	if m.state != nil {
		_ = m.state.release() // nor this, but for files that are not ours
	}
	m.back, m.mem, m.state = nil, nil, nil
}

// Bytes is the memory as it is now; nil once it is freed. It is good until the guest grows.
func (m *Memory) Bytes() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mem
}

// Place puts a snapshot at an offset that the guest's reserve function returned for [Snapshot.Room] bytes. What
// the guest writes there reaches neither the snapshot nor another guest. The offset is not trusted: the error is a
// [*PlaceError] if the room is not there, not the guest's to give, or in use; else [ErrOrder], [ErrClosed] or the
// system's. After an error the memory is as it was.
func (m *Memory) Place(s *Snapshot, offset uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.back == nil:
		return outOfOrder("a snapshot is placed in a memory that was freed")
	case m.state != nil:
		return outOfOrder("a snapshot is placed after the memory was sealed")
	case !m.room.empty():
		return outOfOrder("a second snapshot is placed")
	}
	n, at, size := s.Room(), uint64(offset), uint64(len(m.mem))
	wrong := func(what string) error {
		return &PlaceError{Offset: offset, Room: n, Memory: size, What: what}
	}
	if at == 0 {
		return wrong("offset 0 says that there is no room; let the guest have more memory")
	}
	if at%PageSize != 0 {
		return wrong(fmt.Sprintf("the offset is no multiple of %d", PageSize))
	}
	if at > size || n > size-at {
		return wrong("the room ends beyond the memory; the reserve function must grow it first")
	}
	// Room that was just grown is zero. What is not zero is something of the guest's own.
	if i := firstSet(m.mem[at : at+n]); i >= 0 {
		return wrong(fmt.Sprintf("byte %d is not zero; the reserve function must return memory that nothing uses", at+uint64(i)))
	}
	if err := s.lay(m.back, at); err != nil {
		return fmt.Errorf("place snapshot: %w", err)
	}
	m.room = extent{at, at + n}
	return nil
}

// none is the memory of whoever may have none.
type none struct{}

func (none) Reallocate(uint64) []byte { return nil }

func (none) Free() {}
