package conduit_test

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// The sites of the tests' topology. Regions are their own; a1 and a2 are zones of a, e belongs to no region.
const (
	a = iota
	a1
	a2
	b
	c
	d
	e
	sites
)

// The risk groups.
const (
	cable = iota
	duct
	trench
)

// link is a link from one site to another, with the groups it names itself.
type link struct {
	from, to uint32
	groups   []string
}

// both are the links between sites in both directions.
func both(from, to uint32, groups ...string) []link {
	return []link{{from, to, groups}, {to, from, groups}}
}

// topology is the snapshot with these links; also are the pairs of sites that the group trench names.
func topology(also [][2]string, links ...[]link) []byte {
	m := guesttest.NewImage("topology")
	ids := []string{"a", "a1", "a2", "b", "c", "d", "e"}
	s := m.Table("sites", sites)
	s.Strings("id", ids)
	region := []uint32{a, a, a, b, c, d, 0}
	states := slices.Repeat([]guest.State{guest.Value}, sites)
	states[e] = guest.Absent
	s.Refs("region", "sites", region, states...)
	m.Table("regions", 4).Refs("site", "sites", []uint32{a, b, c, d})
	all := slices.Concat(links...)
	slices.SortFunc(all, func(x, y link) int { return int(x.from*sites+x.to) - int(y.from*sites+y.to) })
	var from, to []uint32
	var groups [][]string
	for _, l := range all {
		from, to, groups = append(from, l.from), append(to, l.to), append(groups, l.groups)
	}
	t := m.Table("links", len(all))
	t.Refs("from", "sites", from)
	t.Refs("to", "sites", to)
	t.Lists("riskGroups", groups)
	g := m.Table("riskGroups", 3)
	g.Strings("id", []string{"cable", "duct", "trench"})
	ends := [2][]string{}
	for _, pair := range also {
		ends[0], ends[1] = append(ends[0], pair[0]), append(ends[1], pair[1])
	}
	g.Lists("linksFrom", [][]string{nil, nil, ends[0]})
	g.Lists("linksTo", [][]string{nil, nil, ends[1]})
	return m.Bytes()
}

// module is the plugin as it is committed.
func module(t *testing.T) *guestrun.Module {
	t.Helper()
	bin, err := os.ReadFile("conduit-diversity.wasm")
	if err != nil {
		t.Fatal(err)
	}
	return guestrun.Compile(t, bin)
}

// TestModule builds the plugin and compares the bytes with those that are committed.
func TestModule(t *testing.T) {
	built := guestrun.BuildC(t, "../../sdk/c", "src/conduit.c")
	committed, err := os.ReadFile("conduit-diversity.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(built, committed) {
		t.Error("conduit-diversity.wasm is not what its source builds; run scripts/build-guests")
	}
	if imports := guestrun.Compile(t, committed).Imports(); len(imports) != 0 {
		t.Errorf("it imports %v", imports)
	}
}

// paths is a request about the paths between these pairs of sites, with risk groups that the host names.
func paths(pairs [][2]uint32, groups [][]uint32) []byte {
	m := guesttest.NewImage("request")
	m.Table("sites", sites)
	m.Table("riskGroups", 3)
	t := m.Table("paths", len(pairs))
	var from, to []uint32
	for _, p := range pairs {
		from, to = append(from, p[0]), append(to, p[1])
	}
	if groups == nil {
		groups = make([][]uint32, len(pairs))
	}
	t.Refs("from", "sites", from)
	t.Refs("to", "sites", to)
	t.Relation("riskGroups", "riskGroups", groups)
	return m.Bytes()
}

// says is a reason.
func says(row, code, kind int, args ...any) guesttest.Reason {
	return guesttest.Reason{Row: row, Code: code, Kind: kind, Args: args}
}

