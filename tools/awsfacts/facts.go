package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// facts are what is taken from the SDK. Everything is sorted by id.
type facts struct {
	Generated  string      `json:"generated"`
	Module     string      `json:"module"`
	Version    string      `json:"version"`
	File       string      `json:"file"`
	Partitions []partition `json:"partitions"`
}

type partition struct {
	ID      string   `json:"id"`
	Regions []region `json:"regions"`
}

type region struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// parse reads the SDK's file. The pseudo-regions that stand for a whole partition, aws-global and its
// like, are no regions.
func parse(version string, text []byte) (facts, error) {
	var list struct {
		Partitions []struct {
			ID      string `json:"id"`
			Regions map[string]struct {
				Description string `json:"description"`
			} `json:"regions"`
		} `json:"partitions"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return facts{}, fmt.Errorf("%s: %s: %w", version, inside, err)
	}
	f := facts{
		Generated: "by tools/awsfacts (make sdk-facts); do not edit", Module: module, Version: version, File: inside,
	}
	for _, p := range list.Partitions {
		q := partition{ID: p.ID, Regions: []region{}}
		for _, id := range slices.Sorted(maps.Keys(p.Regions)) {
			if id != p.ID+"-global" {
				q.Regions = append(q.Regions, region{id, p.Regions[id].Description})
			}
		}
		f.Partitions = append(f.Partitions, q)
	}
	// A single partition may be empty: the SDK names some before their first region.
	if len(f.regions()) == 0 || f.partitions()[""] {
		return facts{}, fmt.Errorf("%s: %s: no region, or a partition without id; the file's form has changed, and this tool must follow it", version, inside)
	}
	slices.SortFunc(f.Partitions, func(a, b partition) int { return cmp.Compare(a.ID, b.ID) })
	return f, nil
}

// render is the one way to write facts.
func (f facts) render() []byte {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // strings and lists of them cannot fail
	}
	return append(text, '\n')
}

// compare tells what it takes to get from one list to another, a line each.
func compare(from, to facts) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	a, b := from.partitions(), to.partitions()
	for _, id := range union(a, b) {
		switch {
		case !a[id]:
			say("partition %s: added", id)
		case !b[id]:
			say("partition %s: removed", id)
		}
	}
	was, is := from.regions(), to.regions()
	for _, id := range union(was, is) {
		x, before := was[id]
		y, after := is[id]
		switch {
		case !before:
			say("region %s: added to partition %s as %q", id, y.in, y.Name)
		case !after:
			say("region %s: removed from partition %s", id, x.in)
		case x.in != y.in:
			say("region %s: moved from partition %s to %s", id, x.in, y.in)
		case x.Name != y.Name:
			say("region %s: renamed from %q to %q", id, x.Name, y.Name)
		}
	}
	return out
}

// placed is a region with the partition it is in.
type placed struct {
	region
	in string
}

func (f facts) partitions() map[string]bool {
	m := map[string]bool{}
	for _, p := range f.Partitions {
		m[p.ID] = true
	}
	return m
}

func (f facts) regions() map[string]placed {
	m := map[string]placed{}
	for _, p := range f.Partitions {
		for _, r := range p.Regions {
			m[r.ID] = placed{r, p.ID}
		}
	}
	return m
}

// union is the sorted keys of both.
func union[V any](a, b map[string]V) []string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return slices.Sorted(maps.Keys(both))
}
