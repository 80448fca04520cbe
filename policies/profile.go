package policies

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed profiles
var profileFiles embed.FS

// Profile is a set of settings for standard policies, by which an organisation of some sort would begin: which of them
// deny, warn or are off, and what they compare with.
type Profile struct {
	Name        string                    `yaml:"-"`
	Title       string                    `yaml:"title"`
	Description string                    `yaml:"description"`
	Settings    map[string]map[string]any `yaml:"settings"` // by policy id, then by setting
}

// Profiles returns the standard profiles, sorted by name.
func Profiles() ([]Profile, error) {
	files, err := fs.Glob(profileFiles, "profiles/*.yaml")
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []Profile
	for _, file := range files {
		text, err := profileFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		p := Profile{Name: strings.TrimSuffix(strings.TrimPrefix(file, "profiles/"), ".yaml")}
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&p); err != nil {
			return nil, fmt.Errorf("standard %s: %w", file, err)
		}
		out = append(out, p)
	}
	return out, nil
}
