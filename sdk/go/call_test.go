package guest_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// with links a guest of these functions for the time of a test.
func with(t *testing.T, configure func(*guest.Setup) error, site func(*guest.Call) error) {
	t.Helper()
	guest.OnConfigure(configure)
	guest.OnSite(site)
	t.Cleanup(func() {
		guest.OnConfigure(nil)
		guest.OnSite(nil)
	})
}

// ask asks about sites.
func ask(q guesttest.Question) (guesttest.Answer, error) {
	q.Hook = "site"
	return guesttest.Ask(guesttest.Native{}, q)
}

// TestAnswers says everything that can be said.
func TestAnswers(t *testing.T) {
	snapshot := guesttest.NewImage("topology")
	snapshot.Table("sites", 130)
	request := guesttest.NewImage("request")
	request.Table("users", 1).Strings("zone", []string{"zürich"})
	rows := []int(nil)
	with(t, nil, func(c *guest.Call) error {
		rows = slices.Collect(c.Rows())
		if c.Size() != 130 || c.Component != 4 || !c.Explaining() || c.Selected().Has(1) || c.Selected().Has(130) {
			t.Errorf("size %d, component %d", c.Size(), c.Component)
		}
		zone, _ := c.Request.Find("zürich")
		sites, _ := c.Snapshot.Find("sites")
		c.Deny(0, 1, guest.Number(-0.5), guest.Integer(-7), guest.Text("own"), guest.Text(""), guest.Site(129), guest.SnapshotString(sites), guest.RequestString(zone), guest.Text("own"))
		c.Deny(64, guest.NoReason)
		c.MayDeny(65, 2)
		c.Score(65, 100)
		c.Score(129, 0)
		c.Warn(129, 3, guest.Text("ow"+string(rune('n'+c.Component-4))))
		c.MayWarn(129, 4)
		c.Oblige(129, 5)
		c.MayOblige(129, 65535)
		return nil
	})
	got, err := ask(guesttest.Question{
		Snapshot: snapshot.Bytes(), Request: request.Bytes(), Rows: 130, Selected: []int{0, 64, 65, 129}, Component: 4, Reasons: 9, Args: 20,
	})
	want := guesttest.Answer{
		Denied: []int{0, 64}, Unknown: []int{65}, Scores: map[int]float64{65: 100, 129: 0},
		Reasons: []guesttest.Reason{
			{Row: 0, Code: 1, Kind: 1, Args: []any{-0.5, int64(-7), "own", "", guesttest.Site(129), "sites", "zürich", "own"}},
			{Row: 65, Code: 2, Kind: 129},
			{Row: 129, Code: 3, Kind: 2, Args: []any{"own"}},
			{Row: 129, Code: 4, Kind: 130},
			{Row: 129, Code: 5, Kind: 3},
			{Row: 129, Code: 65535, Kind: 131},
		},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v\nwant %+v", got, err, want)
	}
	if !slices.Equal(rows, []int{0, 64, 65, 129}) {
		t.Errorf("asked about %v", rows)
	}
}

// TestNoRoom says more than there is room for. What finds none is left out whole, and counted.
func TestNoRoom(t *testing.T) {
	with(t, nil, func(c *guest.Call) error {
		c.Deny(0, 1, guest.Integer(1), guest.Integer(2))
		c.Deny(1, 2, guest.Integer(3), guest.Integer(4)) // one argument too many
		c.Deny(2, 3, guest.Integer(5))
		c.Deny(3, 4) // one reason too many
		return nil
	})
	got, err := ask(guesttest.Question{Rows: 4, Reasons: 2, Args: 3})
	want := guesttest.Answer{
		Denied:  []int{0, 1, 2, 3},
		Reasons: []guesttest.Reason{{Row: 0, Code: 1, Kind: 1, Args: []any{int64(1), int64(2)}}, {Row: 2, Code: 3, Kind: 1, Args: []any{int64(5)}}},
		Lost:    2,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v\nwant %+v", got, err, want)
	}
}

// TestFailures fails in every way there is.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name      string
		configure func(*guest.Setup) error
		site      func(*guest.Call) error
		want      guesttest.Failed
	}{
		{"no function", nil, nil, guesttest.Failed{Export: "bailiwick_site", Status: 1, Text: "the guest judges no sites"}},
		{
			"an error", nil, func(*guest.Call) error { return errors.New("of its own") },
			guesttest.Failed{Export: "bailiwick_site", Status: 1, Text: "of its own"},
		},
		{
			"a status", nil, func(*guest.Call) error { return guest.FailStatus(-3, "below") },
			guesttest.Failed{Export: "bailiwick_site", Status: -3, Text: "below"},
		},
		{
			"a status that says that all is well", nil, func(*guest.Call) error { return guest.FailStatus(0, "it is not") },
			guesttest.Failed{Export: "bailiwick_site", Status: 1, Text: "it is not"},
		},
		{
			"must", nil, func(c *guest.Call) error { guest.Must(c.Request.Table("users")); return nil },
			guesttest.Failed{Export: "bailiwick_site", Status: 1, Text: "the request has no table users"},
		},
		{
			"configuring", func(s *guest.Setup) error { guest.Must(s.Snapshot.Table("sites")); return nil }, nil,
			guesttest.Failed{Export: "bailiwick_configure", Status: 1, Text: "the topology has no table sites"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			with(t, c.configure, c.site)
			_, err := ask(guesttest.Question{Rows: 1})
			var failed *guesttest.Failed
			if !errors.As(err, &failed) || *failed != c.want {
				t.Errorf("%v\nwant %v", err, &c.want)
			}
		})
	}
}

