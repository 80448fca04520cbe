package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages checks that the pages in docs/rules are what would be written now, and that each legal one says what it is not.
func TestPages(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "rules")
	all, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Errorf("%d pages", len(all))
	}
	for name, want := range all {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("docs/rules/%s is not what would be written now; run make rules-docs", name)
		}
		if strings.Contains(want, "\n## Cases\n") == (name == "README.md") {
			t.Errorf("%s: no case pins it", name)
		}
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if all[f.Name()] == "" {
			t.Errorf("docs/rules/%s belongs to no policy; run make rules-docs", f.Name())
		}
	}
}
