package aws

import (
	"embed"
	"io/fs"
)

//go:embed data
var files embed.FS

// FS returns the catalogue's files, with the data directory as root. They are topology documents and
// tables: the whole tree can be loaded as it is.
func FS() fs.FS {
	root, err := fs.Sub(files, "data")
	if err != nil {
		panic(err) // only an invalid path fails, and this one is a constant
	}
	return root
}
