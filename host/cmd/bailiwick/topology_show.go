package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// showFlags are the flags of topology show.
type showFlags struct {
	host    hostFlags
	output  string
	request string
	day     string
	asMap   bool
	ascii   bool
	filter  siteFilter
}

func newTopologyShow() *cobra.Command {
	var flags showFlags
	cmd := &cobra.Command{
		Use:   "show [SITE…]",
		Short: "Show a topology's regions, one site with every fact and its source, or a map",
		Long: `Show a topology: without SITE its regions, with one every fact of it and the fact's source, with
two the way from one to the other. The filters choose among all sites, and one that is given
several times wants any of its values.

  -o csv       a line for each site (RFC 4180): a fact that is unknown is ?, one that a site of its
               kind does not have is empty
  -o geojson   the sites whose point is known (RFC 7946), with a request's verdict on each
  --map        the world, drawn; with a request, where it may run and where it should`,
		Example: `  bailiwick topology show
  bailiwick topology show eu-central-1
  bailiwick topology show sa-east-1 af-south-1
  bailiwick topology show --on 2027-06-01 eu-central-1
  bailiwick topology show --country EU --service bedrock
  bailiwick topology show -o csv --kind local-zone,wavelength-zone > zones.csv
  bailiwick topology show --map --request docs/examples/checkout.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.host.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&flags.output, "output", "o", "text", "output: `text|json|csv|geojson`")
	f.StringArrayVar(&flags.filter.kinds, "kind", nil, "only sites of this `KIND`, such as region or local-zone")
	f.StringArrayVar(&flags.filter.partitions, "partition", nil, "only sites of this `PARTITION`")
	f.StringArrayVar(&flags.filter.countries, "country", nil, "only sites in this `COUNTRY` or bloc")
	f.StringArrayVar(&flags.filter.services, "service", nil, "only sites known to offer this `SERVICE`")
	f.StringVar(&flags.day, "on", "", "`DAY` of the facts, YYYY-MM-DD; default asOf, or the request's")
	f.BoolVar(&flags.asMap, "map", false, "draw a map")
	f.BoolVar(&flags.ascii, "ascii", false, "draw the map without characters beyond ASCII")
	f.StringVar(&flags.request, "request", "", "request `FILE` whose decision --map or geojson shows")
	return cmd
}

// check refuses flags that do not go together.
func (f *showFlags) check(args []string) error {
	switch f.output {
	case "text", "json", "csv", "geojson":
	default:
		return fmt.Errorf("--output: %q is not text, json, csv or geojson", f.output)
	}
	if _, err := time.Parse(time.DateOnly, f.day); f.day != "" && err != nil {
		return fmt.Errorf("--on: %q is not a date (YYYY-MM-DD)", f.day)
	}
	switch {
	case f.day != "" && f.request != "":
		return errors.New("--on: a request says itself on which day it is decided; leave --on out, or --request")
	case f.asMap && f.output != "text":
		return fmt.Errorf("--map: a map is text; leave -o %s out", f.output)
	case f.asMap && len(args) > 0:
		return errors.New("--map: it shows all sites; choose with --kind, --partition, --country or --service")
	case f.ascii && !f.asMap:
		return errors.New("--ascii is for --map; add it, or leave --ascii out")
	case f.request != "" && !f.asMap && f.output != "geojson":
		return errors.New("--request is for --map and -o geojson; add one of them, or use decide")
	case len(args) > 0 && f.filter.active():
		return errors.New("filters choose among all sites; leave them out, or the SITE")
	case len(args) > 2 && (f.output == "text" || f.output == "json"):
		return fmt.Errorf("%d sites: name one site, or two for the way between them; -o csv and geojson take more", len(args))
	}
	return nil
}

func (f *showFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.filter.split(); err != nil {
		return err
	}
	for _, x := range []struct{ flag, value, instead string }{
		{"on", f.day, "name a day, or leave it out"}, {"request", f.request, "name a file, or leave it out"},
	} {
		if x.value == "" && cmd.Flags().Changed(x.flag) {
			return fmt.Errorf("--%s: empty; %s", x.flag, x.instead)
		}
	}
	if err := f.check(args); err != nil {
		return err
	}
	for _, name := range []string{"policies", "no-standard-policies", "settings", "engine"} {
		if f.request == "" && cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s says how a request is decided; add --request, or leave it out", name)
		}
	}
	var snap *topology.Snapshot
	var d *placement.Decision
	if f.request == "" {
		s, err := f.host.snapshot()
		if err != nil {
			return err
		}
		snap = s
	} else {
		h, err := f.host.open(cmd.Context())
		if err != nil {
			return err
		}
		defer h.Close()
		req, decision, err := decideFile(cmd.Context(), h, &f.host, new(recorder), f.request)
		if err != nil {
			return err
		}
		if snap, err = h.Snapshot(); err != nil {
			return err
		}
		d, snap = decision, onDayOf(snap, req)
	}
	whole := snap
	if f.day != "" {
		snap = snap.On(f.day)
	}
	rows, err := f.rows(whole, snap, args)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	t := newText(out)
	switch {
	case f.asMap:
		t.worldMap(newMapView(snap, rows, d, &f.filter), f.ascii || asciiOnly(os.Getenv))
	case f.output == "csv":
		return writeSitesCSV(out, snap, rows)
	case f.output == "geojson":
		left, err := writeGeoJSON(out, snap, rows, d)
		if err == nil && left > 0 {
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "bailiwick: %d of %d sites have no known point and are left out\n", left, len(rows))
		}
		return err
	case f.output == "json" && len(args) == 2:
		return writeJSON(out, pathOf(snap, rows[0], rows[1]))
	case f.output == "json" && len(args) == 1:
		return writeJSON(out, siteFacts(snap, rows[0]))
	case f.output == "json":
		return writeJSON(out, overview(snap, rows))
	case len(args) == 2:
		t.path(snap, rows[0], rows[1])
	case len(args) == 1:
		t.site(snap, rows[0])
	case f.filter.active():
		t.siteList(snap, rows)
	default:
		t.overview(snap)
	}
	return t.err
}

// rows are the sites that are named, or that pass the filters, in one edition of the whole topology.
func (f *showFlags) rows(whole, snap *topology.Snapshot, args []string) ([]topology.SiteRow, error) {
	if len(args) == 0 {
		return f.filter.rows(snap)
	}
	var rows []topology.SiteRow
	for _, id := range args {
		row, ok := snap.Site(id)
		if !ok {
			var ids []string
			for _, id := range snap.SiteIDs() {
				ids = append(ids, id)
			}
			for _, day := range whole.Changes() {
				if _, ok := whole.On(day).Site(id); ok {
					return nil, fmt.Errorf("no site %q in the topology on this day; there is one on %s: --on %[2]s", id, day)
				}
			}
			return nil, fmt.Errorf("no site %q in the topology%s", id, decode.DidYouMean(id, ids))
		}
		rows = append(rows, row)
	}
	return rows, nil
}
