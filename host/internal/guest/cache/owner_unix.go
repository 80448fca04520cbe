//go:build unix

package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openFlags keep opening a pipe from waiting for who writes to it.
const openFlags = syscall.O_NONBLOCK

// private refuses a directory that others can reach.
func private(dir fs.FileInfo) error {
	st, ok := dir.Sys().(*syscall.Stat_t)
	if !ok {
		return errors.New("its owner cannot be told")
	}
	if int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("it belongs to user %d, and this process runs as %d; name a directory of its own", st.Uid, os.Geteuid())
	}
	if p := dir.Mode().Perm(); p&0o077 != 0 {
		return fmt.Errorf("its mode is %04o, so others can reach it; remove what is in it and set mode 0700", p)
	}
	return nil
}

// ours tells whether a file is a plain one that we alone can reach, by this name alone. It may have none any more, when
// it was replaced or removed since it was opened.
func ours(f fs.FileInfo) bool {
	st, ok := f.Sys().(*syscall.Stat_t)
	return ok && f.Mode().IsRegular() && f.Mode().Perm()&0o077 == 0 && int(st.Uid) == os.Geteuid() && st.Nlink <= 1
}
