// Command probe is the guest of the ABI kit: it uses everything there is, and docs/abi-kit.md fixes its every answer.
package main

import guest "github.com/bailiwick-dev/bailiwick/sdk/go"

func init() {
	guest.OnConfigure(configure)
	guest.OnSite(func(c *guest.Call) error { return answer(c, true) })
	guest.OnPath(func(c *guest.Call) error { return answer(c, false) })
	guest.OnPlacement(func(c *guest.Call) error { return answer(c, false) })
}

func main() {}

// The statuses that the probe fails with.
const (
	failedAsTold = 7
	failedInHook = 9
	notFresh     = 11
)

// What configuring leaves to the hooks.
var (
	snapshotDigest, settingsDigest uint64
	failHook                       string
	fails                          bool
	spin                           uint64
)

// calls counts calls of hooks: a host brings it back to 0 before each.
var calls int

// spun is written by the loop that only uses fuel.
var spun uint64

func configure(s *guest.Setup) error {
	snapshotDigest, settingsDigest = digest(s.Snapshot), digest(s.Settings.Image())
	text, told, err := textOf(s.Settings, "fail")
	if err != nil {
		return err
	}
	if told {
		return guest.FailStatus(failedAsTold, text)
	}
	if failHook, fails, err = textOf(s.Settings, "failHook"); err != nil {
		return err
	}
	times, err := s.Settings.Number("spin", 0)
	if times >= 1 {
		spin = uint64(times)
	}
	return err
}

// textOf is a setting that is a text, and whether there is one.
func textOf(s guest.Settings, name string) (text string, given bool, err error) {
	if !s.Has(name) {
		return "", false, nil
	}
	text, err = s.Text(name, "")
	return text, true, err
}

func answer(c *guest.Call, sites bool) error {
	if calls != 0 {
		return guest.FailStatus(notFresh, "not fresh")
	}
	calls++
	if fails {
		return guest.FailStatus(failedInHook, failHook)
	}
	for i := range spin {
		spun = spun*6364136223846793005 + i
	}
	requestDigest := digest(c.Request)
	first := -1
	for i := range c.Rows() {
		if first < 0 {
			first = i
		}
		judge(c, i, sites)
	}
	if first >= 0 {
		c.Warn(first, 1, guest.Integer(int64(snapshotDigest)), guest.Integer(int64(settingsDigest)), guest.Integer(int64(requestDigest)),
			guest.Integer(int64(c.Component)))
	}
	return nil
}

// judge answers for one row, by what its number leaves when it is divided by five.
func judge(c *guest.Call, i int, sites bool) {
	switch i % 5 {
	case 0:
		c.Deny(i, 2, guest.Number(float64(i)/4), guest.Text("row"), guest.Integer(int64(i)))
	case 1:
		c.MayDeny(i, 3)
	case 2:
		score := float64(i % 101)
		if score != 0 {
			score -= 0.25
		}
		c.Score(i, score)
	case 3:
		var args [2]guest.Arg
		n := 0
		if strings := c.Snapshot.Strings(); strings > 0 {
			args[n] = guest.SnapshotString(guest.ID(i % strings))
			n++
		}
		if strings := c.Request.Strings(); strings > 0 {
			args[n] = guest.RequestString(guest.ID(i % strings))
			n++
		}
		c.Warn(i, 4, args[:n]...)
	case 4:
		if sites {
			c.Oblige(i, 5, guest.Site(i))
		} else {
			c.Oblige(i, 5, guest.Integer(-int64(i)))
		}
		c.MayWarn(i, 6)
	}
}
