//go:build !unix

package cache

import "io/fs"

// openFlags adds nothing.
const openFlags = 0

// private leaves it to the directory's access control list who can reach it.
func private(fs.FileInfo) error { return nil }

// ours tells whether a file is a plain one.
func ours(f fs.FileInfo) bool { return f.Mode().IsRegular() }
