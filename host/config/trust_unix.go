//go:build unix

package config

import (
	"fmt"
	"os"
	"syscall"
)

// trusted refuses a file that somebody else has put above the working directory, in /tmp for example: it
// could leave policies out. The user's own files are trusted, the system's, and those of whoever owns the
// working directory, as in a container that runs over someone's checkout.
func trusted(name, dir string) error {
	here, hereKnown := owner(os.Stat(dir))
	for _, look := range []func(string) (os.FileInfo, error){os.Lstat, os.Stat} { // a link, and what it leads to
		uid, ok := owner(look(name))
		if !ok || uid == 0 || uid == uint32(os.Geteuid()) || hereKnown && uid == here {
			continue
		}
		return fmt.Errorf("%s belongs to user %d, neither you nor the owner of the working directory; name it with --config FILE if you trust it, or say --config none", name, uid)
	}
	return nil
}

func owner(info os.FileInfo, err error) (uint32, bool) {
	if err != nil {
		return 0, false // reading it will say what is wrong
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}
