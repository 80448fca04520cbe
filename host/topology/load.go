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

// Load reads every topology file of the inputs. Each input is a layer, the first the lowest; the files
// of one layer are merged, and a later layer corrects and completes those below it field by field
// (docs/topology.md). Files are YAML or JSON documents of kind Topology, or CSV tables named after their
// section (links.csv, offerings-ssm.csv). Anything else in a tree is refused, so that a misspelt name is
// not a silently missing fact.
func Load(inputs ...Input) (*Topology, error) {
	t := &Topology{shorts: map[string]string{}}
	o := overlay{Topology: t}
	layers := make([]Topology, len(inputs))
	var errs decode.Errors
	for i, in := range inputs {
		if in.FS == nil {
			return nil, fmt.Errorf("topology: input %q has no file system", in.Name)
		}
		files, err := list(in)
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			shown := path.Join(filepath.ToSlash(in.Name), name)
			t.shorts[shown] = path.Join(path.Base(filepath.ToSlash(in.Name)), name)
			data, err := readFile(in.FS, name, shown)
			if err != nil {
				return nil, err
			}
			var more decode.Errors
			switch err := layers[i].add(shown, data, i > 0); {
			case errors.As(err, &more):
				errs = append(errs, more...)
			case err != nil:
				return nil, err
			}
		}
		t.Metadata.merge(layers[i].Metadata)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	for i := range layers {
		if len(layers) > 1 {
			o.checkKeys(&layers[i].Sections)
		}
		if i == 0 {
			t.Sections = layers[0].Sections
		} else {
			o.lay(&layers[i].Sections, i)
		}
	}
	return t, o.errs.Sorted()
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

// add decodes one file into the topology; in part, if it may correct lower layers.
func (t *Topology) add(name string, data []byte, part bool) error {
	if section := sectionOf(name); section != "" {
		node, err := decode.CSV(name, data, fileLimits)
		if err != nil {
			return err
		}
		return t.addRows(section, node, part)
	}
	node, err := decode.Parse(name, data, fileLimits)
	if err != nil {
		return err
	}
	var d Document
	if err := into(node, &d, part); err != nil {
		return err
	}
	t.merge(&d)
	return nil
}

func into(node *decode.Node, v any, part bool) error {
	if part {
		return node.IntoPart(v)
	}
	return node.Into(v)
}

func (m *Metadata) merge(d Metadata) {
	for name := range strings.SplitSeq(d.Name, "+") {
		names := strings.FieldsFunc(m.Name, func(r rune) bool { return r == '+' })
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
			slices.Sort(names) // so that the order of files does not show
			m.Name = strings.Join(names, "+")
		}
	}
	m.AsOf = max(m.AsOf, d.AsOf)
}

func (t *Topology) merge(d *Document) {
	t.Metadata.merge(d.Metadata)
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

func (t *Topology) addRows(section string, node *decode.Node, part bool) error {
	s := &t.Sections
	switch section {
	case "sources":
		return appendRows(&s.Sources, node, part)
	case "providers":
		return appendRows(&s.Providers, node, part)
	case "partitions":
		return appendRows(&s.Partitions, node, part)
	case "jurisdictions":
		return appendRows(&s.Jurisdictions, node, part)
	case "regimes":
		return appendRows(&s.Regimes, node, part)
	case "sites":
		return appendRows(&s.Sites, node, part)
	case "services":
		return appendRows(&s.Services, node, part)
	case "offerings":
		return appendRows(&s.Offerings, node, part)
	case "links":
		return appendRows(&s.Links, node, part)
	case "populations":
		return appendRows(&s.Populations, node, part)
	case "access":
		return appendRows(&s.Access, node, part)
	case "programmes":
		return appendRows(&s.Programmes, node, part)
	case "carbon":
		return appendRows(&s.Carbon, node, part)
	case "prices":
		return appendRows(&s.Prices, node, part)
	case "egress":
		return appendRows(&s.Egress, node, part)
	case "riskGroups":
		return appendRows(&s.RiskGroups, node, part)
	}
	return fmt.Errorf("topology: no section %q", section)
}

func appendRows[T any, P entryOf[T]](to *[]T, node *decode.Node, part bool) error {
	var rows []T
	if err := into(node, &rows, part); err != nil {
		return err
	}
	// Validation checks the names of facts whose source is given; in a column of empty cells it is not.
	var errs decode.Errors
	known := factNames(P(new(T)))
	for column, pos := range node.Columns() {
		if fact, ok := strings.CutPrefix(column, "sources."); ok && !slices.Contains(known, fact) {
			errs = append(errs, &decode.Error{Pos: pos, Msg: fmt.Sprintf("unknown field %q%s", column, decode.DidYouMean(fact, known))})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	*to = append(*to, rows...)
	return nil
}

// Schema returns the JSON Schema of a topology document.
func Schema() ([]byte, error) {
	return decode.Schema(Document{}, "https://bailiwick.dev/schema/topology.json", "Bailiwick topology")
}