func TestPaths(t *testing.T) {
	m := module(t)
	ab := [][2]uint32{{a, b}}
	shares := []guesttest.Reason{says(0, 1, 2, guesttest.Site(a), guesttest.Site(b), "cable")}
	mayShare := []guesttest.Reason{says(0, 2, 130, guesttest.Site(a), guesttest.Site(b))}
	direct := both(a, b, "cable")
	for _, x := range []struct {
		name     string
		links    [][]link
		also     [][2]string
		groups   [][]uint32
		settings map[string]any
		want     []guesttest.Reason
	}{
		{name: "a way around by c", links: [][]link{direct, both(a, c, "duct"), both(c, b), both(a, d, "cable"), both(d, b)}},
		{name: "both ways around share", links: [][]link{direct, both(a, c, "cable"), both(c, b), both(a, d), both(d, b, "cable", "duct")}, want: shares},
		{name: "a way around that nobody knows", links: [][]link{direct, both(a, c, "cable"), both(c, b), both(a, d)}, want: mayShare},
		{name: "what is known of it shares", links: [][]link{direct, both(a, c, "cable"), both(c, b), both(a, d, "cable")}, want: shares},
		{name: "unlisted is none", links: [][]link{direct, both(a, c, "cable"), both(c, b), both(a, d)}, settings: map[string]any{"unlisted": "none"}},
		{name: "unlisted is ignored", links: [][]link{direct, both(a, c, "cable"), both(c, b), both(a, d)}, settings: map[string]any{"unlisted": "ignored"}, want: shares},
		{name: "an unlisted path is ignored", links: [][]link{both(a, c, "cable")}, settings: map[string]any{"unlisted": "ignored"}},
		{name: "no groups", links: [][]link{both(a, b)}},
		{name: "nobody knows the path", links: [][]link{both(a, c, "duct"), both(c, b)}, want: mayShare},
		{name: "nobody knows the path, and a way around is in no group", links: [][]link{both(a, c), both(c, b)}},
		{name: "the host knows a group of it", links: [][]link{both(a, c, "cable"), both(c, b), both(a, d), both(d, b, "cable")}, groups: [][]uint32{{cable}}, want: shares},
		{name: "the host knows a group of it, and no more", links: [][]link{both(a, c, "cable"), both(c, b), both(a, d), both(d, b, "duct")}, groups: [][]uint32{{cable}}, want: mayShare},
		{
			name: "a group names links", links: [][]link{both(a, b), both(a, c), both(c, b), both(a, d), both(d, b)},
			also: [][2]string{{"b", "a"}, {"a", "c"}, {"d", "b"}},
			want: []guesttest.Reason{says(0, 1, 2, guesttest.Site(a), guesttest.Site(b), "trench")},
		},
		{name: "off", links: [][]link{direct}, settings: map[string]any{"paths": "off"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			q := guesttest.Question{
				Hook: "path", Snapshot: topology(x.also, x.links...), Settings: guesttest.Settings(x.settings), Request: paths(ab, x.groups), Rows: 1, Reasons: 9, Args: 30,
			}
			got, err := guesttest.Ask(m.New(), q)
			if want := (guesttest.Answer{Reasons: x.want}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v %v\nwant %+v", got, err, want)
			}
			if x.settings != nil {
				return
			}
			// With deny the same reasons deny, surely or perhaps.
			want := guesttest.Answer{Reasons: slices.Clone(x.want)}
			for i := range want.Reasons {
				want.Reasons[i].Kind--
				if want.Reasons[i].Kind == 1 {
					want.Denied = []int{0}
				} else {
					want.Unknown = []int{0}
				}
			}
			q.Settings = guesttest.Settings(map[string]any{"paths": "deny"})
			if got, err := guesttest.Ask(m.New(), q); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("deny: %+v %v\nwant %+v", got, err, want)
			}
		})
	}
}

