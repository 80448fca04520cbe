package conformance

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

//go:embed cases
var embedded embed.FS

// Cases returns the embedded cases, in the order of their files.
func Cases() ([]*Case, error) {
	files, err := fs.Sub(embedded, "cases")
	if err != nil {
		return nil, err
	}
	return Load("conformance/cases", files)
}

// extensions are those of files of cases.
var extensions = []string{".yaml", ".yml", ".json"}

// topologyDir is what directories are called that hold topologies for cases, and no cases.
const topologyDir = "topology"

// Load reads every file of cases (*.yaml, *.yml, *.json) of a directory tree, in lexical order. Directories
// called "topology" hold what cases stand on, and are passed over; so are names that begin with a dot. The
// name prefixes file names in errors, which list every fault with file and line.
func Load(name string, files fs.FS) ([]*Case, error) {
	l := loader{name: name, files: files, shared: map[string]*compiled{}}
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		base := path.Base(p)
		switch {
		case err != nil:
			return err
		case p != "." && strings.HasPrefix(base, "."), d.IsDir() && base == topologyDir:
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && slices.Contains(extensions, path.Ext(p)):
			return l.add(p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	return l.loaded("*.yaml, *.yml, *.json")
}

// loaded is what was loaded; files says what they are called.
func (l *loader) loaded(files string) ([]*Case, error) {
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	if len(l.cases) == 0 {
		return nil, fmt.Errorf("conformance: %s holds no file of cases (%s)", l.name, files)
	}
	return l.cases, Unique(l.cases)
}

// Unique returns an error that names the places of every two cases with one id.
func Unique(cases []*Case) error {
	var errs []error
	first := map[string]*Case{}
	for _, c := range cases {
		if other := first[c.ID]; other != nil {
			errs = append(errs, fmt.Errorf("%s: case %q is already at %s; rename one", c.Place, c.ID, other.Place))
			continue
		}
		first[c.ID] = c
	}
	return errors.Join(errs...)
}

// loader gathers the cases of a directory tree.
type loader struct {
	name   string
	files  fs.FS
	shared map[string]*compiled
	plugin *Plugin // whose cases they are; nil: nobody's
	read   int
	cases  []*Case
	errs   []error // of files that could be read
}

// add decodes one file.
func (l *loader) add(p string) error {
	text, err := l.text(p)
	if err != nil {
		return err
	}
	d := decoder{
		shared: l.shared, plugin: l.plugin,
		dir:         func(from string) (map[string]string, error) { return l.dir(path.Dir(p), from) },
		requestFile: func(from string) (*placement.Request, error) { return l.request(path.Dir(p), from) },
	}
	cases, err := d.decode(path.Join(l.name, p), text)
	if err != nil {
		l.errs = append(l.errs, err)
	}
	l.cases = append(l.cases, cases...)
	return nil
}

// text reads a file, no larger than it may be.
func (l *loader) text(p string) ([]byte, error) {
	if l.read++; l.read > maxFiles {
		return nil, fmt.Errorf("%s has more than %d files; is this the directory you meant?", l.name, maxFiles)
	}
	f, err := l.files.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Join(l.name, p), err)
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("%s: more than the %d bytes it may have", path.Join(l.name, p), maxFileBytes)
	}
	return text, nil
}

// request reads a file that holds a request.
func (l *loader) request(base, from string) (*placement.Request, error) {
	at := path.Join(base, from)
	if path.IsAbs(from) || !fs.ValidPath(at) {
		return nil, fmt.Errorf("%q is not below the directory of cases", from)
	}
	text, err := l.text(at)
	if err != nil {
		return nil, err
	}
	return placement.Decode(path.Join(l.name, at), text)
}

// dir reads the files of a topology's directory.
func (l *loader) dir(base, from string) (map[string]string, error) {
	at := path.Join(base, from)
	if path.IsAbs(from) || !fs.ValidPath(at) {
		return nil, fmt.Errorf("%q is not below the directory of cases", from)
	}
	if !slices.Contains(strings.Split(at, "/"), topologyDir) {
		return nil, fmt.Errorf("%q is in no directory called %q, which is where topologies are told from cases", from, topologyDir)
	}
	if info, err := fs.Stat(l.files, at); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%q is not a directory", from)
	}
	files := map[string]string{}
	err := fs.WalkDir(l.files, at, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := l.text(p)
		if err == nil {
			files[strings.TrimPrefix(p, at+"/")] = string(text)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%q holds no file", from)
	}
	return files, err
}
