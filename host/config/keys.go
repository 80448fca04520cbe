package config

import (
	"slices"
	"strings"
)

// form is how a key's value is written.
type form uint8

const (
	word  form = iota // text
	truth             // true or false
	whole             // a whole number
	list              // a list of text
	paths             // a list of files or directories
	place             // a directory, or a word
)

// key is one value that every layer may set. Settings and grants are the only other ones: their names are not
// known beforehand.
type key struct {
	name string // as in bailiwick.yaml, the parts joined by a point
	form form
}

// keys in the order people read them.
var keys = []key{
	{"profile", word},
	{"topology", paths},
	{"topologyOnly", truth},
	{"policies", paths},
	{"plugins", paths},
	{"pluginCache", place},
	{"standardPolicies", truth},
	{"withoutPolicies", list},
	{"engine", word},
	{"limits.runnersUp", whole},
	{"limits.requestBytes", whole},
	{"limits.steps", whole},
	{"limits.valueBytes", whole},
	{"limits.findings", whole},
	{"limits.messageBytes", whole},
	{"limits.pluginFuel", whole},
	{"limits.pluginFuelPerRow", whole},
	{"limits.pluginInitialFuel", whole},
	{"limits.pluginMemoryPages", whole},
	{"output", word},
}

const (
	prefix      = "BAILIWICK_"
	envConfig   = prefix + "CONFIG"
	envSettings = prefix + "SETTINGS"
	envGrants   = prefix + "GRANTS"
)

// variable is the key's name in the environment.
func (k key) variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

func (k key) path() []string { return strings.Split(k.name, ".") }

// keyOfVariable finds the key of a variable.
func keyOfVariable(name string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.variable() == name })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

// variables are the names the environment may use.
func variables() []string {
	out := []string{envConfig, envSettings, envGrants}
	for _, k := range keys {
		out = append(out, k.variable())
	}
	slices.Sort(out)
	return out
}
