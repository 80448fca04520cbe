package memory

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// segment is a run of a guest's own memory, which its snapshot is no part of.
type segment struct {
	extent
	saved uint64 // bytes at its start that are kept; the others are zero
	from  uint64 // where they are in the state's content
}

// state is what a memory looked like when it was sealed. It does not change.
type state struct {
	size     uint64 // of the memory
	segments [2]segment
	content  frozen
	bytes    []byte // the content
	mapped   bool   // it is laid over the memories; else it is copied into them
	holders  atomic.Int32
}

// release is called by each holder once: the last closes the content.
func (st *state) release() error {
	if st.holders.Add(-1) > 0 {
		return nil
	}
	return st.content.close()
}

// States keeps what the instances of one module look like once they are initialised, so that those that are equal
// share it. The zero value is ready. It is safe for concurrent use.
type States struct {
	mu     sync.Mutex
	kept   []*state
	closed bool
}

// Len is how many different states are kept.
func (s *States) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept)
}

// Close gives the states back. Memories that were sealed stay so. Closing twice is closing once.
func (s *States) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, k := range s.kept {
		err = errors.Join(err, k.release())
	}
	s.kept, s.closed = nil, true
	return err
}

// Seal notes what the memory holds, the snapshot's room left out: the state that [Memory.Restore] brings back. It
// is called once, after initialisation. States are the module's. The error is [ErrOrder], [ErrClosed] or the
// system's; after the system's the memory must be freed.
func (m *Memory) Seal(states *States) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.back == nil:
		return outOfOrder("a memory is sealed that was freed")
	case m.state != nil:
		return outOfOrder("a memory is sealed twice")
	}
	states.mu.Lock()
	defer states.mu.Unlock()
	if states.closed {
		return fmt.Errorf("states of a module: %w", ErrClosed)
	}
	st := m.find(states.kept)
	if st == nil {
		var err error
		if st, err = m.save(); err != nil {
			return fmt.Errorf("save the state after initialisation: %w", err)
		}
		if len(states.kept) < maxStates {
			st.holders.Add(1)
			states.kept = append(states.kept, st)
		}
	}
	st.holders.Add(1)
	m.state = st
	if err := m.adopt(st); err != nil {
		return fmt.Errorf("map the state after initialisation: %w", err)
	}
	return nil
}

// own is the memory without the snapshot's room, in whole pages that are used and others.
func (m *Memory) own() [2]segment {
	size := uint64(len(m.mem))
	s := [2]segment{{extent: extent{0, size}}}
	if !m.room.empty() {
		s[0].end = m.room.start
		s[1].extent = extent{m.room.end, size}
	}
	for i := range s {
		s[i].saved = padded(uint64(used(m.mem[s[i].start:s[i].end])))
	}
	s[1].from = s[0].saved
	return s
}

// find gives the state that the memory equals, or nil.
func (m *Memory) find(states []*state) *state {
	segments := m.own()
	for _, st := range states {
		if st.size != uint64(len(m.mem)) || st.segments != segments {
			continue
		}
		equal := true
		for _, s := range segments {
			equal = equal && string(m.mem[s.start:s.start+s.saved]) == string(st.of(s))
		}
		if equal {
			return st
		}
	}
	return nil
}

// of is what is saved of a segment.
func (st *state) of(s segment) []byte { return st.bytes[s.from : s.from+s.saved] }

// save makes the state that the memory is in.
func (m *Memory) save() (*state, error) {
	st := &state{size: uint64(len(m.mem)), segments: m.own()}
	a, b := st.segments[0], st.segments[1]
	n := a.saved + b.saved
	sys := m.sys
	if over := sys.mapsOver(); over < 0 || n <= uint64(over) {
		sys = copied{}
	} else {
		st.mapped = true
	}
	var err error
	st.content, err = sys.freeze(n, m.mem[a.start:a.start+a.saved], m.mem[b.start:b.start+b.saved])
	if err != nil {
		return nil, err
	}
	if st.bytes, err = st.content.bytes(); err != nil {
		return nil, errors.Join(err, st.content.close())
	}
	return st, nil
}

// adopt lays a state over the memory that equals it, if that is how it is restored.
func (m *Memory) adopt(st *state) error {
	for _, s := range st.segments {
		if !st.mapped || s.saved == 0 {
			continue
		}
		if err := m.back.overlay(s.start, st.content, s.from, s.saved); err != nil {
			return err
		}
	}
	return nil
}

// Restore brings the memory back to what it was when it was sealed, the snapshot included, whatever the guest wrote
// since. It allocates nothing. The error is [ErrGrew] if the guest's memory grew, which leaves it as it is,
// [ErrOrder] or the system's: after any, the instance is to be replaced.
func (m *Memory) Restore() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.back == nil:
		return errRestoreFreed
	case m.state == nil:
		return errRestoreUnsealed
	case uint64(len(m.mem)) != m.state.size:
		return ErrGrew
	}
	for _, s := range m.state.segments {
		saved, rest := extent{s.start, s.start + s.saved}, extent{s.start + s.saved, s.end}
		if !m.state.mapped {
			rewrite(m.mem[saved.start:saved.end], m.state.of(s))
		} else if !saved.empty() {
			if err := m.back.rewind(saved, m.state.of(s)); err != nil {
				return fmt.Errorf("restore memory: %w", err)
			}
		}
		if !rest.empty() {
			if err := m.back.rewind(rest, nil); err != nil {
				return fmt.Errorf("restore memory: %w", err)
			}
		}
	}
	if !m.room.empty() {
		if err := m.back.drop(m.room); err != nil {
			return fmt.Errorf("restore the snapshot: %w", err)
		}
	}
	return nil
}

var (
	errRestoreFreed    = outOfOrder("a memory is restored that was freed")
	errRestoreUnsealed = outOfOrder("a memory is restored that was not sealed")
)
