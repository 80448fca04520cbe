package opabuild_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
)

// TestFromBundle takes modules from bundles, or says why not.
func TestFromBundle(t *testing.T) {
	pack := func(files ...string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		for i := 0; i < len(files); i += 2 {
			if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(files[i+1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	const no = "not a bundle that a plugin can be made of: "
	for _, c := range []struct {
		name   string
		bundle []byte
		want   string
	}{
		{"as OPA makes it", pack("/data.json", "{}\n", "/p.rego", "package p", "/policy.wasm", "module", "/.manifest", "{}"), ""},
		{"data", pack("/data.json", `{"a": 1}`, "/policy.wasm", "module"), no + "/data.json holds data, and a plugin sees no data but data.topology; put it into the manifest's settings, which rules read as input.settings"},
		{"data below", pack("/policy.wasm", "module", "/acme/data.yaml", "a: 1"), no + "/acme/data.yaml holds data, and a plugin sees no data but data.topology; put it into the manifest's settings, which rules read as input.settings"},
		{"no module", pack("/data.json", "{}"), no + "it has no policy.wasm; build it with: opa build -t wasm -e PACKAGE"},
		{"several", pack("/policy.wasm", "a", "/x/policy.wasm", "b"), no + "it has several modules; build one entrypoint's package at a time"},
		{"too large", pack("/policy.wasm", strings.Repeat("x", 4<<20+1)), no + "/policy.wasm has more than 4194304 bytes"},
		{"none", []byte("\x00asm"), no + "unexpected EOF; give the file that opa build -t wasm -o writes, or its policy.wasm"},
		{"cut off", pack("/policy.wasm", "module")[:40], no + "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			module, err := opabuild.FromBundle(bytes.NewReader(c.bundle))
			switch {
			case c.want == "" && (err != nil || string(module) != "module"):
				t.Errorf("%q, %v", module, err)
			case c.want != "" && (err == nil || err.Error() != c.want || !errors.Is(err, opabuild.ErrBundle)):
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}
