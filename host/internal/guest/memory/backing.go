package memory

// system is a way to hold memory. There are two, mapped and copied; native is the one of this machine.
type system interface {
	// reserve prepares memory that can grow to most bytes.
	reserve(most uint64) (backing, error)

	// freeze keeps content where nobody can change it, padded with zeros to size bytes.
	freeze(size uint64, content ...[]byte) (frozen, error)

	// mapsOver is the number of saved bytes from which a state is frozen and mapped; below, and for ever if it
	// is negative, it is copied back.
	mapsOver() int
}

// backing is what one memory consists of.
type backing interface {
	// grow gives the memory at its new size. Bytes that are new are zero. It never shrinks.
	grow(size uint64) ([]byte, error)

	// overlay puts n bytes of f, from byte from of it, at byte at, so that writing to them reaches no one else.
	overlay(at uint64, f frozen, from, n uint64) error

	// drop brings bytes back to what was laid over all of them.
	drop(e extent) error

	// rewind brings bytes back to content, which was laid over all of them, or to zeros if content is nil and
	// nothing was ever there.
	rewind(e extent, content []byte) error

	// free gives everything back.
	free() error
}

// frozen is content that does not change. Its owner sees to it that it is not used once it is closed, and that its
// methods are called one at a time.
type frozen interface {
	// bytes is the content, until it is closed. Nobody may write to it.
	bytes() ([]byte, error)

	// close gives it back, once. What was laid over memory stays there.
	close() error
}

// extent is a run of bytes of a memory.
type extent struct{ start, end uint64 }

func (e extent) empty() bool { return e.start == e.end }

// padded is n bytes as whole pages.
func padded(n uint64) uint64 { return (n + PageSize - 1) / PageSize * PageSize }

// rewrite makes the bytes of to those of from, writing only where they differ.
func rewrite(to, from []byte) {
	for len(from) > chunk {
		if string(to[:chunk]) != string(from[:chunk]) {
			copy(to[:chunk], from)
		}
		to, from = to[chunk:], from[chunk:]
	}
	if string(to[:len(from)]) != string(from) {
		copy(to, from)
	}
}

var zeros [chunk]byte

// wipe makes bytes zero, writing only where they are not.
func wipe(b []byte) {
	for len(b) > 0 {
		n := min(chunk, len(b))
		if string(b[:n]) != string(zeros[:n]) {
			clear(b[:n])
		}
		b = b[n:]
	}
}

// firstSet is the first byte that is not zero, or -1.
func firstSet(b []byte) int {
	for at := 0; at < len(b); at += chunk {
		part := b[at:min(at+chunk, len(b))]
		if string(part) == string(zeros[:len(part)]) {
			continue
		}
		for i, v := range part {
			if v != 0 {
				return at + i
			}
		}
	}
	return -1
}

// used is the number of bytes up to the last that is not zero.
func used(b []byte) int {
	for len(b) > 0 {
		n := (len(b)-1)%chunk + 1
		part := b[len(b)-n:]
		if string(part) != string(zeros[:n]) {
			for i := n - 1; ; i-- {
				if part[i] != 0 {
					return len(b) - n + i + 1
				}
			}
		}
		b = b[:len(b)-n]
	}
	return 0
}
