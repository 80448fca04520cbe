// A plugin of Bailiwick that refuses paths which leave the provider's own network.
package main

import guest "github.com/bailiwick-dev/bailiwick/sdk/go"

func init() {
	guest.OnConfigure(prepare)
	guest.OnPath(judge)
}

func main() {}

// public is a reason of plugin.yaml.
const public guest.Code = 1

// warnOnly is a setting: such paths are warned of and not refused.
var warnOnly bool

// prepare reads the settings. It is called once.
func prepare(s *guest.Setup) error {
	warnOnly = guest.Must(s.Settings.Bool("warnOnly", false))
	return nil
}

// judge is asked about all paths in one call: rows of the request's table paths.
func judge(c *guest.Call) error {
	paths := guest.Must(c.Request.Table("paths"))
	from, to := guest.Must(paths.Refs("from")), guest.Must(paths.Refs("to"))
	private := guest.Must(paths.Bools("private"))
	for row := range c.Rows() {
		own, state := private.Get(row)
		ends := []guest.Arg{guest.Site(from.At(row)), guest.Site(to.At(row))}
		switch {
		case state == guest.Unknown && warnOnly:
			c.MayWarn(row, public, ends...)
		case state == guest.Unknown:
			c.MayDeny(row, public, ends...)
		case own:
		case warnOnly:
			c.Warn(row, public, ends...)
		default:
			c.Deny(row, public, ends...)
		}
	}
	return nil
}
