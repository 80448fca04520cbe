package policy

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Source is one tree of Rego files.
type Source struct {
	// Name stands before a file's path in positions and errors, so that two
	// sources with the same paths can be told apart: "standard", or the directory
	// as the user typed it. It takes no part in the digest.
	Name string
	// FS holds the files. Files other than *.rego are left alone, and so are
	// *_test.rego and what a name beginning with a dot hides.
	FS fs.FS
	// Without lists ids of policies of this source that are left out, so that
	// another source can put its own in their place. Nil leaves out none.
	Without []string
	// Plugin is a plugin's wasm module, with its manifest inside. A source that has
	// one is that plugin alone: it has no FS, and its Name is the file's.
	Plugin []byte
}

// file is one module's text as it was read.
type file struct {
	source int    // index of its source
	path   string // slash-separated, below the source's root
	name   string // source name and path, as errors print it
	text   []byte
}

// reader gathers files across sources under one budget.
type reader struct {
	files []file
	bytes int
}

// read walks one source in lexical order.
func (r *reader) read(index int, src Source) error {
	return fs.WalkDir(src.FS, ".", func(p string, d fs.DirEntry, err error) error {
		name := path.Join(src.Name, p)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		case p != "." && strings.HasPrefix(path.Base(p), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if strings.Count(p, "/") >= MaxPathDepth {
				return fmt.Errorf("%s: directories nest deeper than %d", name, MaxPathDepth)
			}
			return nil
		case !strings.HasSuffix(p, ".rego") || strings.HasSuffix(p, "_test.rego"):
			return nil
		}
		return r.add(index, src, p, name)
	})
}

// add reads one module.
func (r *reader) add(index int, src Source, p, name string) error {
	if len(r.files) == MaxFiles {
		return fmt.Errorf("%s: a policy set has at most %d modules; is this the directory you meant?", name, MaxFiles)
	}
	text, err := readCapped(src.FS, p)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > MaxFileBytes {
		return fmt.Errorf("%s: a module has at most %d bytes; split it", name, MaxFileBytes)
	}
	if r.bytes += len(text); r.bytes > MaxTotalBytes {
		return fmt.Errorf("%s: the modules of a policy set have at most %d bytes together", name, MaxTotalBytes)
	}
	r.files = append(r.files, file{source: index, path: p, name: name, text: text})
	return nil
}

// readCapped reads at most one byte more than a module may have, whatever the
// file system says its size is.
func readCapped(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return text, err
}
