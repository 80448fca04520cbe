// A plugin of Bailiwick that refuses placements at fewer sites than are wanted, whatever fails.
package main

import guest "github.com/bailiwick-dev/bailiwick/sdk/go"

func init() {
	guest.OnConfigure(prepare)
	guest.OnPlacement(judge)
}

func main() {}

// tooFew is a reason of plugin.yaml.
const tooFew guest.Code = 1

// least is how many sites have to be left.
var least float64

// prepare reads the settings. It is called once.
func prepare(s *guest.Setup) error {
	least = guest.Must(s.Settings.Number("sites", 2))
	if least < 1 {
		return guest.Fail("setting sites: must not be less than 1")
	}
	return nil
}

// judge is asked about all placements in one call, each as it is and in every scenario that leaves something: rows of
// the request's table placements.
func judge(c *guest.Call) error {
	placements := guest.Must(c.Request.Table("placements"))
	survivors := guest.Must(placements.Relation("survivors"))
	for row := range c.Rows() {
		if n := len(survivors.At(row)); float64(n) < least {
			c.Deny(row, tooFew, guest.Integer(int64(n)), guest.Number(least))
		}
	}
	return nil
}
