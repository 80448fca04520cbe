package offer_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// Faults by their number in WASI preview 1.
const (
	ok      = 0
	badf    = 8
	fault   = 21
	inval   = 28
	noent   = 44
	nosys   = 52
	notdir  = 54
	notsock = 57
	perm    = 63
	spipe   = 70
)

// le is numbers of 32 bits as they lie in memory.
func le(words ...uint32) []byte {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// minus is -1 as the i32 of a parameter.
const minus = 0xffff_ffff

// TestAnswers calls every function of WASI with sound pointers: what it answers, and what it leaves in memory at 64,
// which holds 0xee before.
func TestAnswers(t *testing.T) {
	type call struct {
		name  string
		args  []uint64
		want  uint64
		wrote []byte
	}
	list := slices.Concat(le(128, 5, 130, 7), make([]byte, 48)) // two buffers that overlap, at 0
	calls := []call{
		{"args_get", []uint64{64, 68}, ok, nil},
		{"args_sizes_get", []uint64{64, 68}, ok, le(0, 0)},
		{"environ_get", []uint64{64, 68}, ok, nil},
		{"environ_sizes_get", []uint64{68, 64}, ok, le(0, 0)},
		{"clock_res_get", []uint64{0, 64}, ok, le(1, 0)},
		{"clock_res_get", []uint64{1, 64}, ok, le(1, 0)},
		{"clock_res_get", []uint64{2, 64}, inval, nil},
		{"clock_time_get", []uint64{0, 0, 64}, ok, le(7, 0)},
		{"clock_time_get", []uint64{1, 0, 64}, ok, le(1_000_000_000, 0)},
		{"clock_time_get", []uint64{3, 0, 64}, inval, nil},
		{"clock_time_get", []uint64{minus, 0, 64}, inval, nil},
		{"random_get", []uint64{64, 0}, ok, nil},
		{"sched_yield", nil, ok, nil},
		{"proc_raise", []uint64{6}, nosys, nil},
		{"fd_advise", []uint64{1, 0, 0, 0}, spipe, nil},
		{"fd_advise", []uint64{3, 0, 0, 0}, badf, nil},
		{"fd_allocate", []uint64{1, 0, 0}, spipe, nil},
		{"fd_close", []uint64{1}, ok, nil},
		{"fd_close", []uint64{3}, badf, nil},
		{"fd_datasync", []uint64{1}, ok, nil},
		{"fd_fdstat_get", []uint64{0, 64}, ok, le(2, 0, 2, 0, 0, 0)},
		{"fd_fdstat_get", []uint64{1, 64}, ok, le(2, 0, 64, 0, 0, 0)},
		{"fd_fdstat_get", []uint64{2, 64}, ok, le(2, 0, 64, 0, 0, 0)},
		{"fd_fdstat_get", []uint64{3, 64}, badf, nil},
		{"fd_fdstat_set_flags", []uint64{1, 4}, ok, nil},
		{"fd_fdstat_set_rights", []uint64{1, 0, 0}, ok, nil},
		{"fd_filestat_get", []uint64{2, 64}, ok, le(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"fd_filestat_get", []uint64{minus, 64}, badf, nil},
		{"fd_filestat_set_size", []uint64{1, 0}, inval, nil},
		{"fd_filestat_set_times", []uint64{1, 0, 0, 0}, perm, nil},
		{"fd_pread", []uint64{0, 0, 2, 0, 64}, spipe, nil},
		{"fd_prestat_dir_name", []uint64{3, 64, 1}, badf, nil},
		{"fd_prestat_get", []uint64{3, 64}, badf, nil},
		{"fd_prestat_get", []uint64{0, 64}, badf, nil},
		{"fd_pwrite", []uint64{1, 0, 2, 0, 64}, spipe, nil},
		{"fd_read", []uint64{0, 0, 2, 64}, ok, le(0)},
		{"fd_read", []uint64{1, 0, 2, 64}, badf, nil},
		{"fd_read", []uint64{3, 0, 2, 64}, badf, nil},
		{"fd_readdir", []uint64{3, 64, 8, 0, 64}, badf, nil},
		{"fd_readdir", []uint64{1, 64, 8, 0, 64}, notdir, nil},
		{"fd_renumber", []uint64{1, 2}, perm, nil},
		{"fd_renumber", []uint64{3, 2}, badf, nil},
		{"fd_seek", []uint64{1, 0, 0, 64}, spipe, nil},
		{"fd_sync", []uint64{1}, ok, nil},
		{"fd_tell", []uint64{1, 64}, spipe, nil},
		{"fd_write", []uint64{1, 0, 2, 64}, ok, le(12)},
		{"fd_write", []uint64{2, 0, 2, 64}, ok, le(12)},
		{"fd_write", []uint64{1, 0, 0, 64}, ok, le(0)},
		{"fd_write", []uint64{0, 0, 2, 64}, badf, nil},
		{"fd_write", []uint64{3, 0, 2, 64}, badf, nil},
		{"fd_write", []uint64{1, 1024, 1024, 64}, ok, le(0)},
		{"fd_write", []uint64{1, 0, 1025, 64}, inval, nil},
		{"path_create_directory", []uint64{3, 0, 5}, noent, nil},
		{"path_filestat_get", []uint64{3, 0, 0, 5, 64}, noent, nil},
		{"path_filestat_set_times", []uint64{3, 0, 0, 5, 0, 0, 0}, noent, nil},
		{"path_link", []uint64{3, 0, 0, 5, 3, 0, 5}, noent, nil},
		{"path_open", []uint64{minus, 0, 0, 5, 0, 0, 0, 0, 64}, noent, nil},
		{"path_open", []uint64{0, 0, 0, 5, 0, 0, 0, 0, 64}, notdir, nil},
		{"path_readlink", []uint64{3, 0, 5, 64, 8, 64}, noent, nil},
		{"path_remove_directory", []uint64{3, 0, 5}, noent, nil},
		{"path_rename", []uint64{3, 0, 5, 1, 0, 5}, notdir, nil},
		{"path_symlink", []uint64{0, 5, 3, 0, 5}, noent, nil},
		{"path_unlink_file", []uint64{3, 0, 5}, noent, nil},
		{"poll_oneoff", []uint64{0, 64, 0, 120}, inval, nil},
		{"poll_oneoff", []uint64{0, 64, 1025, 120}, inval, nil},
		{"sock_accept", []uint64{3, 0, 64}, badf, nil},
		{"sock_accept", []uint64{0, 0, 64}, notsock, nil},
		{"sock_recv", []uint64{3, 0, 1, 0, 64, 68}, badf, nil},
		{"sock_send", []uint64{3, 0, 1, 0, 64}, badf, nil},
		{"sock_shutdown", []uint64{3, 0}, badf, nil},
	}
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(0), 0, true)
		g.begin(offer.Decision{Time: 7})
		asked := map[string]bool{"proc_exit": true}
		for _, c := range calls {
			asked[c.name] = true
			t.Run(fmt.Sprint(c.name, c.args), func(t *testing.T) {
				g.put(0, make([]byte, size)...)
				g.put(0, list...)
				g.put(64, bytes.Repeat([]byte{0xee}, 64)...)
				before := g.bytes(0, size)
				copy(before[64:], c.wrote)
				if got := g.must(c.name, c.args...); got != c.want {
					t.Errorf("answered %d, want %d", got, c.want)
				}
				if after := g.bytes(0, size); !bytes.Equal(after, before) {
					t.Errorf("left % x at 64, want % x", after[64:128], before[64:128])
				}
			})
		}
		for _, i := range offer.Set(0).Imports() {
			if !asked[i.Name] {
				t.Errorf("%s was not called", i.Name)
			}
		}
	})
}

