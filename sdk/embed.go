// Package sdk holds the sources of the guest SDKs and the templates of new plugins, for the command that makes a
// plugin from them. Each language has a file of its own, which adds to what [Languages] and [New] know.
package sdk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// ErrLanguage says that there is no template in a language.
var ErrLanguage = errors.New("there is no template in this language")

// ErrHook says that there is no template of plugins that are asked about this.
var ErrHook = errors.New("there is no template for this hook")

// ErrName says that a plugin cannot be called so.
var ErrName = errors.New("not a name of a new plugin")

// File is a file of a new plugin.
type File struct {
	Path    string // below the plugin's directory, with slashes
	Content []byte
	Execute bool // whether it is a program
}

// Plugin says what a new plugin is called.
type Plugin struct {
	// Name is its name in the manifest, behind the publisher's, its policy id, and part of the path of a Go module.
	Name string
	// Hook is what it is asked about, one of [Hooks]; "" is site.
	Hook string
}

// Hooks are what new plugins can be asked about.
func Hooks() []string { return []string{"site", "path", "placement"} }

// nameGrammar is what a new plugin can be called.
var nameGrammar = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// templates make the files of a new plugin, by language.
var templates = map[string]func(Plugin) ([]File, error){}

// Languages are the languages that there are templates in, sorted.
func Languages() []string { return slices.Sorted(maps.Keys(templates)) }

// New makes the files of a new plugin, sorted by path: a source that does something, its manifest, what builds it, and
// the SDK, so that it builds without a network. The error matches [ErrLanguage] and lists what there is, [ErrHook] or [ErrName].
func New(language string, p Plugin) ([]File, error) {
	make := templates[language]
	if make == nil {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrLanguage, language, strings.Join(Languages(), ", "))
	}
	if !nameGrammar.MatchString(p.Name) {
		return nil, fmt.Errorf("%w: %q; it begins with a small letter and has small letters, digits and hyphens, at most 40", ErrName, p.Name)
	}
	if p.Hook == "" {
		p.Hook = Hooks()[0]
	}
	if !slices.Contains(Hooks(), p.Hook) {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrHook, p.Hook, strings.Join(Hooks(), ", "))
	}
	files, err := make(p)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// copied are the files of a directory of sources, below the directory to. Names that keep refuses are left out.
func copied(from fs.FS, dir, to string, keep func(name string) bool) ([]File, error) {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		if e.IsDir() || !keep(e.Name()) {
			continue
		}
		content, err := fs.ReadFile(from, dir+"/"+e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, File{to + e.Name(), content, strings.HasSuffix(e.Name(), ".sh")})
	}
	return files, nil
}

// about puts what a template has for a hook other than site in the place of what it has for sites: its manifest and, below
// the directory to, its source.
func about(hook string, files []File, from fs.FS, template, to string) ([]File, error) {
	if hook == "site" {
		return files, nil
	}
	own, err := copied(from, template+"/"+hook, "", every)
	if err != nil {
		return nil, err
	}
	for _, f := range own {
		if f.Path != "plugin.yaml" {
			f.Path = to + f.Path
		}
		i := slices.IndexFunc(files, func(x File) bool { return x.Path == f.Path })
		if i < 0 {
			return nil, fmt.Errorf("the template for the hook %s has %s, and that for sites has not", hook, f.Path)
		}
		files[i] = f
	}
	return files, nil
}

// named puts a plugin's name where NAME stands in its manifest.
func named(files []File, p Plugin) []File {
	for i := range files {
		if files[i].Path == "plugin.yaml" {
			files[i].Content = []byte(strings.ReplaceAll(string(files[i].Content), "NAME", p.Name))
		}
	}
	return files
}

// every keeps all files.
func every(string) bool { return true }
