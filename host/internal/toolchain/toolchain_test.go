package toolchain_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/toolchain"
)

// dir makes a directory of files.
func dir(t *testing.T, files map[string]string) string {
	t.Helper()
	at := t.TempDir()
	for name, text := range files {
		path := filepath.Join(at, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// TestDetect tells languages by files, among which tests and declarations do not count.
func TestDetect(t *testing.T) {
	for _, c := range []struct {
		files, want string
	}{
		{"go.mod main.go main_test.go", "go"},
		{"main.go", "go"},
		{"plugin.c bailiwick.h x_test.go", "c"},
		{"src/conduit.c conduit_test.go README.md", "c"},
		{"Cargo.toml src/lib.rs bailiwick/src/lib.rs build.sh", "rust"},
		{"plugin.rs", "rust"},
		{"plugin.ts package.json node_modules/x/y.ts", "assemblyscript"},
		{"assembly/index.ts", "assemblyscript"},
		{"", "cannot tell what the plugin is written in: there is no source in it; name the directory of one, or give a module that is built already with --module FILE"},
		{"x_test.go types.d.ts", "cannot tell what the plugin is written in: there is no source in it; name the directory of one, or give a module that is built already with --module FILE"},
		{"a.c b.rs", "cannot tell what the plugin is written in: it looks like c (a.c) and rust (b.rs); say which with --lang"},
	} {
		files := map[string]string{}
		for name := range strings.FieldsSeq(c.files) {
			files[name] = ""
		}
		at := dir(t, files)
		got, err := toolchain.Detect(at)
		said := string(got)
		if err != nil {
			if !errors.Is(err, toolchain.ErrLanguage) {
				t.Errorf("%s: %v", c.files, err)
			}
			said = strings.TrimPrefix(err.Error(), at+": ")
		}
		if said != c.want {
			t.Errorf("%s: %s\nwant %s", c.files, said, c.want)
		}
	}
	if _, err := toolchain.Detect(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestParse knows every language by its name.
func TestParse(t *testing.T) {
	for _, l := range toolchain.Languages() {
		if got, err := toolchain.Parse(string(l)); err != nil || got != l {
			t.Errorf("%s: %s %v", l, got, err)
		}
	}
	if _, err := toolchain.Parse("Go"); err == nil || err.Error() != `"Go" is not a language that there is an SDK for; there are go, c, rust, assemblyscript` {
		t.Error(err)
	}
}

// guestC is a whole guest that answers nothing.
const guestC = `#include "bailiwick.h"
#define EXPORT(name) __attribute__((export_name(#name)))
EXPORT(bailiwick_abi) int abi(void) { return ABI; }
EXPORT(bailiwick_site) int site(int block) { (void)block; return 0; }
`

// TestC builds C: the same bytes twice and elsewhere; what does not compile is told as the compiler tells it.
func TestC(t *testing.T) {
	if _, err := exec.LookPath("clang-19"); err != nil {
		t.Skip("NOT RUN: clang-19 is not installed")
	}
	build := func(files map[string]string) (*toolchain.Built, error) {
		return toolchain.Build(context.Background(), toolchain.Source{Dir: dir(t, files), Language: toolchain.C})
	}
	files := map[string]string{"src/a.c": guestC, "bailiwick.h": "#define ABI 65536\n"}
	one, err := build(files)
	if err != nil {
		t.Fatal(err)
	}
	two, err := build(files)
	if err != nil || string(one.Module) != string(two.Module) || one.Tool != "clang-19" {
		t.Errorf("%s: %d and %d bytes, %v", one.Tool, len(one.Module), len(two.Module), err)
	}
	if _, err := wasm.Scan(one.Module, wasm.Defaults()); err != nil {
		t.Error(err)
	}
	var failed *toolchain.FailedError
	if _, err := build(map[string]string{"a.c": guestC + "oops\n", "bailiwick.h": ""}); !errors.As(err, &failed) || !strings.Contains(failed.Output, "a.c:5:") || failed.Tool != "clang-19" {
		t.Errorf("%v", err)
	}
	if _, err := build(map[string]string{"a.c": guestC}); err == nil || err.Error() != "there is no bailiwick.h of the SDK in it; bailiwick plugin new --lang c puts it there" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := toolchain.Build(ctx, toolchain.Source{Dir: dir(t, files), Language: toolchain.C}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestMissing names what is to be installed.
func TestMissing(t *testing.T) {
	at := dir(t, map[string]string{"plugin.ts": ""})
	tools := t.TempDir()
	node := filepath.Join(tools, "node")
	if err := os.WriteFile(node, []byte("#!/bin/sh\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", tools)
	_, err := toolchain.Build(context.Background(), toolchain.Source{Dir: at, Language: toolchain.AssemblyScript})
	var missing *toolchain.MissingError
	want := "the AssemblyScript compiler (asc) of " + at + " is not installed; install it: (cd " + at + " && npm install)"
	if !errors.As(err, &missing) || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	t.Setenv("RUSTC", "")
	for _, l := range []toolchain.Language{toolchain.Go, toolchain.C} {
		if _, err := toolchain.Build(context.Background(), toolchain.Source{Dir: at, Language: l}); !errors.As(err, &missing) {
			t.Errorf("%s: %v", l, err)
		}
	}
	// A compiler that ends well and writes nothing.
	if err := os.WriteFile(filepath.Join(tools, "go"), []byte("#!/bin/sh\necho go1.0\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err = toolchain.Build(context.Background(), toolchain.Source{Dir: at, Language: toolchain.Go})
	if err == nil || err.Error() != "go1.0: it ended well and wrote no module" {
		t.Errorf("%v", err)
	}
}
