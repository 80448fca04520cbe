// A plugin of Bailiwick that refuses sites whose electricity emits too much.
package main

import guest "github.com/bailiwick-dev/bailiwick/sdk/go"

func init() {
	guest.OnConfigure(prepare)
	guest.OnSite(judge)
}

func main() {}

// tooMuch is a reason of plugin.yaml.
const tooMuch guest.Code = 1

// What prepare leaves to judge.
var (
	ceiling float64
	grid    guest.Float64Column
)

// prepare reads the settings and finds the columns of the snapshot. It is called once.
func prepare(s *guest.Setup) error {
	ceiling = guest.Must(s.Settings.Number("ceiling", 300))
	if ceiling < 0 {
		return guest.Fail("setting ceiling: must not be less than 0")
	}
	sites := guest.Must(s.Snapshot.Table("sites"))
	grid = guest.Must(sites.Float64s("carbon.gridGramsPerKWh"))
	return nil
}

// judge is asked about all candidates in one call, and finds what prepare left.
func judge(c *guest.Call) error {
	for row := range c.Rows() {
		switch grams, state := grid.Get(row); {
		case state == guest.Unknown:
			c.MayDeny(row, guest.NoReason)
		case state == guest.Value && grams > ceiling:
			c.Deny(row, tooMuch, guest.Site(row), guest.Number(grams), guest.Number(ceiling))
		}
	}
	return nil
}
