package opabuild

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// ErrBundle says that a bundle of OPA's holds what no plugin can be made of.
var ErrBundle = errors.New("not a bundle that a plugin can be made of")

// maxBundleFiles bounds the files of a bundle. One that opa build makes has a handful beside its modules.
const maxBundleFiles = 2 * policy.MaxFiles

// maxBundleBytes bounds what a bundle unpacks to; what is more is cut off, which is an error.
const maxBundleBytes = 4 * policy.MaxPluginBytes

// FromBundle is the module in a bundle that opa build -t wasm made: its policy.wasm. Data in it is an error that matches
// [ErrBundle], for the module would look for it and a plugin has none, and so are several modules and none.
func FromBundle(r io.Reader) ([]byte, error) {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; give the file that opa build -t wasm -o writes, or its policy.wasm", ErrBundle, err)
	}
	var module []byte
	files := tar.NewReader(io.LimitReader(unzipped, maxBundleBytes))
	for n := 0; ; n++ {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBundle, err)
		}
		if n == maxBundleFiles {
			return nil, fmt.Errorf("%w: it has more than %d files", ErrBundle, maxBundleFiles)
		}
		base := path.Base(h.Name)
		if base != "policy.wasm" && base != "data.json" && base != "data.yaml" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(files, policy.MaxPluginBytes+1))
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %s: %w", ErrBundle, h.Name, err)
		case len(text) > policy.MaxPluginBytes:
			return nil, fmt.Errorf("%w: %s has more than %d bytes", ErrBundle, h.Name, policy.MaxPluginBytes)
		case base == "policy.wasm" && module != nil:
			return nil, fmt.Errorf("%w: it has several modules; build one entrypoint's package at a time", ErrBundle)
		case base == "policy.wasm":
			module = text
		case !empty(text):
			return nil, fmt.Errorf("%w: %s holds data, and a plugin sees no data but data.topology; put it into the manifest's settings, which rules read as input.settings", ErrBundle, h.Name)
		}
	}
	if module == nil {
		return nil, fmt.Errorf("%w: it has no policy.wasm; build it with: opa build -t wasm -e PACKAGE", ErrBundle)
	}
	return module, nil
}

// empty reports whether a document of data says nothing.
func empty(text []byte) bool {
	if len(bytes.TrimSpace(text)) == 0 {
		return true
	}
	var data map[string]any
	return json.Unmarshal(text, &data) == nil && len(data) == 0
}
