package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Language is what a plugin is written in.
type Language string

// The languages.
const (
	Go             Language = "go"
	C              Language = "c"
	Rust           Language = "rust"
	AssemblyScript Language = "assemblyscript"
)

// Languages are all there are, in the order in which people are told of them.
func Languages() []Language { return []Language{Go, C, Rust, AssemblyScript} }

// Names are their names in a row.
func Names() string {
	var names []string
	for _, l := range Languages() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

// Parse finds a language by its name.
func Parse(name string) (Language, error) {
	for _, l := range Languages() {
		if string(l) == name {
			return l, nil
		}
	}
	return "", fmt.Errorf("%q is not a language that there is an SDK for; there are %s", name, Names())
}

// ErrLanguage is matched by errors of [Detect].
var ErrLanguage = errors.New("cannot tell what the plugin is written in")

// signs are files by which a language is told, in the directory of the plugin or in src below it.
var signs = map[Language][]string{
	Go:             {"go.mod", "*.go"},
	C:              {"*.c", "src/*.c"},
	Rust:           {"Cargo.toml", "*.rs", "src/*.rs"},
	AssemblyScript: {"asconfig.json", "*.ts", "src/*.ts", "assembly/*.ts"},
}

// Detect tells a plugin's language by its files. Tests beside it (*_test.go) do not count.
func Detect(dir string) (Language, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return "", err
	}
	var found []Language
	var by []string
	for _, l := range Languages() {
		for _, sign := range signs[l] {
			if names := match(dir, sign); len(names) > 0 {
				found, by = append(found, l), append(by, fmt.Sprintf("%s (%s)", l, names[0]))
				break
			}
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%s: %w: there is no source in it; name the directory of one, or give a module that is built already with --module FILE", dir, ErrLanguage)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s: %w: it looks like %s; say which with --lang", dir, ErrLanguage, strings.Join(by, " and "))
}

// match lists files below dir that fit a pattern, without tests, sorted, slash-separated and relative to dir.
func match(dir, pattern string) []string {
	names, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil // a pattern that is wrong matches nothing, and the patterns are those above
	}
	var out []string
	for _, n := range names {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(n)))
		if err == nil && info.Mode().IsRegular() && !strings.HasSuffix(n, "_test.go") && !strings.HasSuffix(n, ".d.ts") {
			out = append(out, n)
		}
	}
	return out
}
