//go:build linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package memory

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// moreSystems runs a test as on a kernel that does not tell which pages were written.
func moreSystems(t *testing.T, f func(*testing.T, system)) {
	t.Helper()
	t.Run("blind", func(t *testing.T) {
		real := pagemap
		defer func() { pagemap = real }()
		pagemap = func() int { return -1 }
		f(t, native)
	})
}

// held is what the process holds: file descriptors, and runs of addresses that this package maps.
func held(t *testing.T) (files, maps int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	b, err := os.ReadFile("/proc/self/maps")
	must(t, err)
	return len(fds), strings.Count(string(b), "memfd:bailiwick-guest")
}

// addresses is how many bytes of addresses the process has.
func addresses(t *testing.T) uint64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	n, err := strconv.ParseUint(strings.Fields(string(b))[0], 10, 64)
	must(t, err)
	return n * uint64(os.Getpagesize())
}

func TestNothingLeaks(t *testing.T) {
	image, content := pattern(2*PageSize, 5), pattern(copyUpToBlind/2+PageSize, 6)
	round := func() {
		s, err := NewSnapshot(image)
		must(t, err)
		st := &States{}
		var ms []*Memory
		for i := range 8 {
			m, err := New(40, 1024) // 64 MiB of addresses
			must(t, err)
			must(t, m.Place(s, 24*PageSize))
			wantError(t, m.Place(s, 24*PageSize), "guest's memory is used out of order: a second snapshot is placed")
			own := m.Bytes() // 8 states, of which maxStates are shared
			own[0] = byte(i + 1)
			copy(own[PageSize:], content)
			copy(own[26*PageSize:], content)
			must(t, m.Seal(st))
			must(t, m.Restore())
			ms = append(ms, m)
		}
		if files, maps := held(t); files < 1+maxStates || maps < 3*8 {
			t.Errorf("8 memories hold %d files and %d maps: nothing is mapped", files, maps)
		}
		for _, m := range ms[:4] {
			m.Free()
		}
		must(t, st.Close())
		must(t, s.Close())
		for _, m := range ms[4:] {
			must(t, m.Restore())
			m.Free()
		}
	}
	round()
	files, maps := held(t)
	before := addresses(t)
	for range 10 {
		round()
	}
	if f, m := held(t); f != files || m != maps {
		t.Errorf("after 10 rounds the process holds %d files and %d maps, before %d and %d", f, m, files, maps)
	}
	if maps != 0 {
		t.Errorf("%d maps of files are left", maps)
	}
	// Each round reserves 512 MiB of addresses; the garbage collector's heap may well have grown by a little.
	if after := addresses(t); after > before+512<<20 {
		t.Errorf("after 10 rounds the process has %d bytes of addresses, before %d", after, before)
	}
}

func TestBaseNeverMoves(t *testing.T) {
	r, c := compiled(t, 1)
	g := newGuest(t, native, r, c, 256)
	base := unsafe.SliceData(g.m.Bytes())
	for range 255 {
		g.call("grow", 1)
	}
	if len(g.m.Bytes()) != 256*PageSize || unsafe.SliceData(g.m.Bytes()) != base {
		t.Error("memory moved while it grew")
	}
	if cap(g.m.Bytes()) != len(g.m.Bytes()) {
		t.Error("a slice of memory reaches beyond it")
	}
}

func TestLargestMemory(t *testing.T) {
	const last = MaxPages*PageSize - 1
	r, c := compiled(t, 1)
	g := newGuest(t, native, r, c, MaxPages)
	if got := g.call("grow", MaxPages-1); got != 1 {
		t.Skipf("NOT RUN: this machine promises no %d pages: growing gives %d", MaxPages, int32(got))
	}
	g.call("store", last, 9)
	s := snapshot(t, native, pattern(PageSize, 6))
	wantError(t, g.m.Place(s, last&^(PageSize-1)), "snapshot cannot be placed where the guest reserved room: offset 4294836224, 65536 bytes, in a memory of 4294901760 bytes: byte 4294901759 is not zero; the reserve function must return memory that nothing uses")
	g.call("store", last, 0)
	must(t, g.m.Place(s, last&^(PageSize-1)))
	if got := g.call("grow", 1); got != minusOne {
		t.Errorf("growing beyond the cap gives %d", got)
	}
	g.call("store", last, 9)
	if got := g.call("load", last); got != 9 {
		t.Errorf("the last byte reads %d", got)
	}
}

