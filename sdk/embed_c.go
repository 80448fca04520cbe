package sdk

import "embed"

// cSources are the SDK for C and its template.
//
//go:embed c/bailiwick.h templates/c
var cSources embed.FS

func init() {
	templates["c"] = func(p Plugin) ([]File, error) {
		files, err := copied(cSources, "templates/c", "", every)
		if err == nil {
			files, err = about(p.Hook, files, cSources, "templates/c", "")
		}
		if err != nil {
			return nil, err
		}
		header, err := copied(cSources, "c", "", every)
		return named(append(files, header...), p), err
	}
}
