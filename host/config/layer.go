package config

import (
	"errors"
	"path/filepath"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// entry is one value of a layer.
type entry struct {
	path   []string // of the key; settings: settings, policy, setting; grants: grants, policy
	value  any      // string, bool, int64, []Value[string]; of a setting any value of JSON; nil: an empty mapping
	origin Origin
}

// layer is everything one source says. koanf keeps which layer's which entry is in force at each key, and
// never sees a value: it would merge the mappings that settings may hold, and forget where they came from.
type layer []entry

// reference is what koanf holds: numbers, so that its copies are ours.
type reference struct{ Layer, Entry int }

// provider lets koanf read a layer.
type provider struct {
	number int
	layer  layer
}

// ReadBytes is part of koanf.Provider. Layers are not bytes.
func (p provider) ReadBytes() ([]byte, error) { return nil, errors.ErrUnsupported }

// Read is part of koanf.Provider.
func (p provider) Read() (map[string]any, error) {
	root := map[string]any{}
	for i, e := range p.layer {
		at := root
		for _, part := range e.path[:len(e.path)-1] {
			next, ok := at[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		switch last := e.path[len(e.path)-1]; {
		case e.value != nil:
			at[last] = reference{p.number, i}
		default:
			at[last] = map[string]any{}
		}
	}
	return root, nil
}

// valuesLayer makes a layer of a mapping that decoded into Values. origin gets the place of a value,
// resolve a path as it is written.
func valuesLayer(n *decode.Node, origin func(decode.Pos) Origin, resolve func(string) string) (layer, error) {
	var out layer
	for _, k := range keys {
		parent := n
		path := k.path()
		for _, part := range path[:len(path)-1] {
			if parent = field(parent, part); parent == nil {
				break
			}
		}
		if parent == nil {
			continue
		}
		last := path[len(path)-1]
		at := field(parent, last)
		if at == nil {
			continue
		}
		value, err := k.read(at, origin, resolve)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{path, value, origin(parent.Key(last))})
	}
	if settings := field(n, "settings"); settings != nil {
		more, err := settingsLayer(settings, origin)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	if grants := field(n, "grants"); grants != nil {
		out = append(out, grantsLayer(grants, origin)...)
	}
	return out, nil
}

// settingsLayer makes a layer of policy id → setting → value.
func settingsLayer(n *decode.Node, origin func(decode.Pos) Origin) (layer, error) {
	var out layer
	for id, policy := range n.Fields() {
		if policy.Len() == 0 {
			out = append(out, entry{[]string{"settings", id}, nil, origin(n.Key(id))})
		}
		for name, v := range policy.Fields() {
			var value any
			if err := v.Into(&value); err != nil {
				return nil, err
			}
			out = append(out, entry{[]string{"settings", id, name}, value, origin(policy.Key(name))})
		}
	}
	return out, nil
}

// read reads a value of the key's form.
func (k key) read(n *decode.Node, origin func(decode.Pos) Origin, resolve func(string) string) (any, error) {
	switch k.form {
	case truth:
		var v bool
		err := n.Into(&v)
		return v, err
	case whole:
		var v int64
		err := n.Into(&v)
		return v, err
	case list, paths:
		items := []Value[string]{}
		for _, at := range n.Items() {
			text := at.Text()
			if k.form == paths {
				text = resolve(text)
			}
			items = append(items, Value[string]{text, origin(at.Pos())})
		}
		return items, nil
	case place:
		if text := n.Text(); text != UserCache && text != noCache {
			return resolve(text), nil
		}
	}
	return n.Text(), nil
}

// field returns a field of a mapping, or nil.
func field(n *decode.Node, name string) *decode.Node {
	for k, v := range n.Fields() {
		if k == name {
			return v
		}
	}
	return nil
}

// relativeTo resolves paths against the directory of the file they are written in. A path that needs no
// directory before it stays as it is written.
func relativeTo(file string) func(string) string {
	dir := filepath.Dir(file)
	return func(p string) string {
		if dir == "." || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
}
