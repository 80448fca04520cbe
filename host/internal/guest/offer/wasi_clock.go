package offer

import "math"

// The clocks that guests may ask for. Those of a processor's time are no part of WASI any more.
const (
	realtime  = 0
	monotonic = 1
)

// clock is what a clock shows, in nanoseconds.
func (i *Instance) clock(id uint64) (now uint64, ok bool) {
	switch id {
	case realtime:
		return i.time, true
	case monotonic:
		return i.monotonic, true
	}
	return 0, false
}

// clockResolution says that clocks tell nanoseconds.
func clockResolution(i *Instance, p []uint64) errno {
	m, ptr := i.bytes(), low(p[1])
	if _, ok := i.clock(low(p[0])); !ok {
		return eINVAL
	}
	if !m.has(ptr, 8) {
		return eFAULT
	}
	m.put64(ptr, 1)
	return success
}

// clockTime tells the decision time, or how long the guest has slept.
func clockTime(i *Instance, p []uint64) errno {
	m, ptr := i.bytes(), low(p[2])
	now, ok := i.clock(low(p[0]))
	if !ok {
		return eINVAL
	}
	if !m.has(ptr, 8) {
		return eFAULT
	}
	m.put64(ptr, now)
	return success
}

// A subscription is what a guest waits for, and an event what happened.
const (
	subscriptionSize = 48 // user's word in 0, kind in 8; clock's id in 16, time in 24, flags in 40; or descriptor in 16
	eventSize        = 32 // user's word in 0, fault in 8, kind in 10; of a descriptor nothing else

	kindClock = 0
	kindRead  = 1
	kindWrite = 2

	absoluteTime = 1 // flag: the time is one that the clock shows, not one that passes
)

// poll waits for events, and takes no time. If a descriptor is among them, it is ready at once. If only clocks are,
// the monotonic clock moves on by the shortest time to wait, and the clocks of that time have rung. So whoever sleeps
// finds that time has passed; the wall clock still shows the decision time.
func poll(i *Instance, p []uint64) errno {
	m, in, out, n, result := i.bytes(), low(p[0]), low(p[1]), low(p[2]), low(p[3])
	if n == 0 || n > mostSubscriptions {
		return eINVAL
	}
	i.pay(costSubscription * n)
	if !m.has(in, subscriptionSize*n) || !m.has(out, eventSize*n) || !m.has(result, 4) {
		return eFAULT
	}
	shortest := uint64(math.MaxUint64)
	for k := range n {
		s := in + subscriptionSize*k
		if m[s+8] > kindWrite {
			return eINVAL
		}
		wait, _ := i.wait(m, s)
		shortest = min(shortest, wait)
	}
	// If the events lie upon the subscriptions, these change while they are read, on every machine alike.
	events := uint64(0)
	for k := range n {
		s := in + subscriptionSize*k
		wait, fault := i.wait(m, s)
		if wait > shortest {
			continue
		}
		user, kind := m.get64(s), m[s+8]
		e := m.at(out+eventSize*events, eventSize)
		clear(e)
		memory(e).put64(0, user)
		e[8], e[10] = byte(fault), kind
		events++
	}
	i.monotonic = later(i.monotonic, shortest)
	m.put32(result, uint32(events))
	return success
}

// wait is how long a subscription waits, in nanoseconds, and the fault of one that cannot be waited for.
func (i *Instance) wait(m memory, s uint64) (uint64, errno) {
	id := m.get32(s + 16)
	switch m[s+8] {
	case kindClock:
		now, ok := i.clock(id)
		if !ok {
			return 0, eINVAL
		}
		t := m.get64(s + 24)
		if m.get16(s+40)&absoluteTime == 0 {
			return t, success
		}
		return t - min(t, now), success
	case kindRead:
		if id == stdin {
			return 0, success
		}
	case kindWrite:
		if id == stdout || id == stderr {
			return 0, success
		}
	}
	return 0, eBADF
}

// later is a clock moved on, as far as it goes: guests keep clocks in 63 bits.
func later(clock, by uint64) uint64 {
	return clock + min(by, math.MaxInt64-clock)
}
