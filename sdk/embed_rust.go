package sdk

import "embed"

// rustSources are the SDK for Rust and its template.
//
//go:embed rust/Cargo.toml rust/src templates/rust
var rustSources embed.FS

func init() {
	templates["rust"] = func(p Plugin) ([]File, error) {
		return gathered(rustSources, p, "templates/rust", "src/", []place{
			{"templates/rust", ""},
			{"templates/rust/src", "src/"},
			{"rust", "bailiwick/"},
			{"rust/src", "bailiwick/src/"},
		})
	}
}

// place is a directory of sources, and where its files come to lie in a new plugin.
type place struct{ from, to string }

// gathered are the files of some places. The template's own source for a hook comes to lie below the directory to.
func gathered(from embed.FS, p Plugin, template, to string, places []place) (files []File, err error) {
	for _, at := range places {
		more, err := copied(from, at.from, at.to, every)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	if files, err = about(p.Hook, files, from, template, to); err != nil {
		return nil, err
	}
	return named(files, p), nil
}