// TestSelectedPaths judges those paths alone that are asked about, and none from a region to itself.
func TestSelectedPaths(t *testing.T) {
	q := guesttest.Question{
		Hook: "path", Snapshot: topology(nil, both(a, b, "cable"), both(c, d, "duct")), Settings: guesttest.Settings(map[string]any{"unlisted": "none", "paths": "deny"}),
		Request: paths([][2]uint32{{a, b}, {a, a}, {b, a}, {d, c}, {a, c}}, nil), Rows: 5, Selected: []int{1, 3, 4}, Reasons: 9, Args: 30,
	}
	// Every way around leads over links that nobody lists.
	got, err := guesttest.Ask(module(t).New(), q)
	if err != nil || !reflect.DeepEqual(got, guesttest.Answer{}) {
		t.Errorf("%+v %v", got, err)
	}
	q.Snapshot = topology(nil, both(a, b, "cable"), both(c, d, "duct"), both(c, a, "duct"), both(c, b, "duct"))
	want := guesttest.Answer{Denied: []int{3, 4}, Reasons: []guesttest.Reason{
		says(3, 1, 1, guesttest.Site(d), guesttest.Site(c), "duct"), says(4, 1, 1, guesttest.Site(a), guesttest.Site(c), "duct"),
	}}
	if got, err = guesttest.Ask(module(t).New(), q); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v\nwant %+v", got, err, want)
	}
}

// copyAt is a copy of a component in a placement.
type copyAt struct{ placement, component, site uint32 }

// placements is a request about placements of these kinds with these copies.
func placements(kinds []string, copies ...copyAt) []byte {
	m := guesttest.NewImage("request")
	m.Table("sites", sites)
	m.Table("components", 2).Strings("name", []string{"db", "web"})
	m.Table("placements", len(kinds)).Strings("kind", kinds)
	t := m.Table("copies", len(copies))
	var placement, component, site []uint32
	for _, x := range copies {
		placement, component, site = append(placement, x.placement), append(component, x.component), append(site, x.site)
	}
	t.Refs("placement", "placements", placement)
	t.Refs("component", "components", component)
	t.Refs("site", "sites", site)
	return m.Bytes()
}

