package record

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Verify reads every file of the store and returns everything that is not what its name says. What
// processes left behind that were killed is no fault.
func (s *Store) Verify() error {
	var errs []error
	err := fs.WalkDir(s.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // a temporary file that was there a moment ago
		case err != nil:
			return err
		case e.IsDir() && name == tempDir:
			return fs.SkipDir
		case e.IsDir() && isDir(name):
			return nil
		}
		if err := s.verify(name); err != nil {
			errs = append(errs, err)
		}
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return fmt.Errorf("record: %w", errors.Join(errs...))
	}
	return nil
}

// isDir reports whether a directory of that name belongs in a store.
func isDir(name string) bool {
	switch name {
	case ".", path.Dir(objectsDir), objectsDir, recordsDir, decisionsDir:
		return true
	}
	return path.Dir(name) == objectsDir && len(path.Base(name)) == 2 && isHex(path.Base(name))
}

// verify reads one file by what its name says it is.
func (s *Store) verify(name string) error {
	if rest, ok := strings.CutPrefix(name, objectsDir+"/"); ok {
		digest := digestPrefix + strings.ReplaceAll(rest, "/", "")
		if at, err := objectName(digest); err != nil || at != name {
			return fmt.Errorf("%s: not the name of an object", s.path(name))
		}
		_, err := s.object("object", digest)
		return err
	}
	id, isJSON := strings.CutSuffix(path.Base(name), ".json")
	_, isDigest := hexOf(digestPrefix + id)
	switch dir := path.Dir(name); {
	case isJSON && isDigest && dir == decisionsDir:
		d, err := s.decision(digestPrefix + id)
		if err != nil {
			return err
		}
		_, err = s.inputs(d)
		return err
	case isJSON && isDigest && dir == recordsDir:
		_, err := s.record(id)
		return err
	}
	return fmt.Errorf("%s: not a file of a store", s.path(name))
}
