package tables

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// documented are the columns that a page names for each table: what stands between backquotes under the table's
// heading, in the first cell of a row or before a type in parentheses.
func documented(t testing.TB, page, from string) map[string]map[string]bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), from)
	if !ok {
		t.Fatalf("%s has no %q", page, from)
	}
	after, _, _ = strings.Cut(after, "\n## ")
	all := map[string]map[string]bool{}
	add := func(table, columns string) {
		if all[table] == nil {
			all[table] = map[string]bool{}
		}
		take := func(list string) {
			for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
				all[table][name[1]] = true
			}
		}
		for line := range strings.SplitSeq(columns, "\n") {
			if cells := strings.Split(line, "|"); len(cells) > 2 {
				take(cells[1])
				continue
			}
			for _, list := range regexp.MustCompile("((?:`[^`]+`(?:, )?)+) \\(").FindAllString(line, -1) {
				take(list)
			}
		}
	}
	for _, section := range strings.Split(after, "\n### ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		if name := regexp.MustCompile("^`([^`]+)`").FindStringSubmatch(heading); name != nil && !strings.Contains(heading, ", `") {
			add(name[1], body)
			continue
		}
		// Several tables, each a paragraph or a sentence that begins with its name and a colon.
		parts := regexp.MustCompile("(?:^|[\n.] ?)`([A-Za-z]+)`: ").FindAllStringSubmatchIndex(body, -1)
		for i, p := range parts {
			end := len(body)
			if i+1 < len(parts) {
				end = parts[i+1][0]
			}
			add(body[p[2]:p[3]], body[p[1]:end])
		}
	}
	return all
}

// compare compares an image's tables with those of a page.
func compare(t *testing.T, img *image.Image, doc map[string]map[string]bool) {
	t.Helper()
	seen := map[string]bool{}
	for table := range img.Tables() {
		var names []string
		for c := range table.Columns() {
			names = append(names, c.Name)
		}
		if len(names) == 0 {
			continue // it stands for the snapshot's
		}
		seen[table.Name()] = true
		slices.Sort(names)
		if want := slices.Sorted(maps.Keys(doc[table.Name()])); !slices.Equal(names, want) {
			t.Errorf("table %s has columns\n%v, documented are\n%v", table.Name(), names, want)
		}
	}
	for name := range doc {
		if !seen[name] {
			t.Errorf("table %s is documented and not there", name)
		}
	}
}

// TestSnapshotTables finds in docs/snapshot-tables.md every table and column that a snapshot has, and no other.
func TestSnapshotTables(t *testing.T) {
	img, err := image.FromBytes(cataloguetest.Snapshot().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, img, documented(t, "../../../docs/snapshot-tables.md", "# The tables of a snapshot"))
}

// TestRequestTables finds in docs/abi.md every table and column that a request has, and no other.
func TestRequestTables(t *testing.T) {
	b, err := request(t).Image(nil)
	if err != nil {
		t.Fatal(err)
	}
	img, err := image.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, img, documented(t, "../../../docs/abi.md", "## The request\n"))
}

// request is a request that has something of everything.
func request(t testing.TB) *Request {
	t.Helper()
	s := cataloguetest.Snapshot()
	req, err := placement.Decode("r.yaml", []byte(`
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: all}
spec:
  at: 2026-11-01T12:00:00Z
  sites: {include: [eu-west-1, eu-central-1]}
  users: [{population: DE, weight: 60}, {population: FR, access: {mobile: Orange}}, {population: eu-west-1}]
  data:
    - {name: customers, class: personal, subjects: [EU], residency: [EU, JP], logs: [DE], transfer: [{tool: SCC, to: US, until: 2027-01-01}, {tool: BCR, to: JP}], keys: {custodian: customer}, encryption: end-to-end}
    - {name: open, class: public}
  components:
    - {name: api, services: [ec2, s3], data: [customers, open], copies: {min: 2, max: 3}, roles: [primary, witness], survive: region, capacity: {needed: 100, perCopy: 60}, dependsOn: [{component: db, maxMs: 5, trafficGB: 10}], rtoSeconds: 300, latency: {maxMs: 60, percentile: 99}}
    - {name: db, userFacing: false, spread: {separationKm: 300, perRegion: 1}}
  current: {db: [eu-central-1]}
  carbon: {maxGramsPerKWh: 400, basis: market}
  objective: {latency: 0.7, carbon: 0.3}
`))
	if err != nil {
		t.Fatal(err)
	}
	row := func(id string) topology.SiteRow {
		r, ok := s.Site(id)
		if !ok {
			t.Fatal(id)
		}
		return r
	}
	population := func(id string) topology.PopulationRow {
		r, ok := s.Population(id)
		if !ok {
			t.Fatal(id)
		}
		return r
	}
	service := func(id string) topology.ServiceRow {
		r, ok := s.Service(id)
		if !ok {
			t.Fatal(id)
		}
		return r
	}
	return &Request{
		Snap: s, Req: req, At: "2026-11-01T12:00:00Z", Day: "2026-11-01",
		Include: []topology.SiteRow{row("eu-west-1"), row("eu-central-1")},
		Users:   []topology.User{{Population: population("DE")}, {Population: population("FR"), Mobile: "Orange"}, {Site: row("eu-west-1"), IsSite: true}},
		Components: []Component{
			{Component: &req.Spec.Components[0], Services: []topology.ServiceRow{service("ec2"), service("s3")}},
			{Component: &req.Spec.Components[1], Current: []topology.SiteRow{row("eu-central-1")}},
		},
	}
}
