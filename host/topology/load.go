package topology

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Input is a tree of topology files. Name prefixes file names in errors; "" leaves them as they are.
type Input struct {
	Name string
	FS   fs.FS
}

// Path returns the Input for a topology file or directory on disk.
func Path(name string) (Input, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Input{}, fmt.Errorf("topology: %w", err)
	}
	if info.IsDir() {
		return Input{Name: name, FS: os.DirFS(name)}, nil
	}
	dir, file := filepath.Split(name)
	if dir == "" {
		dir = "."
	}
	if sectionOf(file) == "" && !isDocument(file) {
		return Input{}, fmt.Errorf("topology: %s: not a topology file; it must end in .yaml, .yml or .json, or be <section>.csv", name)
	}
	return Input{Name: filepath.Dir(name), FS: oneFile{os.DirFS(dir), file}}, nil
}

// oneFile is a file system that shows a single file of another.
type oneFile struct {
	fs.FS
	name string
}

func (f oneFile) ReadDir(string) ([]fs.DirEntry, error) {
	info, err := fs.Stat(f.FS, f.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}

// Load reads every topology file of the inputs and merges them. Files are YAML or JSON documents of
// kind Topology, or CSV tables named after their section (links.csv, offerings-ssm.csv). Anything else
// in a tree is refused, so that a misspelt name is not a silently missing fact.
func Load(inputs ...Input) (*Topology, error) {
	t := new(Topology)
	var errs decode.Errors
	for _, in := range inputs {
		if in.FS == nil {
			return nil, fmt.Errorf("topology: input %q has no file system", in.Name)
		}
		files, err := list(in)
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			shown := path.Join(filepath.ToSlash(in.Name), name)
			data, err := readFile(in.FS, name, shown)
			if err != nil {
				return nil, err
			}
			var more decode.Errors
			switch err := t.add(shown, data); {
			case errors.As(err, &more):
				errs = append(errs, more...)
			case err != nil:
				return nil, err
			}
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return t, nil
}

// readFile checks the size before it reads.
func readFile(fsys fs.FS, name, shown string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("topology: %w", err)
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("topology: %s: %d bytes is more than the %d a topology file may have; split it", shown, info.Size(), maxFileBytes)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("topology: %s: %w", shown, err)
	}
	return data, nil
}

func list(in Input) ([]string, error) {
	var files []string
	err := fs.WalkDir(in.FS, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if p != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		case strings.HasPrefix(d.Name(), "."), strings.EqualFold(d.Name(), "README.md"):
			return nil
		case sectionOf(p) == "" && !isDocument(p):
			return fmt.Errorf("%s: not a topology file; use .yaml, .yml or .json, or a CSV named after its section: %s",
				path.Join(filepath.ToSlash(in.Name), p), strings.Join(sectionNames, ", "))
		}
		if files = append(files, p); len(files) > maxFiles {
			return fmt.Errorf("%s: more than %d files", in.Name, maxFiles)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("topology: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("topology: %s holds no topology file", in.Name)
	}
	slices.Sort(files)
	return files, nil
}

func isDocument(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

var sectionNames = []string{
	"access", "carbon", "egress", "jurisdictions", "links", "offerings", "partitions", "populations",
	"prices", "programmes", "providers", "regimes", "riskGroups", "services", "sites", "sources",
}

// sectionOf returns the section that a CSV file's name says it holds, or "".
func sectionOf(name string) string {
	base, ok := strings.CutSuffix(path.Base(name), ".csv")
	if !ok {
		return ""
	}
	base, _, _ = strings.Cut(base, "-")
	if slices.Contains(sectionNames, base) {
		return base
	}
	return ""
}

var fileLimits = decode.Limits{Bytes: maxFileBytes, Nodes: maxFileNodes}

// add decodes one file into the topology.
func (t *Topology) add(name string, data []byte) error {
	if section := sectionOf(name); section != "" {
		node, err := decode.CSV(name, data, fileLimits)
		if err != nil {
			return err
		}
		return t.addRows(section, node)
	}
	node, err := decode.Parse(name, data, fileLimits)
	if err != nil {
		return err
	}
	var d Document
	if err := node.Into(&d); err != nil {
		return err
	}
	t.merge(&d)
	return nil
}

func (t *Topology) merge(d *Document) {
	if name := d.Metadata.Name; name != "" {
		names := strings.FieldsFunc(t.Metadata.Name, func(r rune) bool { return r == '+' })
		if !slices.Contains(names, name) {
			names = append(names, name)
			slices.Sort(names) // so that the order of files does not show
			t.Metadata.Name = strings.Join(names, "+")
		}
	}
	t.Metadata.AsOf = max(t.Metadata.AsOf, d.Metadata.AsOf)
	s := &t.Sections
	s.Sources = append(s.Sources, d.Sources...)
	s.Providers = append(s.Providers, d.Providers...)
	s.Partitions = append(s.Partitions, d.Partitions...)
	s.Jurisdictions = append(s.Jurisdictions, d.Jurisdictions...)
	s.Regimes = append(s.Regimes, d.Regimes...)
	s.Sites = append(s.Sites, d.Sites...)
	s.Services = append(s.Services, d.Services...)
	s.Offerings = append(s.Offerings, d.Offerings...)
	s.Links = append(s.Links, d.Links...)
	s.Populations = append(s.Populations, d.Populations...)
	s.Access = append(s.Access, d.Access...)
	s.Programmes = append(s.Programmes, d.Programmes...)
	s.Carbon = append(s.Carbon, d.Carbon...)
	s.Prices = append(s.Prices, d.Prices...)
	s.Egress = append(s.Egress, d.Egress...)
	s.RiskGroups = append(s.RiskGroups, d.RiskGroups...)
}

func (t *Topology) addRows(section string, node *decode.Node) error {
	s := &t.Sections
	switch section {
	case "sources":
		return appendRows(&s.Sources, node)
	case "providers":
		return appendRows(&s.Providers, node)
	case "partitions":
		return appendRows(&s.Partitions, node)
	case "jurisdictions":
		return appendRows(&s.Jurisdictions, node)
	case "regimes":
		return appendRows(&s.Regimes, node)
	case "sites":
		return appendRows(&s.Sites, node)
	case "services":
		return appendRows(&s.Services, node)
	case "offerings":
		return appendRows(&s.Offerings, node)
	case "links":
		return appendRows(&s.Links, node)
	case "populations":
		return appendRows(&s.Populations, node)
	case "access":
		return appendRows(&s.Access, node)
	case "programmes":
		return appendRows(&s.Programmes, node)
	case "carbon":
		return appendRows(&s.Carbon, node)
	case "prices":
		return appendRows(&s.Prices, node)
	case "egress":
		return appendRows(&s.Egress, node)
	case "riskGroups":
		return appendRows(&s.RiskGroups, node)
	}
	return fmt.Errorf("topology: no section %q", section)
}

func appendRows[T any](to *[]T, node *decode.Node) error {
	var rows []T
	if err := node.Into(&rows); err != nil {
		return err
	}
	*to = append(*to, rows...)
	return nil
}

// Schema returns the JSON Schema of a topology document.
func Schema() ([]byte, error) {
	return decode.Schema(Document{}, "https://bailiwick.dev/schema/topology.json", "Bailiwick topology")
}
