package offer

// Limits is how much a guest may leave in its log in one decision. The zero value keeps nothing and counts all.
type Limits struct {
	Lines     int // messages that are kept
	LineBytes int // bytes of one message as it is kept, escaped
}

// Defaults are limits that suit people who read logs: some 100 KiB a call.
func Defaults() Limits { return Limits{Lines: 100, LineBytes: 1024} }

// within is the limits with what no limit can be: less than nothing, and more than a host would want to keep.
func (l Limits) within() Limits {
	return Limits{Lines: min(max(l.Lines, 0), 1<<16), LineBytes: min(max(l.LineBytes, 0), 1<<16)}
}

// Caps on what one call of a WASI function looks at. All are far above what toolchains use.
const (
	// mostVectors is how many buffers one read or write may name: IOV_MAX of Linux.
	mostVectors = 1024

	// mostWritten is how many bytes one write takes; it says that it took no more, and libraries write the rest
	// then. It is what a pipe of Linux takes.
	mostWritten = 64 << 10

	// maxMessage is how many bytes of a message of a policy's are looked at, if it has no end before.
	maxMessage = 1024

	// mostSubscriptions is how many events one poll may wait for. Libraries wait for a clock and a few descriptors.
	mostSubscriptions = 1024
)

// Fuel is taken in the units of package meter, about a cycle each. The call instruction has been paid already.
const (
	// costHost is a host call's: leaving compiled code and coming back, as it is for growing memory.
	costHost = 256
	// costVector is a buffer's that is looked up.
	costVector = 8
	// costSubscription is an event's that is waited for.
	costSubscription = 32
	// costRandom is a random byte's.
	costRandom = 1
	// costLogged is a byte's that is looked at for the log.
	costLogged = 8
	// costLine is a message's that is kept.
	costLine = 256
)