// TestTraps makes mistakes that end the call: what a guest would trap with.
func TestTraps(t *testing.T) {
	for _, c := range []struct {
		name string
		site func(*guest.Call) error
		want string
	}{
		{"a row that is not selected", func(c *guest.Call) error { c.Deny(1, 1); return nil }, "guest: an answer for row 1, which is not selected"},
		{"a row that is not there", func(c *guest.Call) error { c.Warn(2, 1); return nil }, "guest: an answer for row 2, which is not selected"},
		{"no row", func(c *guest.Call) error { c.Score(-1, 1); return nil }, "guest: an answer for row -1, which is not selected"},
		{"nine arguments", func(c *guest.Call) error { c.Deny(0, 1, make([]guest.Arg, 9)...); return nil }, "guest: 9 arguments of one reason; there can be 8"},
		{"its own", func(*guest.Call) error { panic("as it likes") }, "as it likes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			with(t, nil, c.site)
			defer func() {
				if r := fmt.Sprint(recover()); r != c.want {
					t.Errorf("%s\nwant %s", r, c.want)
				}
			}()
			_, err := ask(guesttest.Question{Rows: 2, Selected: []int{0}, Reasons: 9, Args: 20})
			t.Errorf("it goes on: %v", err)
		})
	}
}

// TestSettings reads settings of every type, those that are not there, and those that are something else.
func TestSettings(t *testing.T) {
	m := guesttest.NewImage("settings")
	c := m.Table("settings", 1)
	c.Strings("name", []string{"here"})
	c.Strings("null", []string{""}, guest.Absent)
	c.Float64s("limit", []float64{2.5})
	c.Float64s("weights.EU", []float64{3})
	c.Float64s("weights.US", []float64{4})
	c.Bools("strict", []bool{true})
	c.Lists("in", [][]string{{"DE", "FR"}})
	c.Int32s("steps.length", []int32{2})
	c.Float64s("steps.0", []float64{1})
	c.Bools("steps.1", []bool{true})
	seen := ""
	with(t, func(s *guest.Setup) error {
		g := s.Settings
		note := func(what string, v any, err error) { seen += fmt.Sprintln(what, v, err) }
		for _, name := range []string{"name", "null", "missing", "limit"} {
			v, err := g.Text(name, "otherwise")
			note(name, v, err)
		}
		for _, name := range []string{"limit", "weights.EU", "weights", "null", "strict"} {
			v, err := g.Number(name, -1)
			note(name, v, err)
		}
		for _, name := range []string{"strict", "missing", "in"} {
			v, err := g.Bool(name, false)
			note(name, v, err)
		}
		for _, name := range []string{"in", "null", "name"} {
			v, err := g.Texts(name)
			note(name, v, err)
		}
		for _, name := range []string{"steps", "in"} {
			v, err := g.Length(name)
			note(name, v, err)
		}
		note("weights.", slices.Collect(g.Names("weights.")), nil)
		note("has", fmt.Sprint(g.Has("limit"), g.Has("null"), g.Has("weights"), g.Has("in")), nil)
		return nil
	}, nil)
	if _, err := guesttest.Ask(guesttest.Native{}, guesttest.Question{Settings: m.Bytes()}); err != nil {
		t.Fatal(err)
	}
	want := `name here <nil>
null otherwise <nil>
missing otherwise <nil>
limit  setting limit: must be a text
limit 2.5 <nil>
weights.EU 3 <nil>
weights -1 <nil>
null -1 <nil>
strict 0 setting strict: must be a number
strict true <nil>
missing false <nil>
in false setting in: must be true or false
in [DE FR] <nil>
null [] <nil>
name [] setting name: must be a list of texts
steps 2 <nil>
in 0 <nil>
weights. [weights.EU weights.US] <nil>
has true false false true <nil>
`
	if seen != want {
		t.Errorf("read\n%s\nwant\n%s", seen, want)
	}
}

// TestSet fills a set and leaves its rows early.
func TestSet(t *testing.T) {
	s := guest.NewSet(65)
	for _, i := range []int{64, 0, 7, 64} {
		s.Add(i)
	}
	if got := slices.Collect(s.Rows()); !slices.Equal(got, []int{0, 7, 64}) || s.Count() != 3 || s.Size() != 65 || s.Has(-1) || s.Has(65) || s.Has(1) {
		t.Errorf("%v, %d of %d", got, s.Count(), s.Size())
	}
	for i := range s.Rows() {
		if i == 7 {
			break
		}
	}
	defer func() {
		if r := recover(); r != "guest: row 65 in a set over 65" {
			t.Error(r)
		}
	}()
	s.Add(65)
}

// TestAnsweringAllocatesNothing answers with arguments of every kind.
func TestAnsweringAllocatesNothing(t *testing.T) {
	with(t, nil, func(c *guest.Call) error {
		n := testing.AllocsPerRun(10, func() {
			for row := range c.Rows() {
				c.Deny(row, 1, guest.Number(2.5), guest.Integer(int64(row)), guest.Site(row), guest.RequestString(guest.NoID))
				c.Score(row, 1)
			}
		})
		if n != 0 {
			t.Errorf("%v allocations", n)
		}
		return nil
	})
	if _, err := ask(guesttest.Question{Rows: 70, Reasons: 2000, Args: 8000}); err != nil {
		t.Error(err)
	}
}