// TestExit ends a call, and leaves the instance as good as it was.
func TestExit(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(0), 0, true)
		for _, code := range []uint64{0, 1, 0xffff_ffff} {
			_, err := g.call("proc_exit", code)
			fails(t, err, fmt.Sprintf("the guest ended itself with exit status %d; a hook has to return", code), nil)
			var exit *offer.ExitError
			if !errors.As(err, &exit) || uint64(exit.Code) != code {
				t.Errorf("%#v", err)
			}
		}
		if g.must("sched_yield") != ok || g.Discard() != nil {
			t.Errorf("spoilt: %v", g.Discard())
		}
	})
}

// edges are pointers and lengths near every edge there is: of memory, of 31 and 32 bits, unaligned, and small ones.
var edges = []uint64{
	0, 1, 3, 8, 63, 64, size - 65, size - 64, size - 48, size - 9, size - 8, size - 5, size - 4, size - 1, size, size + 1,
	1<<31 - 1, 1 << 31, 1<<32 - 65, 1<<32 - 64, 1<<32 - 8, 1<<32 - 4, 1<<32 - 1,
}

// TestHostile calls every function with every pair of edges as two of its parameters, the others 1 and then an edge,
// on both engines: they must answer alike and leave alike memories.
func TestHostile(t *testing.T) {
	all := grant(t, "log", "random", "time")
	a := start(t, engines[0].config(), forwarder(all), all, true)
	b := start(t, engines[1].config(), forwarder(all), all, true)
	counts := map[bool]int{}
	for _, i := range all.Imports() {
		n := len(i.Type.Params)
		args := make([]uint64, n)
		try := func() {
			ra, errA := a.call(i.Name, args...)
			rb, errB := b.call(i.Name, args...)
			if ra != rb || fmt.Sprint(errA) != fmt.Sprint(errB) {
				t.Fatalf("%s%v: %d %v, and %d %v", i.Name, args, ra, errA, rb, errB)
			}
			if a.Discard() != nil {
				t.Fatalf("%s%v: %v", i.Name, args, a.Discard())
			}
			counts[errA != nil || ra != 0]++
		}
		for first := range n {
			for second := first + 1; second < n; second++ {
				for _, rest := range []uint64{0, 1, 1<<32 - 1} {
					for _, x := range edges {
						for _, y := range edges {
							for k := range args {
								args[k] = rest
							}
							args[first], args[second] = x, y
							try()
						}
					}
				}
			}
		}
		if !bytes.Equal(a.bytes(0, size), b.bytes(0, size)) {
			t.Fatalf("memories differ after %s", i.Name)
		}
		if fuelOf(a) != fuelOf(b) {
			t.Fatalf("fuel differs after %s", i.Name)
		}
	}
	if counts[true] < 10_000 || counts[false] < 1000 {
		t.Errorf("refused and answered: %v", counts)
	}
}

