package offer

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// errno is what a WASI function answers: 0, or a fault by its number in WASI preview 1.
type errno uint32

// The faults that are answered here.
const (
	success errno = 0
	eBADF   errno = 8
	eFAULT  errno = 21
	eINVAL  errno = 28
	eNOENT  errno = 44
	eNOSYS  errno = 52
	eNOTDIR errno = 54
	eSOCK   errno = 57 // ENOTSOCK
	ePERM   errno = 63
	eSPIPE  errno = 70
)

// wasiFunctions are all functions of WASI preview 1. Descriptors 0, 1 and 2 are open, and are devices that nothing
// comes from and nothing comes of; no other is, and no directory.
func wasiFunctions() []*function {
	f := func(name, params string, run func(i *Instance, p []uint64) errno) *function {
		return &function{
			module: WASI, name: name, signature: wasm.FuncType{Params: types(params), Results: types("i")},
			run: func(i *Instance, p []uint64) { p[0] = uint64(run(i, p)) },
		}
	}
	exit := &function{
		module: WASI, name: "proc_exit", signature: wasm.FuncType{Params: types("i")},
		run: func(i *Instance, p []uint64) { i.stop(&ExitError{Code: uint32(p[0])}) },
	}
	return []*function{
		f("args_get", "ii", nothing),
		f("args_sizes_get", "ii", noSizes),
		f("environ_get", "ii", nothing),
		f("environ_sizes_get", "ii", noSizes),

		f("clock_res_get", "ii", clockResolution),
		f("clock_time_get", "iIi", clockTime),
		f("poll_oneoff", "iiii", poll),
		f("random_get", "ii", randomGet),
		f("sched_yield", "", nothing),
		exit,
		f("proc_raise", "i", func(*Instance, []uint64) errno { return eNOSYS }),

		f("fd_advise", "iIIi", device(eSPIPE)),
		f("fd_allocate", "iII", device(eSPIPE)),
		f("fd_close", "i", device(success)),
		f("fd_datasync", "i", device(success)),
		f("fd_fdstat_get", "ii", fdstat),
		f("fd_fdstat_set_flags", "ii", device(success)),
		f("fd_fdstat_set_rights", "iII", device(success)),
		f("fd_filestat_get", "ii", filestat),
		f("fd_filestat_set_size", "iI", device(eINVAL)),
		f("fd_filestat_set_times", "iIIi", device(ePERM)),
		f("fd_pread", "iiiIi", device(eSPIPE)),
		f("fd_prestat_dir_name", "iii", func(*Instance, []uint64) errno { return eBADF }),
		f("fd_prestat_get", "ii", func(*Instance, []uint64) errno { return eBADF }),
		f("fd_pwrite", "iiiIi", device(eSPIPE)),
		f("fd_read", "iiii", fdRead),
		f("fd_readdir", "iiiIi", device(eNOTDIR)),
		f("fd_renumber", "ii", device(ePERM)),
		f("fd_seek", "iIii", device(eSPIPE)),
		f("fd_sync", "i", device(success)),
		f("fd_tell", "ii", device(eSPIPE)),
		f("fd_write", "iiii", fdWrite),

		f("path_create_directory", "iii", path(0, 1)),
		f("path_filestat_get", "iiiii", path(0, 2)),
		f("path_filestat_set_times", "iiiiIIi", path(0, 2)),
		f("path_link", "iiiiiii", path(0, 2, 4, 5)),
		f("path_open", "iiiiiIIii", path(0, 2)),
		f("path_readlink", "iiiiii", path(0, 1)),
		f("path_remove_directory", "iii", path(0, 1)),
		f("path_rename", "iiiiii", path(0, 1, 3, 4)),
		f("path_symlink", "iiiii", path(2, 0, 2, 3)),
		f("path_unlink_file", "iii", path(0, 1)),

		f("sock_accept", "iii", device(eSOCK)),
		f("sock_recv", "iiiiii", device(eSOCK)),
		f("sock_send", "iiiii", device(eSOCK)),
		f("sock_shutdown", "ii", device(eSOCK)),
	}
}

// nothing succeeds: there are no arguments and no environment to write down, and nobody to yield to.
func nothing(*Instance, []uint64) errno { return success }

// noSizes says that there are no arguments, or no environment, and no bytes of them.
func noSizes(i *Instance, p []uint64) errno {
	m, count, size := i.bytes(), low(p[0]), low(p[1])
	if !m.has(count, 4) || !m.has(size, 4) {
		return eFAULT
	}
	m.put32(count, 0)
	m.put32(size, 0)
	return success
}

// randomGet fills memory from the fixed stream.
func randomGet(i *Instance, p []uint64) errno {
	m, ptr, n := i.bytes(), low(p[0]), low(p[1])
	if !m.has(ptr, n) {
		return eFAULT
	}
	i.pay(costRandom * n)
	i.fixed.Read(m.at(ptr, n))
	return success
}
