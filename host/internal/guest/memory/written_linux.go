//go:build linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package memory

import (
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The kernel's PAGEMAP_SCAN (linux/fs.h, Linux 6.7): which pages of a run of addresses are such and such.
const (
	pagemapScan = 0xc0606610 // _IOWR('f', 16, struct pm_scan_arg)

	pageIsFile    = 1 << 2 // a page of the mapped file, or of memory shared with others
	pageIsPresent = 1 << 3
	pageIsSwapped = 1 << 4
	pageIsZero    = 1 << 5 // the page of zeros that everyone shares until they write
)

// scanRequest is struct pm_scan_arg.
type scanRequest struct {
	size, flags, start, end, walkEnd, vec, vecLen, maxPages     uint64
	categoryInverted, categoryMask, categoryAnyOf, returnedMask uint64
}

// pageRegion is struct page_region.
type pageRegion struct {
	start, end uint64
	_          uint64 // its categories
}

// maxRegions is how many runs of pages are looked for: one more than there are in what is kept. They take 6 KiB of
// each instance.
const maxRegions = keepUpTo/4096 + 1

// scan is a request with room for its answer. It lives on the heap, where the kernel finds it at its address.
type scan struct {
	request scanRequest
	regions [maxRegions]pageRegion
}

// pagemap is a descriptor of /proc/self/pagemap, which the process keeps; -1 if there is none, or none that can be
// asked: before Linux 6.7, and where /proc is not mounted.
var pagemap = sync.OnceValue(func() int {
	fd, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	s := &scan{}
	page := uint64(unix.Getpagesize())
	if _, ok := s.ask(fd, uint64(uintptr(unsafe.Pointer(s)))&^(page-1), page); !ok {
		_ = unix.Close(fd) // it was never used
		return -1
	}
	return fd
})

// written gives the runs of pages of b that are there and not the mapped file's any more: those that were written
// since they were mapped or dropped. It is false if there are more than fit, or the system does not tell.
func (s *scan) written(b []byte) ([]pageRegion, bool) {
	fd := pagemap()
	if fd < 0 {
		return nil, false
	}
	return s.ask(fd, uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), uint64(len(b)))
}

func (s *scan) ask(fd int, start, n uint64) ([]pageRegion, bool) {
	s.request = scanRequest{
		size:  uint64(unsafe.Sizeof(s.request)),
		start: start, end: start + n,
		vec: uint64(uintptr(unsafe.Pointer(&s.regions))), vecLen: maxRegions,
		categoryInverted: pageIsFile | pageIsZero, categoryMask: pageIsFile | pageIsZero,
		categoryAnyOf: pageIsPresent | pageIsSwapped,
		returnedMask:  pageIsPresent,
	}
	found, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), pagemapScan, uintptr(unsafe.Pointer(&s.request)))
	runtime.KeepAlive(s)
	if errno != 0 || found >= maxRegions || s.request.walkEnd != s.request.end {
		return nil, false
	}
	return s.regions[:found], true
}
