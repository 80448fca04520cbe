package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/v2"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// Options say where Load looks. The zero Options look for bailiwick.yaml from the working directory upward
// and at no variable and no flag.
type Options struct {
	// Dir is the working directory; "" is the process's.
	Dir string
	// File is the configuration to read, None for none at all; "" takes what BAILIWICK_CONFIG says, and else
	// looks upward from Dir.
	File string
	// Environment holds NAME=value pairs, as os.Environ returns them.
	Environment []string
	// Flags are the topmost layer.
	Flags []FlagValue
	// Settings are a file of policy settings that a flag names. Nil is none.
	Settings *Text
	// Warn is told what is not as it was asked for and yet keeps nothing from being decided. Nil tells nobody.
	Warn func(error)
}

// FlagValue is a flag that was given.
type FlagValue struct {
	// Key is what it sets, such as "topology" or "limits.runnersUp".
	Key string
	// Flag is its name, such as "--topology".
	Flag string
	// Value is a string, bool, int64 or []string, as the key wants; of grants, texts such as "ACME-7=log,time".
	// Paths are relative to the working directory. The caller has checked it, but for grants.
	Value any
}

// Text is a file that has been read.
type Text struct {
	// Flag is the flag that names the file, Name the file.
	Flag, Name string
	Text       []byte
}

// delimiter joins the parts of a key within koanf. Ids of policies and names of settings may hold any
// character but this one, which no text here may hold.
const delimiter = "\x00"

// Load reads every layer and merges them.
func Load(o Options) (*Config, error) {
	env, err := readEnvironment(o.Environment)
	if err != nil {
		return nil, err
	}
	doc, err := o.document(env)
	if err != nil {
		return nil, err
	}
	top, err := o.upper(env)
	if err != nil {
		return nil, err
	}
	name, err := merge(defaults, doc.layer, top)
	if err != nil {
		return nil, err
	}
	profile, err := doc.profile(name.Profile)
	if err != nil {
		return nil, err
	}
	c, err := merge(defaults, doc.layer, profile, top)
	if err != nil {
		return nil, err
	}
	c.File, c.FileFrom, c.doc, c.top, c.warn = doc.name, doc.from, doc, top, o.Warn
	return c, nil
}

// upper are the layers above the file: the environment's, with the settings it names, then the flags'.
func (o *Options) upper(env *environment) (layer, error) {
	out := env.layer
	if env.settings != "" {
		text, err := read(env.settings)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", envSettings, err)
		}
		l, err := settingsFile(Environment, Text{envSettings, env.settings, text})
		if err != nil {
			return nil, err
		}
		out = append(out, l...)
	}
	for _, f := range o.Flags {
		origin := Origin{Layer: Flag, Name: f.Flag}
		value := f.Value
		if items, ok := value.([]string); ok && f.Key == "grants" {
			l, err := grantsFromText(origin, items)
			if err != nil {
				return nil, err
			}
			out = append(out, l...)
			continue
		} else if ok {
			list := []Value[string]{}
			for _, item := range items {
				list = append(list, Value[string]{item, origin})
			}
			value = list
		}
		out = append(out, entry{strings.Split(f.Key, "."), value, origin})
	}
	if o.Settings != nil {
		l, err := settingsFile(Flag, *o.Settings)
		if err != nil {
			return nil, err
		}
		out = append(out, l...)
	}
	return out, nil
}

// settingsFile decodes a file of settings.
func settingsFile(from Layer, t Text) (layer, error) {
	n, err := decode.Parse(t.Name, t.Text, decode.Limits{Bytes: maxFileBytes, Nodes: maxFileNodes})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Flag, err)
	}
	var settings map[string]map[string]any
	if err := n.Into(&settings); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Flag, err)
	}
	return settingsLayer(n, func(p decode.Pos) Origin {
		return Origin{Layer: from, Name: t.Flag, Path: t.Name, Line: p.Line}
	})
}

// document is a configuration that was read. Without one its name is "".
type document struct {
	name  string
	from  Origin // what named it; the zero Origin: it was found
	layer layer
	node  *decode.Node
}

