package sdk

import (
	"bytes"
	"embed"
	"strings"
)

// goSources are the SDK for Go and its template.
//
//go:embed go/*.go go/guesttest/*.go templates/go
var goSources embed.FS

// goPath is what the SDK is imported by here. In a new plugin it is a package of the plugin's own module.
const goPath = `"github.com/bailiwick-dev/bailiwick/sdk/go`

// goVersion is the least version of Go that builds guests: it brought exports to wasip1.
const goVersion = "1.24"

func init() {
	templates["go"] = func(p Plugin) ([]File, error) {
		files, err := copied(goSources, "templates/go", "", every)
		if err == nil {
			files, err = about(p.Hook, files, goSources, "templates/go", "")
		}
		for _, dir := range []string{"go", "go/guesttest"} {
			if err != nil {
				return nil, err
			}
			var more []File
			more, err = copied(goSources, dir, strings.Replace(dir, "go", "guest", 1)+"/", func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
			files = append(files, more...)
		}
		module := "example.com/" + p.Name
		for i := range files {
			if strings.HasSuffix(files[i].Path, ".go") {
				files[i].Content = bytes.ReplaceAll(files[i].Content, []byte(goPath), []byte(`"`+module+`/guest`))
			}
		}
		files = append(files, File{Path: "go.mod", Content: []byte("module " + module + "\n\ngo " + goVersion + "\n")})
		return named(files, p), err
	}
}
