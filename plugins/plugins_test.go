package plugins_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// TestManifests decodes the manifests of all plugins, and makes a policy of each.
func TestManifests(t *testing.T) {
	paths, err := filepath.Glob("*/plugin.yaml")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%d manifests: %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := policy.DecodeManifest(path, text)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := m.Policy(path, nil); err != nil {
			t.Error(err)
		}
	}
}
