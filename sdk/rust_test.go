package sdk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestRustNatively runs the tests of the crate for Rust on this machine, as cargo test would.
func TestRustNatively(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: building the crate, of which the race detector sees nothing")
	}
	const rustc = "/usr/bin/rustc"
	if _, err := os.Stat(rustc); err != nil {
		t.Skip("NOT RUN: rustc is not installed")
	}
	copyTree(t, "rust", t.TempDir()) // go test sees when a source changes
	crate, err := filepath.Abs("rust")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = crate, append(os.Environ(), "CARGO_MANIFEST_DIR="+crate)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	lib := filepath.Join(dir, "libbailiwick.rlib")
	run(rustc, "--edition", "2021", "--deny", "warnings", "--crate-name", "bailiwick", "--crate-type", "rlib", "-o", lib, "src/lib.rs")
	run(rustc, "--edition", "2021", "--deny", "warnings", "-O", "--test", "--extern", "bailiwick="+lib, "-o", filepath.Join(dir, "images"), "tests/images.rs")
	run(filepath.Join(dir, "images"))
}
