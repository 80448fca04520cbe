package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// footprintColumns are the columns of the report. An empty cell is a fact that is unknown.
var footprintColumns = []string{
	"request", "rank", "component", "site", "energyKWh", "pue", "gridGramsPerKWh", "marketGramsPerKWh",
	"locationKgPerMonth", "marketKgPerMonth", "pueSource", "gridSource", "marketSource", "decision",
}

// footprintWriter writes what placements emit as CSV, a line a copy, the best placement first and the
// runners-up after it. Requests that state no energy are named on errs.
func footprintWriter(errs io.Writer) writeDecision {
	header := true
	return func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision) error {
		snap, err := h.Snapshot()
		if err != nil {
			return err
		}
		snap = onDayOf(snap, req)
		out := csv.NewWriter(w)
		if header {
			if err := out.Write(footprintColumns); err != nil {
				return err
			}
			header = false
		}
		lines := 0
		for i := range d.Placements {
			p := &d.Placements[i]
			if p.Footprint == nil {
				continue
			}
			for _, c := range p.Footprint.Copies {
				lines++
				if err := out.Write(footprintLine(snap, d, p.Rank, &c)); err != nil {
					return err
				}
			}
		}
		out.Flush()
		switch {
		case len(d.Placements) == 0:
			fmt.Fprintf(errs, "bailiwick: %s: the verdict is %s, so there is no placement to report on\n", d.Request, d.Verdict)
		case lines == 0:
			fmt.Fprintf(errs, "bailiwick: %s: no component states energyKWh, so there is nothing to report\n", d.Request)
		}
		return out.Error()
	}
}

func footprintLine(snap *topology.Snapshot, d *placement.Decision, rank int, c *placement.CopyFootprint) []string {
	source := func(field string, known *float64) string {
		row, ok := snap.Site(c.Site)
		if !ok || known == nil {
			return ""
		}
		return snap.FactSource(row, "carbon."+field)
	}
	return []string{
		d.Request, strconv.Itoa(rank), c.Component, c.Site, plainNumber(&c.EnergyKWh), plainNumber(c.PUE), plainNumber(c.GridGramsPerKWh),
		plainNumber(c.MarketGramsPerKWh), plainNumber(c.LocationKgPerMonth), plainNumber(c.MarketKgPerMonth),
		source("pue", c.PUE), source("gridGramsPerKWh", c.GridGramsPerKWh), source("marketGramsPerKWh", c.MarketGramsPerKWh), d.ID,
	}
}

// plainNumber prints a number in full, or nothing where it is unknown.
func plainNumber(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
