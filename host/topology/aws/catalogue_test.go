package aws_test

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

// The tests read the files with nothing but a YAML and a CSV library, so that they judge the data and
// not the package that compiles it.

// document holds the parts of a topology document that the tests look at.
type document struct {
	APIVersion    string         `yaml:"apiVersion"`
	Kind          string         `yaml:"kind"`
	Metadata      map[string]any `yaml:"metadata"`
	Sources       []entry        `yaml:"sources"`
	Providers     []entry        `yaml:"providers"`
	Partitions    []entry        `yaml:"partitions"`
	Jurisdictions []entry        `yaml:"jurisdictions"`
	Sites         []entry        `yaml:"sites"`
	Services      []entry        `yaml:"services"`
	Offerings     []entry        `yaml:"offerings"`
	Programmes    []entry        `yaml:"programmes"`
	Carbon        []entry        `yaml:"carbon"`
	Regimes       []entry        `yaml:"regimes"`
}

// entry holds the fields of any kind of entry that the tests look at.
type entry struct {
	ID         string            `yaml:"id"`
	Name       string            `yaml:"name"`
	Kind       string            `yaml:"kind"`
	Title      string            `yaml:"title"`
	URL        string            `yaml:"url"`
	AsOf       string            `yaml:"asOf"`
	Partition  string            `yaml:"partition"`
	Provider   string            `yaml:"provider"`
	Parent     string            `yaml:"parent"`
	Country    string            `yaml:"country"`
	Status     string            `yaml:"status"`
	Lat        *float64          `yaml:"lat"`
	Lon        *float64          `yaml:"lon"`
	OptIn      *bool             `yaml:"optIn"`
	ZoneCount  *int              `yaml:"zoneCount"`
	Aliases    []string          `yaml:"aliases"`
	MemberOf   []string          `yaml:"memberOf"`
	Control    []string          `yaml:"control"`
	Personnel  []string          `yaml:"personnel"`
	Adequate   []adequacy        `yaml:"adequate"`
	Plane      string            `yaml:"controlPlane"`
	Carrier    string            `yaml:"carrier"`
	Remote     bool              `yaml:"remote"`
	Note       string            `yaml:"note"`
	Services   []string          `yaml:"services"`
	Service    string            `yaml:"service"`
	Scope      string            `yaml:"scope"`
	Variant    string            `yaml:"variantOf"`
	Site       string            `yaml:"site"`
	Grid       float64           `yaml:"gridGramsPerKWh"`
	Confidence string            `yaml:"confidence"`
	Holders    []string          `yaml:"sites"`
	Complete   bool              `yaml:"complete"`
	Among      []string          `yaml:"among"`
	Source     string            `yaml:"source"`
	Sources    map[string]string `yaml:"sources"`
}

type adequacy struct {
	Jurisdiction string `yaml:"jurisdiction"`
	Since        string `yaml:"since"`
	Scope        string `yaml:"scope"`
	Instrument   string `yaml:"instrument"`
	Source       string `yaml:"source"`
}

// table is a CSV file: the header and the rows below it.
type table struct {
	header []string
	rows   [][]string
}

func (t table) column(tb testing.TB, name string) []string {
	tb.Helper()
	i := slices.Index(t.header, name)
	if i < 0 {
		tb.Fatalf("no column %q in %q", name, t.header)
	}
	values := make([]string, len(t.rows))
	for r, row := range t.rows {
		values[r] = row[i]
	}
	return values
}

// catalogue is every file, documents merged and tables by file name. Sites in tables are among the
// document's, too.
type catalogue struct {
	document
	tables map[string]table
}

func load(tb testing.TB) catalogue {
	tb.Helper()
	c := catalogue{tables: map[string]table{}}
	err := fs.WalkDir(aws.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(aws.FS(), name)
		if err != nil {
			return err
		}
		switch path.Ext(name) {
		case ".yaml":
			c.add(tb, name, data)
		case ".csv":
			rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
			if err != nil {
				tb.Fatalf("%s: %v", name, err)
			}
			c.tables[name] = table{header: rows[0], rows: rows[1:]}
			if strings.HasPrefix(name, "sites-") {
				c.Sites = append(c.Sites, c.tables[name].sites(tb)...)
			}
		default:
			tb.Errorf("%s: neither YAML nor CSV", name)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func (c *catalogue) add(tb testing.TB, name string, data []byte) {
	tb.Helper()
	var d document
	if err := yaml.Unmarshal(data, &d); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	if d.APIVersion != "bailiwick/v1" || d.Kind != "Topology" || d.Metadata["name"] != "aws" {
		tb.Errorf("%s: apiVersion %q, kind %q, name %q", name, d.APIVersion, d.Kind, d.Metadata["name"])
	}
	if comment, _, _ := strings.Cut(string(data), "\napiVersion:"); !strings.Contains(comment, "Known gaps:") {
		tb.Errorf("%s: does not open with a comment that tells its known gaps", name)
	}
	c.Sources = append(c.Sources, d.Sources...)
	c.Providers = append(c.Providers, d.Providers...)
	c.Partitions = append(c.Partitions, d.Partitions...)
	c.Jurisdictions = append(c.Jurisdictions, d.Jurisdictions...)
	c.Sites = append(c.Sites, d.Sites...)
	c.Services = append(c.Services, d.Services...)
	c.Offerings = append(c.Offerings, d.Offerings...)
	c.Programmes = append(c.Programmes, d.Programmes...)
	c.Carbon = append(c.Carbon, d.Carbon...)
	c.Regimes = append(c.Regimes, d.Regimes...)
}

// sites reads the rows of a table as sites; only the sources of single fields are left to the table.
func (t table) sites(tb testing.TB) []entry {
	tb.Helper()
	entries := make([]entry, len(t.rows))
	for i, row := range t.rows {
		e := &entries[i]
		texts := map[string]*string{
			"id": &e.ID, "kind": &e.Kind, "name": &e.Name, "partition": &e.Partition, "parent": &e.Parent,
			"country": &e.Country, "status": &e.Status, "note": &e.Note, "source": &e.Source,
		}
		numbers := map[string]**float64{"lat": &e.Lat, "lon": &e.Lon}
		for k, h := range t.header {
			if to, ok := texts[h]; ok {
				*to = row[k]
			}
			if to, ok := numbers[h]; ok && row[k] != "" {
				v, err := strconv.ParseFloat(row[k], 64)
				if err != nil {
					tb.Fatalf("%s: %s: %v", row[0], h, err)
				}
				*to = &v
			}
		}
	}
	return entries
}

// where returns the entries that a predicate holds for.
func where(entries []entry, ok func(entry) bool) []entry {
	return slices.Collect(func(yield func(entry) bool) {
		for _, e := range entries {
			if ok(e) && !yield(e) {
				return
			}
		}
	})
}

func kind(k string) func(entry) bool { return func(e entry) bool { return e.Kind == k } }

func member(bloc string) func(entry) bool {
	return func(e entry) bool { return slices.Contains(e.MemberOf, bloc) }
}

func status(s string) func(entry) bool { return func(e entry) bool { return e.Status == s } }
