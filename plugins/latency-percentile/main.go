// Command latency-percentile is a plugin that judges sites by a percentile of the round-trip times to a component's
// users. See README.md.
package main

import (
	"math"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

func init() {
	guest.OnConfigure(prepare)
	guest.OnSite(judge)
}

func main() {}

// Codes of reasons.
const (
	over    guest.Code = 1 // the percentile is over the ceiling
	atLeast guest.Code = 2 // so it is, however far the users are of whom nothing is known
	mayBe   guest.Code = 3 // it may be, depending on them
)

// limits are the settings.
var limits struct {
	thousandths uint64 // of a percent
	good, bad   int64  // µs
	most        int64  // µs; negative without a ceiling
}

func prepare(s *guest.Setup) error {
	percentile := guest.Must(s.Settings.Number("percentile", 95))
	if !(percentile >= 0.001 && percentile <= 100) {
		return guest.Fail("setting percentile: must be from 0.001 to 100")
	}
	limits.thousandths = uint64(math.Round(percentile * 1000))
	good, bad := guest.Must(s.Settings.Number("goodMs", 20)), guest.Must(s.Settings.Number("badMs", 200))
	if !(good >= 0 && micros(good) < micros(bad)) {
		return guest.Fail("settings goodMs and badMs: goodMs must be at least 0, and less than badMs")
	}
	limits.good, limits.bad, limits.most = micros(good), micros(bad), -1
	most := guest.Must(s.Settings.Number("maxMs", 0))
	if !(most >= 0) {
		return guest.Fail("setting maxMs: must be more than 0, or 0 for no ceiling")
	}
	if most > 0 {
		limits.most = micros(most)
	}
	return nil
}

// micros are milliseconds in whole microseconds, in which times are told. What is over an hour is as good as an hour.
func micros(ms float64) int64 { return int64(math.Round(min(ms, 3_600_000) * 1000)) }

func judge(c *guest.Call) error {
	name := guest.NoID
	if c.Component >= 0 {
		components := guest.Must(c.Request.Table("components"))
		if !guest.Must(components.Bools("userFacing")).At(c.Component) {
			return nil // it has no users, so none that are far away
		}
		name = guest.Must(components.Strings("name")).ID(c.Component)
	}
	users := guest.Must(c.Request.Table("users"))
	weight, rtt := guest.Must(users.Float64s("weight")), guest.Must(users.Matrix("rtt"))
	weights, times := make([]float64, users.Rows()), make([][]int32, users.Rows())
	for i := range weights {
		weights[i], times[i] = weight.At(i), rtt.Row(i)
	}
	g := newGroups(weights, limits.thousandths)
	if g.total == 0 {
		return nil
	}
	for row := range c.Rows() {
		for i, t := range times {
			g.rtt[i] = t[row]
		}
		best, worst := g.percentile()
		c.Score(row, score(worst))
		if limits.most >= 0 && worst > limits.most {
			tell(c, row, name, g.unknown, best, worst)
		}
	}
	return nil
}

// score is how good a time is: 100 at goodMs or less, 0 at badMs or more, linear between.
func score(micros int64) float64 {
	switch {
	case micros <= limits.good:
		return 100
	case micros >= limits.bad:
		return 0
	default:
		return 100 * float64(limits.bad-micros) / float64(limits.bad-limits.good)
	}
}

// tell denies a site whose percentile is, or may be, over the ceiling.
func tell(c *guest.Call, row int, name guest.ID, unknown int, best, worst int64) {
	args := []guest.Arg{
		guest.Site(row), guest.RequestString(name), guest.Number(float64(limits.thousandths) / 1000), guest.Number(float64(limits.most) / 1000),
		guest.Number(float64(best) / 1000), guest.Integer(int64(unknown)),
	}
	if name == guest.NoID {
		args[1] = guest.Text("the users")
	}
	switch {
	case best <= limits.most:
		c.MayDeny(row, mayBe, args...)
	case best == worst:
		c.Deny(row, over, args...)
	default:
		c.Deny(row, atLeast, args...)
	}
}
