package policies

import (
	"embed"
	"io/fs"
)

//go:embed lib sovereignty redundancy selection
var files embed.FS

// FS returns the library: lib, sovereignty, redundancy and selection at its root,
// tests included. Loading a policy set passes over the tests.
func FS() fs.FS { return files }
