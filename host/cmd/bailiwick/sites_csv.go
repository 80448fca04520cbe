package main

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// siteColumns are the columns of sites as CSV, in order. Those that are not facts of their own are
// id, services (how many are known to be offered) and programmes (ids).
var siteColumns = []string{
	"id", "kind", "name", "partition", "parent", "region", "country", "subdivision", "city", "lat", "lon", "status", "optIn", "launched",
	"zoneCount", "carrier", "owner", "pops", "services", "programmes", "carbon.gridGramsPerKWh", "carbon.marketGramsPerKWh", "carbon.pue",
	"carbon.wueLitresPerKWh", "price.index",
}

// writeSitesCSV writes sites as RFC 4180 has it. An unknown fact is a question mark and an absent one
// empty. Control characters are escaped as they are in text: tables end on terminals too.
func writeSitesCSV(w io.Writer, s *topology.Snapshot, rows []topology.SiteRow) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(siteColumns); err != nil {
		return err
	}
	for _, r := range rows {
		cells := map[string]string{
			"id":         s.SiteID(r),
			"services":   strconv.Itoa(offered(s, r)),
			"programmes": strings.Join(slices.Collect(s.ProgrammesAt(r)), " "),
		}
		for _, f := range s.FactList(r) {
			switch f.State {
			case topology.Known:
				cells[f.Path] = oneLine(f.Value)
			case topology.Unknown:
				cells[f.Path] = unknownText
			}
		}
		line := make([]string, len(siteColumns))
		for i, c := range siteColumns {
			line[i] = cells[c]
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