// TestFileIsSealed tries to change a snapshot behind the host's back, by its file descriptor and by its name.
func TestFileIsSealed(t *testing.T) {
	image := pattern(PageSize, 7)
	s := snapshot(t, native, image)
	m, err := New(2, 2)
	must(t, err)
	defer m.Free()
	must(t, m.Place(s, PageSize))
	fd := s.content.(*file).fd
	if _, err := unix.Pwrite(fd, []byte{0}, 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("writing gives %v", err)
	}
	for _, size := range []int64{0, 1, 2 * PageSize} {
		if err := unix.Ftruncate(fd, size); !errors.Is(err, unix.EPERM) {
			t.Errorf("resizing to %d gives %v", size, err)
		}
	}
	if err := unix.Fallocate(fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 0, 4096); !errors.Is(err, unix.EPERM) {
		t.Errorf("making a hole gives %v", err)
	}
	if f, err := os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", fd), os.O_RDWR, 0); err == nil {
		if _, err := f.WriteAt([]byte{0}, 0); !errors.Is(err, unix.EPERM) {
			t.Errorf("writing by name gives %v", err)
		}
		must(t, f.Close())
	}
	if _, err := unix.MmapPtr(fd, 0, nil, PageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); !errors.Is(err, unix.EPERM) {
		t.Errorf("mapping it for writing gives %v", err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("changing the seals gives %v", err)
	}
	wantBytes(t, "the snapshot", m.Bytes()[PageSize:], image)
}

func TestSystemsDoNotMix(t *testing.T) {
	for _, c := range []struct {
		memory, snapshot system
		want             string
	}{
		{mapped{}, copied{}, "place snapshot: guest's memory is used out of order: what is mapped must be a file"},
		{copied{}, mapped{}, "place snapshot: guest's memory is used out of order: what is copied must be in memory"},
	} {
		m, err := newMemory(c.memory, 2, 2)
		must(t, err)
		wantError(t, m.Place(snapshot(t, c.snapshot, []byte("x")), PageSize), c.want)
		m.Free()
	}
}

// pss is the process's memory in bytes, what it shares divided by those it shares it with.
func pss(t *testing.T) int64 {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		t.Skipf("NOT RUN: this kernel does not tell a process's share of memory: %v", err)
	}
	_, rest, _ := strings.Cut(string(b), "\nPss:")
	n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	must(t, err)
	return n << 10
}

// TestSnapshotIsShared places 8 MiB in 40 instances, each of which reads all of it and is restored. Copies would
// take 320 MiB.
func TestSnapshotIsShared(t *testing.T) {
	const instances, size, most = 40, 8 << 20, 12 << 20
	image := pattern(size, 8)
	r, c := compiled(t, 2)
	before := pss(t)
	s := snapshot(t, native, image)
	st := states(t)
	var guests []guest
	for range instances {
		g := newGuest(t, native, r, c, 256)
		g.place(s)
		g.call("store", 100, 1)
		must(t, g.m.Seal(st))
		guests = append(guests, g)
	}
	for range 2 {
		for _, g := range guests {
			at := g.m.room.start
			wantBytes(t, "the snapshot", g.m.Bytes()[at:at+size], image)
		}
		after := pss(t)
		t.Logf("%d instances of a snapshot of %d bytes: %d KiB more", instances, size, (after-before)>>10)
		if after-before > most {
			t.Errorf("%d instances take %d bytes, at most %d are allowed", instances, after-before, most)
		}
		for _, g := range guests {
			g.call("fill", uint64(g.m.room.start), 0xee, size)
			must(t, g.m.Restore())
		}
	}
}

// TestLargeStateIsShared is the same for a state of 4 MiB.
func TestLargeStateIsShared(t *testing.T) {
	const instances, size, most = 40, 4 << 20, 8 << 20
	content := pattern(size, 9) // before the first measurement, which so counts it too
	before := pss(t)
	st := states(t)
	for range instances {
		m, err := New(size/PageSize, 256)
		must(t, err)
		defer m.Free()
		copy(m.Bytes(), content)
		must(t, m.Seal(st))
		must(t, m.Restore())
		wantBytes(t, "memory", m.Bytes(), content)
	}
	after := pss(t)
	t.Logf("%d instances of a state of %d bytes: %d KiB more", instances, size, (after-before)>>10)
	if after-before > most {
		t.Errorf("%d instances take %d bytes, at most %d are allowed", instances, after-before, most)
	}
	runtime.KeepAlive(content)
}