func TestPlacements(t *testing.T) {
	m := module(t)
	star := [][]link{both(a, b, "cable", "duct"), both(b, c, "cable"), both(a, c, "cable", "duct"), both(c, d, "duct")}
	for _, x := range []struct {
		name     string
		copies   []copyAt
		kinds    []string
		settings map[string]any
		want     guesttest.Answer
	}{
		{name: "one copy", copies: []copyAt{{0, 0, a}}},
		{name: "no copies"},
		{name: "one region", copies: []copyAt{{0, 0, a1}, {0, 0, a2}}},
		{
			name: "two regions", copies: []copyAt{{0, 0, a1}, {0, 0, b}},
			want: guesttest.Answer{Denied: []int{0}, Reasons: []guesttest.Reason{says(0, 3, 1, "db", int64(2), "cable")}},
		},
		{
			name: "three regions and one cable", copies: []copyAt{{0, 1, c}, {0, 1, a}, {0, 1, b}},
			want: guesttest.Answer{Denied: []int{0}, Reasons: []guesttest.Reason{says(0, 3, 1, "web", int64(3), "cable")}},
		},
		{name: "nothing in common, whatever is unknown", copies: []copyAt{{0, 0, d}, {0, 0, b}, {0, 0, c}}},
		{
			name: "nobody knows the way", copies: []copyAt{{0, 0, a}, {0, 0, d}},
			want: guesttest.Answer{Unknown: []int{0}, Reasons: []guesttest.Reason{says(0, 4, 129, "db", int64(2))}},
		},
		{
			name: "nobody knows one of the ways", copies: []copyAt{{0, 0, a}, {0, 0, d}, {0, 0, c}},
			want: guesttest.Answer{Unknown: []int{0}, Reasons: []guesttest.Reason{says(0, 4, 129, "db", int64(3))}},
		},
		{name: "unlisted is none", copies: []copyAt{{0, 0, a}, {0, 0, d}}, settings: map[string]any{"unlisted": "none"}},
		{name: "unlisted is ignored", copies: []copyAt{{0, 0, a}, {0, 0, d}}, settings: map[string]any{"unlisted": "ignored"}},
		{
			name: "of three ways the one that is unlisted is ignored", copies: []copyAt{{0, 0, a}, {0, 0, c}, {0, 0, d}}, settings: map[string]any{"unlisted": "ignored"},
			want: guesttest.Answer{Denied: []int{0}, Reasons: []guesttest.Reason{says(0, 3, 1, "db", int64(3), "duct")}},
		},
		{
			name: "no region", copies: []copyAt{{0, 0, a}, {0, 0, e}},
			want: guesttest.Answer{Unknown: []int{0}, Reasons: []guesttest.Reason{says(0, 4, 129, "db", int64(2))}},
		},
		{
			name: "each component for itself", copies: []copyAt{{0, 0, a}, {0, 0, b}, {0, 1, a}, {0, 1, c}},
			settings: map[string]any{"placements": "warn"},
			want:     guesttest.Answer{Reasons: []guesttest.Reason{says(0, 3, 2, "db", int64(2), "cable"), says(0, 3, 2, "web", int64(2), "cable")}},
		},
		{
			name: "placements and scenarios", copies: []copyAt{{1, 0, a}, {1, 0, b}, {2, 0, a}, {2, 0, c}, {3, 0, a}, {3, 0, b}}, kinds: []string{"none", "none", "region", "none"},
			want: guesttest.Answer{Denied: []int{1, 3}, Reasons: []guesttest.Reason{says(1, 3, 1, "db", int64(2), "cable"), says(3, 3, 1, "db", int64(2), "cable")}},
		},
		{
			name: "scenarios too", copies: []copyAt{{0, 0, b}, {1, 0, b}, {1, 0, a}}, kinds: []string{"none", "region"}, settings: map[string]any{"scenarios": true},
			want: guesttest.Answer{Denied: []int{1}, Reasons: []guesttest.Reason{says(1, 3, 1, "db", int64(2), "cable")}},
		},
		{name: "off", copies: []copyAt{{0, 0, a}, {0, 0, b}}, settings: map[string]any{"placements": "off"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if x.kinds == nil {
				x.kinds = []string{"none"}
			}
			got, err := guesttest.Ask(m.New(), guesttest.Question{
				Hook: "placement", Snapshot: topology(nil, star...), Settings: guesttest.Settings(x.settings),
				Request: placements(x.kinds, x.copies...), Rows: len(x.kinds), Component: -1, Reasons: 9, Args: 30,
			})
			if err != nil || !reflect.DeepEqual(got, x.want) {
				t.Errorf("%+v %v\nwant %+v", got, err, x.want)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	m := module(t)
	for _, x := range []struct {
		settings map[string]any
		status   int32
		want     string
	}{
		{map[string]any{"paths": "Deny"}, 2, "setting paths: must be deny, warn or off"},
		{map[string]any{"placements": ""}, 2, "setting placements: must be deny, warn or off"},
		{map[string]any{"unlisted": "maybe"}, 2, "setting unlisted: must be unknown, none or ignored"},
		{map[string]any{"paths": 3}, 1, "setting paths: must be a text"},
		{map[string]any{"scenarios": "yes"}, 1, "setting scenarios: must be true or false"},
	} {
		_, err := guesttest.Ask(m.New(), guesttest.Question{Snapshot: topology(nil), Settings: guesttest.Settings(x.settings)})
		var failed *guesttest.Failed
		if !errors.As(err, &failed) || *failed != (guesttest.Failed{Export: "bailiwick_configure", Status: x.status, Text: x.want}) {
			t.Errorf("%v: %v\nwant %s", x.settings, err, x.want)
		}
	}
	_, err := guesttest.Ask(m.New(), guesttest.Question{Snapshot: guesttest.NewImage("topology").Bytes()})
	if want := "bailiwick_configure failed with status 1: the topology has no table links"; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}
