// Command rulepages writes a page for each standard policy into docs/rules, from its METADATA, what it reads and the
// cases that pin it, and an index of them: make rules-docs. A test checks that what is committed is what it would write.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run("docs/rules"); err != nil {
		fmt.Fprintln(os.Stderr, "rulepages:", err)
		os.Exit(1)
	}
}

// run writes the pages into a directory, and removes those of policies that are gone.
func run(dir string) error {
	all, err := pages()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, name := range there {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, ok := all[filepath.Base(name)]; !ok && strings.Contains(string(text), generated) {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
