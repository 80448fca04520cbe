package memory

const (
	// PageSize is the unit of a guest's memory in bytes. A page of every system this runs on divides it.
	PageSize = 64 << 10

	// MaxPages is the most a memory may have: one page less than the 4 GiB of 32-bit addresses, because the
	// engine keeps the size in 32 bits, in which 4 GiB is none.
	MaxPages = 1<<16 - 1

	// MaxSnapshot is the most bytes of a snapshot that can be placed: one page is left to the guest.
	MaxSnapshot = (MaxPages - 1) * PageSize

	// chunk is how many bytes are compared, and if they differ copied, at once: a page of most systems, so that
	// pages a guest did not write are not written here either, and take no memory of their own.
	chunk = 4 << 10

	// maxStates is how many states of one module are kept to be shared. A module whose instances come out equal
	// needs one; one that comes out different every time must not fill the host, so what is over is its
	// instance's alone.
	maxStates = 4

	// copyUpTo is the most saved bytes of a state that is copied back as a whole instead of mapped, where the system
	// tells which pages were written; copyUpToBlind is it where the system does not, so that all pages are given
	// up. Measured on two shared cores (BenchmarkRestore; size of the state, scattered pages of 4 KiB that each
	// call wrote, the faults of writing them included), in µs:
	//
	//	         copied    written pages rewound,      all given up,
	//	                   1    16     64 pages        1    16     64     all pages
	//	64 KiB   1.5       1.1   3.1                   8    36            36
	//	256 KiB  5         1.1   3.7   11              8    45    137     137
	//	512 KiB  9         1.4   4.9                   8    52    143
	//	1 MiB    32–46     1.3   8.2                   9    66    157     588
	//	4 MiB    270–350   2.1   7.3                   9    69    286     2 262
	//
	// A page that was given up costs a read fault and a write fault, some 3 to 8 µs, when it is written again, so
	// there copying wins as soon as a call writes a page in 30; and two threads at once took it 6 to 10 times as
	// long, for they wait for each other, where rewinding and copying took 1.0 to 1.5 times. Rewinding costs a scan
	// and what was ever written, and shares what was not; below a page of the guest's nothing is left to save.
	copyUpTo      = 64 << 10
	copyUpToBlind = 1 << 20

	// keepUpTo is the most bytes of written pages of a mapped state, and of what was zero, that an instance keeps
	// between calls. Beyond it they are given up, so that one large call does not hold memory for ever.
	keepUpTo = 1 << 20
)