// TestNoMemory calls functions from a guest without a memory: every pointer is outside.
func TestNoMemory(t *testing.T) {
	all := grant(t, "log", "random", "time")
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forward(all, false), all, true)
		for _, c := range []struct {
			name string
			args []uint64
		}{
			{"args_sizes_get", []uint64{0, 0}},
			{"environ_sizes_get", []uint64{0, 0}},
			{"clock_time_get", []uint64{0, 0, 0}},
			{"clock_res_get", []uint64{0, 0}},
			{"fd_write", []uint64{1, 0, 0, 0}},
			{"fd_read", []uint64{0, 0, 0, 0}},
			{"random_get", []uint64{0, 1}},
			{"random_get", []uint64{1, 0}},
			{"poll_oneoff", []uint64{0, 0, 1, 0}},
			{"path_open", []uint64{3, 0, 0, 1, 0, 0, 0, 0, 0}},
			{"fd_fdstat_get", []uint64{1, 0}},
			{"fd_filestat_get", []uint64{1, 0}},
		} {
			if got := g.must(c.name, c.args...); got != fault {
				t.Errorf("%s%v answered %d", c.name, c.args, got)
			}
		}
		_, err := g.call("log", 0, 1)
		fails(t, err, "the guest called bailiwick.log with 1 bytes at 0, and has a memory of 0 bytes", nil)
		if g.Discard() != nil {
			t.Error(g.Discard())
		}
	})
}

// FuzzPointers calls a function with parameters and memory of the fuzzer's choice, on both engines.
func FuzzPointers(f *testing.F) {
	all := grant(f, "log", "random", "time")
	imports := all.Imports()
	for k := range imports {
		f.Add(uint8(k), uint32(0), uint32(8), uint32(16), uint32(24), uint32(1), []byte{0, 1, 2, 3, 0, 0, 0, 4})
		f.Add(uint8(k), uint32(1), uint32(size-8), uint32(1), uint32(0xffff_fff8), uint32(1<<31), bytes.Repeat(le(size-4, 4), 12))
	}
	var guests []*guest
	for _, e := range engines {
		guests = append(guests, start(f, e.config(), forwarder(all), all, true))
	}
	f.Fuzz(func(t *testing.T, which uint8, p, q, r, s, u uint32, content []byte) {
		i := imports[int(which)%len(imports)]
		words := [9]uint64{uint64(p), uint64(q), uint64(r), uint64(s), uint64(u), uint64(p), uint64(q), uint64(r), uint64(s)}
		type outcome struct {
			result uint64
			err    string
			memory string
			fuel   uint64
			lines  string
		}
		var outcomes []outcome
		for _, g := range guests {
			g.tb = t
			g.begin(offer.Decision{Time: int64(p), Seed: [32]byte{byte(q)}})
			g.put(0, make([]byte, size)...)
			g.put(0, content[:min(len(content), size)]...)
			before := fuelOf(g)
			result, err := g.call(i.Name, words[:len(i.Type.Params)]...)
			if g.Discard() != nil {
				t.Fatal(g.Discard())
			}
			lines, dropped := g.Log()
			outcomes = append(outcomes, outcome{result, fmt.Sprint(err), string(g.bytes(0, size)), before - fuelOf(g), fmt.Sprint(lines, dropped)})
		}
		if outcomes[0] != outcomes[1] {
			t.Errorf("%s%v differs between engines", i.Name, words[:len(i.Type.Params)])
		}
	})
}
