package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"sync"

	"github.com/tetratelabs/wazero"
)

// enginePath is the engine's module.
const enginePath = "github.com/tetratelabs/wazero"

// engineVersion tells the engine that is linked in from others: by its version, as go.mod has it, or, where the
// program does not say or the engine was replaced by one without a version, by a digest of the whole program. A test
// binary does not say.
var engineVersion = sync.OnceValues(func() (string, error) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == enginePath {
				if m.Replace != nil {
					m = m.Replace
				}
				if m.Version != "" && m.Version != "(devel)" {
					return m.Path + "@" + m.Version, nil
				}
			}
		}
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("its version is not known: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("its version is not known: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("its version is not known: %w", err)
	}
	return "program " + hex.EncodeToString(h.Sum(nil)), nil
})

// files is what the engine asks where it keeps compiled modules: its internal/filecache.Cache, all of whose types are
// public. An error of any of the three makes compiling fail.
type files interface {
	Get(key [32]byte) (content io.ReadCloser, ok bool, err error)
	Add(key [32]byte, content io.Reader) error
	Delete(key [32]byte) error
}

// attach makes the engine keep compiled modules in f. It must come before the first runtime.
//
// The engine offers its own directory of files, or nothing; but inside, the directory is behind an interface, in
// a field that is not exported. It is found by name and set only if f fits its type, so another version of the
// engine gives an error here and nothing worse.
func attach(engine wazero.CompilationCache, f files) error {
	const name = "fileCache"
	v := reflect.ValueOf(engine)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("%T is no pointer to a struct", engine)
	}
	field := v.Elem().FieldByName(name)
	if !field.IsValid() || field.Kind() != reflect.Interface || field.NumMethod() != reflect.TypeFor[files]().NumMethod() ||
		!reflect.TypeOf(f).Implements(field.Type()) {
		return fmt.Errorf("%T has no field %s that is an interface to Get, Add and Delete compiled modules", engine, name)
	}
	reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem().Set(reflect.ValueOf(f))
	return nil
}
