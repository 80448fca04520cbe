package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const readmePath = "../../../README.md"

// TestReadme compares what the README shows with what the command prints, which scripts hold. With
// UPDATE_SCRIPTS set it writes it there (make golden).
func TestReadme(t *testing.T) {
	for _, c := range []struct{ marker, script, golden string }{
		{"<!-- decision:", "decide.txtar", "checkout.golden"},
		{"<!-- map:", "map.txtar", "checkout-map.golden"},
	} {
		t.Run(c.golden, func(t *testing.T) {
			archive, err := txtar.ParseFile("testdata/script/" + c.script)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == c.golden })
			if at < 0 {
				t.Fatalf("%s has no %s", c.script, c.golden)
			}
			compareReadme(t, c.marker, string(archive.Files[at].Data))
		})
	}
}

// compareReadme compares the block of text after a marker.
func compareReadme(t *testing.T, marker, printed string) {
	t.Helper()
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), marker)
	head, rest, ok2 := strings.Cut(rest, "```\n")
	shown, after, ok3 := strings.Cut(rest, "```\n")
	switch {
	case !ok || !ok2 || !ok3:
		t.Fatalf("README.md has no block after %s", marker)
	case shown == printed:
	case os.Getenv("UPDATE_SCRIPTS") != "":
		text := before + marker + head + "```\n" + printed + "```\n" + after
		if err := os.WriteFile(readmePath, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("README.md shows\n%s\nthe command prints\n%s", shown, printed)
	}
}
