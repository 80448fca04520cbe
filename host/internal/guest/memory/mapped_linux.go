//go:build linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package memory

import (
	"errors"
	"fmt"
	"math"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

var native system = mapped{}

// mapped holds memory as address space, and what is frozen as files without a name.
type mapped struct{}

func (mapped) mapsOver() int {
	if pagemap() < 0 {
		return copyUpToBlind
	}
	return copyUpTo
}

func (mapped) reserve(most uint64) (backing, error) {
	if most == 0 {
		return &span{}, nil
	}
	// Not MAP_NORESERVE: what has no access counts for nothing, and what the guest grows to counts as everyone
	// else's memory does, so that on machines that promise no more than they have growing fails, and not a write.
	base, err := unix.MmapPtr(-1, 0, nil, uintptr(most), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("reserve %d bytes of addresses: %w", most, err)
	}
	s := &span{base: base, most: most}
	// A guest that writes one byte must not get 2 MiB. Kernels without huge pages refuse the advice.
	if err := unix.Madvise(s.part(extent{0, most}), unix.MADV_NOHUGEPAGE); err != nil && !errors.Is(err, unix.EINVAL) {
		return nil, errors.Join(fmt.Errorf("advise %d bytes of addresses: %w", most, err), s.free())
	}
	return s, nil
}

// span is a run of addresses of which the first size bytes are memory.
type span struct {
	base       unsafe.Pointer
	size, most uint64
	scan       scan
}

// part is a slice of addresses, whether or not they are memory yet.
func (s *span) part(e extent) []byte {
	return unsafe.Slice((*byte)(s.base), s.most)[e.start:e.end:e.end]
}

func (s *span) grow(size uint64) ([]byte, error) {
	if size > s.size {
		if err := unix.Mprotect(s.part(extent{s.size, size}), unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil, fmt.Errorf("grow memory to %d bytes: %w", size, err)
		}
		s.size = size
	}
	if size == 0 {
		return []byte{}, nil
	}
	return s.part(extent{0, size}), nil
}

func (s *span) overlay(at uint64, f frozen, from, n uint64) error {
	file, ok := f.(*file)
	if !ok {
		return outOfOrder("what is mapped must be a file")
	}
	_, err := unix.MmapPtr(file.fd, int64(from), unsafe.Add(s.base, at), uintptr(n),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
	if err != nil {
		return fmt.Errorf("map %d bytes at byte %d: %w", n, at, err)
	}
	return nil
}

// drop gives up the pages that were written: reading them again gives the file's, or zeros. Pages that were only
// read stay, if the system can tell them apart.
func (s *span) drop(e extent) error {
	regions, ok := s.scan.written(s.part(e))
	if !ok {
		return s.dropAll(e)
	}
	for _, r := range regions {
		if err := s.dropAll(s.where(r)); err != nil {
			return err
		}
	}
	return nil
}

// rewind writes the content into the pages that were written, once or ever, and keeps them: most calls write the
// same pages, and a page that is given up costs two faults to have again. If they are many it gives them all up.
func (s *span) rewind(e extent, content []byte) error {
	regions, ok := s.scan.written(s.part(e))
	var n uint64
	for _, r := range regions {
		n += r.end - r.start
	}
	if !ok || n > keepUpTo {
		return s.dropAll(e)
	}
	for _, r := range regions {
		w := s.where(r)
		if content == nil {
			wipe(s.part(w))
		} else {
			rewrite(s.part(w), content[w.start-e.start:w.end-e.start])
		}
	}
	return nil
}

// where is a run of pages as bytes of the memory.
func (s *span) where(r pageRegion) extent {
	base := uint64(uintptr(s.base))
	return extent{r.start - base, r.end - base}
}

// dropAll gives up pages, written or not.
func (s *span) dropAll(e extent) error {
	if err := unix.Madvise(s.part(e), unix.MADV_DONTNEED); err != nil {
		return fmt.Errorf("drop bytes %d to %d: %w", e.start, e.end, err)
	}
	return nil
}

func (s *span) free() error {
	if s.base == nil {
		return nil
	}
	err := unix.MunmapPtr(s.base, uintptr(s.most))
	if err != nil {
		err = fmt.Errorf("unmap %d bytes: %w", s.most, err)
	}
	s.base = nil
	return err
}

// file is a file without a name that can be neither written nor resized, whoever holds it: mapped bytes do not
// change, and no page of them is ever missing.
type file struct {
	fd   int
	size uint64
	view []byte // all of it, read-only; nil until someone asks
}

func (mapped) freeze(size uint64, content ...[]byte) (frozen, error) {
	fd, err := unix.MemfdCreate("bailiwick-guest", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3, which knows no MFD_NOEXEC_SEAL
		fd, err = unix.MemfdCreate("bailiwick-guest", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, fmt.Errorf("make a file of memory: %w", err)
	}
	f := &file{fd: fd, size: size}
	if err := f.fill(content); err != nil {
		return nil, errors.Join(fmt.Errorf("fill a file of memory of %d bytes: %w", size, err), f.close())
	}
	return f, nil
}

// fill writes the content and the zeros behind it, and seals the file. The zeros are written, not left out: a page
// that was never written is made when it is first read, which could fail where no one can be told.
func (f *file) fill(content [][]byte) error {
	if f.size > math.MaxInt64 {
		return unix.EFBIG
	}
	if err := unix.Ftruncate(f.fd, int64(f.size)); err != nil {
		return err
	}
	var at int64
	write := func(b []byte) error {
		for len(b) > 0 {
			n, err := unix.Pwrite(f.fd, b, at)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if err != nil {
				return err
			}
			at, b = at+int64(n), b[n:]
		}
		return nil
	}
	for _, c := range content {
		if err := write(c); err != nil {
			return err
		}
	}
	for at < int64(f.size) {
		if err := write(zeros[:min(chunk, int64(f.size)-at)]); err != nil {
			return err
		}
	}
	_, err := unix.FcntlInt(uintptr(f.fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE|unix.F_SEAL_SEAL)
	return err
}

func (f *file) bytes() ([]byte, error) {
	if f.view == nil && f.size > 0 {
		p, err := unix.MmapPtr(f.fd, 0, nil, uintptr(f.size), unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			return nil, fmt.Errorf("map a file of memory: %w", err)
		}
		f.view = unsafe.Slice((*byte)(p), f.size)
	}
	return f.view, nil
}

func (f *file) close() error {
	var err error
	if f.view != nil {
		err = unix.MunmapPtr(unsafe.Pointer(unsafe.SliceData(f.view)), uintptr(f.size))
	}
	err = errors.Join(err, os.NewSyscallError("close", unix.Close(f.fd)))
	return err
}