// document finds, reads and decodes the file.
func (o *Options) document(env *environment) (*document, error) {
	d := &document{}
	switch {
	case o.File != "":
		d.name, d.from = o.File, Origin{Layer: Flag, Name: "--config"}
	case env.named:
		d.name, d.from = env.config, Origin{Layer: Environment, Name: envConfig}
	default:
		found, err := o.found()
		if err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
		d.name = found
	}
	if d.name == None || d.name == "" {
		d.name = ""
		return d, nil
	}
	text, err := read(d.name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.from.blame("config"), err)
	}
	if d.node, err = decode.Parse(d.name, text, decode.Limits{Bytes: maxFileBytes, Nodes: maxFileNodes}); err != nil {
		return nil, err
	}
	if err := d.node.Into(new(Document)); err != nil {
		return nil, err
	}
	d.layer, err = valuesLayer(d.node, d.origin(File, ""), relativeTo(d.name))
	return d, err
}

// found looks upward. A file in the working directory itself goes by its bare name.
func (o *Options) found() (string, error) {
	dir := o.Dir
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err != nil {
			return "", fmt.Errorf("cannot tell the working directory, so no %s can be looked for: %w; name one with --config FILE, or say --config none", FileName, err)
		}
	}
	name, err := find(dir)
	if err == nil && o.Dir == "" && name != "" && filepath.Dir(name) == dir {
		name = FileName
	}
	return name, err
}

func (d *document) origin(l Layer, profile string) func(decode.Pos) Origin {
	return func(p decode.Pos) Origin { return Origin{Layer: l, Name: profile, Path: p.File, Line: p.Line} }
}

// profiles returns the names of the profiles, sorted.
func (d *document) profiles() []string {
	if d.node == nil {
		return nil
	}
	names := []string{}
	if at := field(d.node, "profiles"); at != nil {
		for name := range at.Fields() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// profile returns a profile's layer; the empty name's is empty.
func (d *document) profile(name Value[string]) (layer, error) {
	if name.Value == "" {
		return nil, nil
	}
	var out layer
	for one := range strings.SplitSeq(name.Value, ",") {
		l, err := d.oneProfile(Value[string]{Value: strings.TrimSpace(one), Origin: name.Origin})
		if err != nil {
			return nil, err
		}
		out = append(out, l...)
	}
	return out, nil
}

// oneProfile returns the layer of a profile of the file's, or else of the standard profile of that name.
func (d *document) oneProfile(name Value[string]) (layer, error) {
	known := d.profiles()
	if slices.Contains(known, name.Value) {
		return valuesLayer(field(field(d.node, "profiles"), name.Value), d.origin(Profile, name.Value), relativeTo(d.name))
	}
	standard, err := policies.Profiles()
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range standard {
		if standard[i].Name == name.Value {
			return standardLayer(&standard[i])
		}
		names = append(names, standard[i].Name)
	}
	where := "no " + FileName + " takes part"
	if len(known) > 0 {
		where = d.name + " has " + strings.Join(known, ", ")
	} else if d.name != "" {
		where = d.name + " has none"
	}
	return nil, fmt.Errorf("%s: there is no profile %q%s; %s, and the standard ones are %s",
		name.Origin.blame("profile"), name.Value, decode.DidYouMean(name.Value, slices.Concat(known, names)), where, strings.Join(names, ", "))
}

// standardLayer makes a layer of a standard profile.
func standardLayer(p *policies.Profile) (layer, error) {
	var out layer
	origin := Origin{Layer: Profile, Name: p.Name, Path: standardPath}
	for _, id := range slices.Sorted(maps.Keys(p.Settings)) {
		for _, setting := range slices.Sorted(maps.Keys(p.Settings[id])) {
			out = append(out, entry{[]string{"settings", id, setting}, p.Settings[id][setting], origin})
		}
	}
	return out, nil
}

// merge lays the layers over each other, later ones over earlier ones.
func merge(layers ...layer) (*Config, error) {
	ko := koanf.New(delimiter)
	for i, l := range layers {
		if err := ko.Load(provider{i, l}, nil); err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
	}
	c := &Config{Settings: map[string]map[string]Value[any]{}, Grants: map[string]Value[[]Value[string]]{}, empty: map[string]Origin{}}
	for _, name := range ko.Keys() {
		at, ok := ko.Get(name).(reference)
		if !ok { // the empty mapping of a policy's settings, kept so that a misspelt id is found
			if _, id, ok := strings.Cut(name, delimiter); ok {
				c.Settings[id] = map[string]Value[any]{}
				c.empty[id] = emptyAt(id, layers)
			}
			continue
		}
		if err := c.set(layers[at.Layer][at.Entry]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// emptyAt finds where the settings of a policy are an empty mapping.
func emptyAt(id string, layers []layer) Origin {
	for _, l := range slices.Backward(layers) {
		for _, e := range l {
			if e.value == nil && e.path[1] == id {
				return e.origin
			}
		}
	}
	return Origin{}
}
