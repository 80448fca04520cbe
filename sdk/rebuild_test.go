package sdk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuestsBuiltAgain builds the guests in Rust and AssemblyScript in another place, and finds the bytes that are committed.
func TestGuestsBuiltAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: building guests again, of which the race detector sees nothing")
	}
	node, err := filepath.Abs("assemblyscript/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"rust", "assemblyscript"} {
		t.Run(language, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "another/place/with a long name")
			// Reading the sources here, go test sees when they change.
			for _, dir := range []string{"scripts", "plugins", "sdk/rust", "sdk/assemblyscript"} {
				copyTree(t, filepath.Join("..", dir), filepath.Join(root, dir))
			}
			if _, err := os.Stat(node); err == nil {
				if err := os.Symlink(node, filepath.Join(root, "sdk/assemblyscript/node_modules")); err != nil {
					t.Fatal(err)
				}
			}
			out, err := exec.Command(filepath.Join(root, "scripts/build-guests"), "-check", language).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if strings.Contains(string(out), "NOT RUN") {
				t.Skipf("%s", out)
			}
			if want := "build-guests: 2 guests built, the same bytes as committed\n"; string(out) != want {
				t.Errorf("it says %q, want %q", out, want)
			}
		})
	}
}

// copyTree copies a directory but for what npm installs.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}
