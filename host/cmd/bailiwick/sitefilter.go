package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// siteFilter chooses sites: every list that is not empty must have one that fits.
type siteFilter struct {
	kinds, partitions, countries, services []string
}

func (f *siteFilter) active() bool {
	return len(f.kinds)+len(f.partitions)+len(f.countries)+len(f.services) > 0
}

// split takes lists apart that were given with commas. An empty name would filter nothing, and look as if it did.
func (f *siteFilter) split() error {
	for _, x := range []struct {
		flag  string
		names *[]string
	}{{"kind", &f.kinds}, {"partition", &f.partitions}, {"country", &f.countries}, {"service", &f.services}} {
		var names []string
		for _, list := range *x.names {
			names = append(names, strings.Split(list, ",")...)
		}
		if slices.Contains(names, "") {
			return fmt.Errorf("--%s: empty; name a %[1]s, or leave it out", x.flag)
		}
		*x.names = names
	}
	return nil
}

// rows returns the sites that pass, by id. A name that nothing has is an error: a filter that is misspelt
// would look like a topology with nothing in it.
func (f *siteFilter) rows(snap *topology.Snapshot) ([]topology.SiteRow, error) {
	var kinds []topology.Kind
	var kindNames []string
	for k := topology.Region; k <= topology.DirectConnect; k++ {
		kindNames = append(kindNames, k.String())
	}
	for _, name := range f.kinds {
		k, ok := topology.ParseKind(name)
		if !ok {
			return nil, unknownName("--kind", name, kindNames)
		}
		kinds = append(kinds, k)
	}
	partitions := slices.Collect(snap.Partitions())
	for _, name := range f.partitions {
		if !slices.Contains(partitions, name) {
			return nil, unknownName("--partition", name, partitions)
		}
	}
	var countries []topology.JurisdictionRow
	for _, name := range f.countries {
		j, ok := snap.Jurisdiction(name)
		if !ok {
			for id := range snap.JurisdictionIDs() {
				if j, _ := snap.Jurisdiction(id); strings.EqualFold(snap.JurisdictionName(j), name) {
					return nil, fmt.Errorf("--country: %q is written %s", name, id)
				}
			}
			return nil, unknownName("--country", name, slices.Collect(snap.JurisdictionIDs()))
		}
		countries = append(countries, j)
	}
	var services []topology.ServiceRow
	for _, name := range f.services {
		k, ok := snap.Service(name)
		if !ok {
			return nil, unknownName("--service", name, slices.Collect(snap.ServiceNames()))
		}
		services = append(services, k)
	}
	var rows []topology.SiteRow
	for r := range snap.SiteIDs() {
		if len(kinds) > 0 && !slices.Contains(kinds, snap.Kind(r)) ||
			len(f.partitions) > 0 && !slices.Contains(f.partitions, snap.Partition(r)) ||
			len(countries) > 0 && !slices.ContainsFunc(countries, func(j topology.JurisdictionRow) bool { return snap.SitesIn(j).Get(int(r)) }) ||
			len(services) > 0 && !slices.ContainsFunc(services, func(k topology.ServiceRow) bool {
				offered, _ := snap.Offered(k, r)
				return offered
			}) {
			continue
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func unknownName(flag, name string, known []string) error {
	return fmt.Errorf("%s: %q is not in the topology%s", flag, name, decode.DidYouMean(name, known))
}
