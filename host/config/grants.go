package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// grantsLayer makes a layer of policy id → names of capabilities.
func grantsLayer(n *decode.Node, origin func(decode.Pos) Origin) layer {
	var out layer
	for id, list := range n.Fields() {
		names := []Value[string]{}
		for _, at := range list.Items() {
			names = append(names, Value[string]{at.Text(), origin(at.Pos())})
		}
		out = append(out, entry{[]string{"grants", id}, names, origin(n.Key(id))})
	}
	return out
}

// grantsFromText makes a layer of ID=CAPABILITY[,CAPABILITY], as variables and flags have it. What is said of an id more
// than once adds up.
func grantsFromText(origin Origin, items []string) (layer, error) {
	var out layer
	for _, item := range items {
		id, list, ok := strings.Cut(item, "=")
		if !ok || id == "" {
			return nil, fmt.Errorf("%s: %q does not say what is granted to whom; write ID=CAPABILITY[,CAPABILITY], such as ACME-7=log", origin.Name, item)
		}
		names := []Value[string]{}
		if list != "" {
			for name := range strings.SplitSeq(list, ",") {
				if name == "" {
					return nil, fmt.Errorf("%s: %q has a capability without a name; write ID=CAPABILITY[,CAPABILITY], such as ACME-7=log", origin.Name, item)
				}
				names = append(names, Value[string]{name, origin})
			}
		}
		if i := slices.IndexFunc(out, func(e entry) bool { return e.path[1] == id }); i >= 0 {
			before, _ := out[i].value.([]Value[string])
			out[i].value = append(before, names...)
			continue
		}
		out = append(out, entry{[]string{"grants", id}, names, origin})
	}
	return out, nil
}

// grants returns the names alone.
func (c *Config) grants() map[string][]string {
	out := make(map[string][]string, len(c.Grants))
	for id, v := range c.Grants {
		out[id] = texts(v.Value)
	}
	return out
}
