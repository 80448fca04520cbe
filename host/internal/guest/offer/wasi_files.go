package offer

// The standard descriptors.
const (
	stdin  = 0
	stdout = 1
	stderr = 2
)

// characterDevice is the type of the standard descriptors, as a terminal's is: libraries that hold output back write
// lines out as they end then.
const characterDevice = 2

// The rights of the standard descriptors. That none may seek tells libraries they are no files.
const (
	rightRead  = 1 << 1
	rightWrite = 1 << 6
)

// device answers for the standard descriptors, and that no other is open.
func device(answer errno) func(*Instance, []uint64) errno {
	return func(_ *Instance, p []uint64) errno {
		if low(p[0]) > stderr {
			return eBADF
		}
		return answer
	}
}

// path answers that there is no such file, whatever directory a guest names, for none is open. at are the parameters:
// the directory and the path's pointer, which its length follows, then those of a second path, if there are two.
func path(at ...int) func(*Instance, []uint64) errno {
	return func(i *Instance, p []uint64) errno {
		m := i.bytes()
		for k := 0; k < len(at); k += 2 {
			if text := at[k+1]; !m.has(low(p[text]), low(p[text+1])) {
				return eFAULT
			}
		}
		for k := 0; k < len(at); k += 2 {
			if low(p[at[k]]) <= stderr {
				return eNOTDIR
			}
		}
		return eNOENT
	}
}

// fdstat tells what a descriptor is: type in byte 0, flags in 2, rights in 8, rights of what it opens in 16.
func fdstat(i *Instance, p []uint64) errno {
	const size = 24
	m, fd, ptr := i.bytes(), low(p[0]), low(p[1])
	if fd > stderr {
		return eBADF
	}
	if !m.has(ptr, size) {
		return eFAULT
	}
	b := m.at(ptr, size)
	clear(b)
	b[0], b[8] = characterDevice, rightWrite
	if fd == stdin {
		b[8] = rightRead
	}
	return success
}

// filestat tells of a descriptor's file: type in byte 16; no times, no size, no names.
func filestat(i *Instance, p []uint64) errno {
	const size = 64
	m, fd, ptr := i.bytes(), low(p[0]), low(p[1])
	if fd > stderr {
		return eBADF
	}
	if !m.has(ptr, size) {
		return eFAULT
	}
	b := m.at(ptr, size)
	clear(b)
	b[16] = characterDevice
	return success
}

// vectors checks a list of n buffers, each a pointer and a length, and sums their lengths.
func (i *Instance) vectors(m memory, list, n uint64) (total uint64, fault errno) {
	if n > mostVectors {
		return 0, eINVAL
	}
	i.pay(costVector * n)
	if !m.has(list, 8*n) {
		return 0, eFAULT
	}
	for end := list + 8*n; list < end; list += 8 {
		ptr, size := m.get32(list), m.get32(list+4)
		if !m.has(ptr, size) {
			return 0, eFAULT
		}
		total += size
	}
	return total, success
}

// fdRead finds standard input at its end.
func fdRead(i *Instance, p []uint64) errno {
	m, result := i.bytes(), low(p[3])
	if low(p[0]) != stdin {
		return eBADF
	}
	if _, fault := i.vectors(m, low(p[1]), low(p[2])); fault != success {
		return fault
	}
	if !m.has(result, 4) {
		return eFAULT
	}
	m.put32(result, 0)
	return success
}

// fdWrite takes output, and keeps it in the log if that is granted.
func fdWrite(i *Instance, p []uint64) errno {
	m, fd, list, n, result := i.bytes(), low(p[0]), low(p[1]), low(p[2]), low(p[3])
	if fd != stdout && fd != stderr {
		return eBADF
	}
	total, fault := i.vectors(m, list, n)
	if fault != success {
		return fault
	}
	if !m.has(result, 4) {
		return eFAULT
	}
	taken := min(total, mostWritten)
	if i.grants.Has(Log) {
		i.pay(costLogged * taken)
		for left := taken; left > 0; list += 8 {
			size := min(m.get32(list+4), left)
			i.log.write(Stdout+Source(fd-stdout), m.at(m.get32(list), size))
			left -= size
		}
	}
	m.put32(result, uint32(taken))
	return success
}