// TestPagesThatWereWritten checks what the kernel tells, if it does: dropping relies on it.
func TestPagesThatWereWritten(t *testing.T) {
	page := os.Getpagesize()
	m, err := New(41, 41)
	must(t, err)
	defer m.Free()
	must(t, m.Place(snapshot(t, native, pattern(40*PageSize, 0)), PageSize))
	s := m.back.(*span)
	room := s.part(m.room)
	at := func(p pageRegion) extent {
		base := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(room))))
		return extent{p.start - base, p.end - base}
	}
	regions, ok := s.scan.written(room)
	if !ok {
		t.Skip("NOT RUN: this kernel does not tell which pages were written; Linux 6.7 and later do")
	}
	if len(regions) != 0 {
		t.Errorf("%d runs of pages were written before any was", len(regions))
	}
	n := 0
	for i := 0; i < len(room); i += page {
		n += int(room[i])
	}
	if regions, ok = s.scan.written(room); !ok || len(regions) != 0 {
		t.Errorf("after reading (to %d), %d runs of pages were written, %t", n, len(regions), ok)
	}
	room[0], room[2*page], room[3*page+1], room[len(room)-1] = 0, 0, 0, 0
	regions, ok = s.scan.written(room)
	var got []extent
	for _, r := range regions {
		got = append(got, at(r))
	}
	p := uint64(page)
	want := []extent{{0, p}, {2 * p, 4 * p}, {40*PageSize - p, 40 * PageSize}}
	if !ok || !slices.Equal(got, want) {
		t.Errorf("pages written: %v, %t, want %v", got, ok, want)
	}
	must(t, m.back.drop(m.room))
	if regions, ok = s.scan.written(room); !ok || len(regions) != 0 {
		t.Errorf("after dropping, %d runs of pages were written, %t", len(regions), ok)
	}
	for i := range maxRegions { // as many runs as there is room for: there may be more
		room[2*i*page%len(room)]++
	}
	if 2*maxRegions*page <= len(room) {
		if _, ok = s.scan.written(room); ok {
			t.Errorf("%d runs of written pages are told as if they were all", maxRegions)
		}
	}
	must(t, m.back.drop(m.room))
	wantBytes(t, "the snapshot", room, pattern(40*PageSize, 0))
}

// TestKeptPages checks that an instance keeps the pages that calls write, and not more than it may.
func TestKeptPages(t *testing.T) {
	if pagemap() < 0 {
		t.Skip("NOT RUN: this kernel does not tell which pages were written; Linux 6.7 and later do")
	}
	const pages = 2 * keepUpTo / PageSize
	m, err := New(2*pages, 2*pages) // one half in use, one not
	must(t, err)
	defer m.Free()
	copy(m.Bytes(), pattern(pages*PageSize, 1))
	clean := string(m.Bytes())
	must(t, m.Seal(states(t)))
	s := m.back.(*span)
	for _, start := range []uint64{0, pages * PageSize} {
		half := extent{start, start + pages*PageSize}
		kept := func() (n uint64) {
			regions, ok := s.scan.written(s.part(half))
			if !ok {
				t.Error("too many runs of pages")
			}
			for _, r := range regions {
				n += r.end - r.start
			}
			return n
		}
		for _, c := range []struct{ write, keep uint64 }{{0, 0}, {PageSize, PageSize}, {keepUpTo, keepUpTo}, {0, keepUpTo}, {keepUpTo + PageSize, 0}, {PageSize, PageSize}} {
			b := s.part(half)[:c.write]
			for i := range b {
				b[i]++
			}
			must(t, m.Restore())
			if got := kept(); got != c.keep {
				t.Errorf("from byte %d: of %d bytes written, %d are kept, want %d", start, c.write, got, c.keep)
			}
			wantBytes(t, "memory", m.Bytes(), []byte(clean))
		}
	}
}
