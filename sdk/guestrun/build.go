package guestrun

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// clangFlags are what scripts/guests/c.sh builds guests in C with.
var clangFlags = []string{
	"-std=c11", "-O2", "-mbulk-memory", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
	"-Wl,--no-entry", "-Wl,--strip-all", "-Wl,--stack-first", "-Wl,-z,stack-size=65536",
}

// BuildC builds a guest from a source in C, without a C library. include is the directory of bailiwick.h. Without
// clang-19 the test is skipped.
func BuildC(tb testing.TB, include, source string) []byte {
	tb.Helper()
	return buildC(tb, include, source, "--target=wasm32", "-ffreestanding", "-nostdlib")
}

// BuildCWithLibrary builds a guest with wasi-libc. Without it the test is skipped.
func BuildCWithLibrary(tb testing.TB, include, source string) []byte {
	tb.Helper()
	if _, err := os.Stat("/usr/include/wasm32-wasi"); err != nil {
		tb.Skip("NOT RUN: wasi-libc is not installed")
	}
	return buildC(tb, include, source, "--target=wasm32-wasi", "-mexec-model=reactor")
}

func buildC(tb testing.TB, include, source string, target ...string) []byte {
	tb.Helper()
	if _, err := exec.LookPath("clang-19"); err != nil {
		tb.Skip("NOT RUN: clang-19 is not installed")
	}
	depend(tb, include, ".h")
	depend(tb, filepath.Dir(source), ".c")
	out := filepath.Join(tb.TempDir(), "guest.wasm")
	args := append(append([]string(nil), clangFlags...), target...)
	return run(tb, "", out, nil, "clang-19", append(args, "-I", include, "-o", out, source)...)
}

// BuildGo builds a guest from a package in Go.
func BuildGo(tb testing.TB, dir, pkg string, env ...string) []byte {
	tb.Helper()
	depend(tb, dir, ".go")
	out := filepath.Join(tb.TempDir(), "guest.wasm")
	cmd := []string{"build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, pkg}
	return run(tb, dir, out, append([]string{"GOOS=wasip1", "GOARCH=wasm", "GOFLAGS="}, env...), "go", cmd...)
}

// depend reads the sources that a compiler will: go test takes a result from its cache unless a file that the test
// itself has read was changed.
func depend(tb testing.TB, dir, ext string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ext {
			_, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// run runs a compiler and reads what it wrote.
func run(tb testing.TB, dir, out string, env []string, name string, args ...string) []byte {
	tb.Helper()
	var text bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), env...), &text, &text
	if err := cmd.Run(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, text.String())
	}
	bin, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return bin
}
