package kit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestGolden compares the golden calls with what they have to come to. UPDATE_GOLDEN=1 writes them down again.
func TestGolden(t *testing.T) {
	calls, err := golden()
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(calls, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	const name = "../../../../conformance/abikit/testdata/calls.json"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the probe has to answer (%v); UPDATE_GOLDEN=1 writes it again", name, err)
	}
}

// TestImages finds the golden images of every SDK here.
func TestImages(t *testing.T) {
	all, err := filepath.Glob("../../image/testdata/*.image")
	if err != nil || len(all) < 3 {
		t.Fatal(all, err)
	}
	for _, f := range all {
		want, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join("../../../../conformance/abikit/testdata", filepath.Base(f))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is another here: %v", f, err)
		}
	}
}
