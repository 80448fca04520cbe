package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/config"
)

// TestFind looks upward past what stands in the way.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string)
		want    string // the error, DIR for the directory above the working one
	}{
		{"a loop of links", func(t *testing.T, dir string) {
			must(t, os.Symlink("bailiwick.yaml", filepath.Join(dir, "bailiwick.yaml")))
		}, "config: stat DIR/bailiwick.yaml: too many levels of symbolic links"},
		{"a link to nothing", func(t *testing.T, dir string) { must(t, os.Symlink("nothing", filepath.Join(dir, "bailiwick.yaml"))) }, "config: stat DIR/bailiwick.yaml: no such file or directory"},
		{"a directory", func(t *testing.T, dir string) { must(t, os.Mkdir(filepath.Join(dir, "bailiwick.yaml"), 0o777)) }, "config: DIR/bailiwick.yaml: not a regular file"},
		{"another ending", func(t *testing.T, dir string) { must(t, os.WriteFile(filepath.Join(dir, "bailiwick.yml"), nil, 0o666)) }, "config: DIR/bailiwick.yml is not read: the configuration is called bailiwick.yaml; rename it, or name it with --config FILE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.Mkdir(filepath.Join(dir, "below"), 0o777))
			c.prepare(t, dir)
			_, err := config.Load(config.Options{Dir: filepath.Join(dir, "below")})
			want := strings.ReplaceAll(c.want, "DIR", dir)
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if _, err := config.Load(config.Options{Dir: filepath.Join(dir, "below"), File: config.None}); err != nil {
				t.Errorf("with none: %v", err)
			}
		})
	}
}

// TestFindHere: the file of the working directory itself goes by its bare name.
func TestFindHere(t *testing.T) {
	t.Chdir(write(t, map[string]string{"bailiwick.yaml": head + "topology: [./sites, sub]\n"}))
	c, err := config.Load(config.Options{})
	must(t, err)
	if c.File != "bailiwick.yaml" || c.Topology.Value[0].Value != "./sites" || c.Topology.Value[1].Origin.String() != "bailiwick.yaml:3" {
		t.Errorf("%s %v", c.File, c.Topology)
	}
}
