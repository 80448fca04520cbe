package config

import (
	"maps"
	"slices"
)

// Entry is one value in force, as people are told of it.
type Entry struct {
	Key   string `json:"key"`
	Value any    `json:"value"` // string, bool, int64, []string; of a setting any value of JSON
	From  string `json:"from"`  // what Origin.String says
}

// Entries lists every value in force, in the order of the documentation, then grants by policy and settings by policy and name.
func (c *Config) Entries() []Entry {
	var out []Entry
	for _, k := range keys {
		switch v := c.at(k.name).(type) {
		case *Value[string]:
			out = append(out, Entry{k.name, v.Value, v.Origin.String()})
		case *Value[bool]:
			out = append(out, Entry{k.name, v.Value, v.Origin.String()})
		case *Value[int64]:
			out = append(out, Entry{k.name, v.Value, v.Origin.String()})
		case *Value[[]Value[string]]:
			out = append(out, Entry{k.name, texts(v.Value), v.Origin.String()})
		}
	}
	for _, id := range sortedKeys(c.Grants) {
		v := c.Grants[id]
		out = append(out, Entry{"grants." + id, texts(v.Value), v.Origin.String()})
	}
	for _, id := range sortedKeys(c.Settings) {
		for _, name := range sortedKeys(c.Settings[id]) {
			v := c.Settings[id][name]
			out = append(out, Entry{"settings." + id + "." + name, v.Value, v.Origin.String()})
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
