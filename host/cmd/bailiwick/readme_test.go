package main

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

const readmePath = "../../../README.md"

// TestReadme compares the decision that the README shows with what the command prints, which the
// script decide.txtar holds. With UPDATE_SCRIPTS set it writes it there (make golden).
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "<!-- decision:")
	_, rest, ok2 := strings.Cut(rest, "```\n")
	shown, _, ok3 := strings.Cut(rest, "```\n")
	if !ok || !ok2 || !ok3 {
		t.Fatal("README.md shows no decision")
	}
	archive, err := txtar.ParseFile("testdata/script/decide.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "checkout.golden" {
			if os.Getenv("UPDATE_SCRIPTS") != "" {
				text := strings.Replace(string(readme), shown, string(f.Data), 1)
				if err := os.WriteFile(readmePath, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if shown != string(f.Data) {
				t.Errorf("README.md shows\n%s\nthe command prints\n%s", shown, f.Data)
			}
			return
		}
	}
	t.Fatal("decide.txtar has no checkout.golden")
}

// TestReadmePolicies checks that the README's table names each standard policy with its title.
func TestReadmePolicies(t *testing.T) {
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range set.Policies() {
		if row := "| " + p.ID + " | " + p.Title + " |"; !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks %s", row)
		}
	}
}
