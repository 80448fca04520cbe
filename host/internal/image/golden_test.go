package image

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden images anew")

// goldens are the images every reader must read alike: NAME.image, and in
// NAME.json what it holds.
var goldens = map[string]func() *Builder{
	"empty":    func() *Builder { return NewBuilder("request") },
	"worked":   worked,
	"complete": complete,
}

func TestGoldenImages(t *testing.T) {
	for name, make := range goldens {
		t.Run(name, func(t *testing.T) {
			data := build(t, make())
			imagePath := filepath.Join("testdata", name+".image")
			jsonPath := filepath.Join("testdata", name+".json")
			if *update {
				if err := WriteFile(imagePath, data); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(jsonPath, []byte(asJSON(t, describe(open(t, data)))), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(imagePath)
			if err != nil {
				t.Fatal(err)
			}
			if string(golden) != string(data) {
				t.Errorf("%s has changed: images written before are no longer written the same", imagePath)
			}
			want, err := os.ReadFile(jsonPath)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Open(imagePath)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			if diff := cmp.Diff(string(want), asJSON(t, describe(m))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", jsonPath, diff)
			}
			if diff := cmp.Diff(string(want), asJSON(t, stranger(golden))); diff != "" {
				t.Errorf("a reader written from the specification differs (-want +got):\n%s", diff)
			}
		})
	}
}
