package config

import "strconv"

// Layer is one of the places a value may come from. Later ones win.
type Layer uint8

// The layers.
const (
	Default Layer = iota
	File
	Profile
	Environment
	Flag
)

// Origin says where a value comes from. The zero Origin is the default.
type Origin struct {
	Layer Layer
	// Name is the profile's, the variable's or the flag's name; flags begin with --.
	Name string
	// Path is the file the value stands in, and Line its line there; "" and 0 if it stands in none.
	Path string
	Line int
}

// standardPath is the path of what stands in a profile that comes with bailiwick.
const standardPath = "standard"

func (o Origin) standard() bool { return o.Layer == Profile && o.Path == standardPath && o.Line == 0 }

// String says it to people: "default", "bailiwick.yaml:12", "environment BAILIWICK_ENGINE", "flag --engine".
func (o Origin) String() string {
	switch o.Layer {
	case File:
		return o.place()
	case Profile:
		return o.place() + " (profile " + o.Name + ")"
	case Environment:
		return "environment " + o.Name + o.within()
	case Flag:
		return "flag " + o.Name + o.within()
	}
	return "default"
}

// blame begins an error about the value of a key.
func (o Origin) blame(key string) string {
	switch o.Layer {
	case File, Profile:
		return o.place() + ": " + key
	case Environment, Flag:
		if o.Path != "" {
			return o.Name + ": " + o.place()
		}
		return o.Name
	}
	return key
}

func (o Origin) place() string {
	if o.Line == 0 {
		return o.Path
	}
	return o.Path + ":" + strconv.Itoa(o.Line)
}

func (o Origin) within() string {
	if o.Path == "" {
		return ""
	}
	return " (" + o.place() + ")"
}
