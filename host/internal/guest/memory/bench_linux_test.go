//go:build linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package memory

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// always maps states of any size, never none, so that both ways are measured on the same.
type (
	always struct{ mapped }
	never  struct{ mapped }
)

func (always) mapsOver() int { return 0 }

func (never) mapsOver() int { return 1 << 30 }

// work runs what one thread does over and over, on 1 and on 2 threads. ns/op is the time one takes on its thread.
func work(b *testing.B, name string, thread func(b *testing.B) func()) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
			var do [2]func()
			for i := range threads {
				do[i] = thread(b)
				do[i]()
			}
			done := make(chan struct{}, threads)
			b.ResetTimer()
			for i := range threads {
				go func() {
					for range b.N {
						do[i]()
					}
					done <- struct{}{}
				}()
			}
			for range threads {
				<-done
			}
		})
	}
}

// BenchmarkRestore writes one byte to each of some small pages of a guest's own memory, all of which is in use, and
// restores it: what writing costs after restoring, by page faults, is part of the price.
func BenchmarkRestore(b *testing.B) {
	for _, pages := range []uint32{1, 4, 8, 16, 64} {
		size := int(pages) * PageSize
		for _, dirty := range []int{1, 4, 16, 64, 256, 1024} {
			if dirty > size/4096 {
				continue
			}
			for _, way := range []struct {
				name string
				sys  system
			}{{"copy", never{}}, {"rewind", always{}}, {"drop", always{}}} {
				work(b, fmt.Sprintf("size=%dKiB/dirty=%d/%s", size>>10, dirty, way.name), func(b *testing.B) func() {
					m, err := newMemory(way.sys, pages, pages)
					must(b, err)
					b.Cleanup(m.Free)
					copy(m.Bytes(), pattern(size, 0))
					st := states(b)
					must(b, m.Seal(st))
					mem, step := m.Bytes(), size/dirty
					return func() {
						for at := 0; at < size; at += step {
							mem[at]++
						}
						var err error
						if way.name == "drop" {
							err = m.back.(*span).dropAll(extent{0, uint64(size)})
						} else {
							err = m.Restore()
						}
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
		}
	}
}

var sum atomic.Int64 // keeps reads from being left out

// BenchmarkRoom reads and writes some small pages of a snapshot of 8 MiB and gives the room back, by dropping the
// pages that were written, by dropping all, by mapping it once more, or by copying it.
func BenchmarkRoom(b *testing.B) {
	const size = 8 << 20
	s := snapshot(b, native, pattern(size, 0))
	for _, touch := range []struct{ read, write int }{{0, 0}, {16, 0}, {128, 0}, {2048, 0}, {128, 1}, {128, 128}, {0, 2048}} {
		for _, way := range []string{"written", "drop", "map", "copy"} {
			work(b, fmt.Sprintf("read=%d/write=%d/%s", touch.read, touch.write, way), func(b *testing.B) func() {
				m, err := New(1+size/PageSize, 1+size/PageSize)
				must(b, err)
				b.Cleanup(m.Free)
				content, err := s.content.bytes()
				must(b, err)
				room := extent{PageSize, PageSize + size}
				mem := m.Bytes()[PageSize:]
				if way == "copy" {
					copy(mem, content)
				} else {
					must(b, m.Place(s, PageSize))
				}
				return func() {
					n := 0
					for i := range touch.read {
						n += int(mem[i*(size/touch.read)])
					}
					sum.Add(int64(n))
					for i := range touch.write {
						mem[i*(size/touch.write)]++
					}
					var err error
					switch way {
					case "written":
						err = m.back.drop(room)
					case "drop":
						err = m.back.(*span).dropAll(room)
					case "map":
						err = s.lay(m.back, PageSize)
					case "copy":
						rewrite(mem, content)
					}
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
	}
}
