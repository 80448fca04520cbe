package conformance

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// agreement compares the decisions that engines give on one case, byte for byte in canonical JSON.
type agreement struct {
	engine string // whose is the first
	first  []byte
	fuel   []string // of its calls of plugins
}

// differences compares a decision with the first engine's; the first decision it sees is that.
func (a *agreement) differences(engine string, d *placement.Decision) ([]Difference, error) {
	text, err := d.Canonical()
	if err != nil {
		return nil, err
	}
	if a.first == nil {
		a.engine, a.first = engine, text
		return nil, nil
	}
	if bytes.Equal(a.first, text) {
		return nil, nil
	}
	var x, y any
	if err := json.Unmarshal(a.first, &x); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &y); err != nil {
		return nil, err
	}
	w := walk{as: a.engine}
	w.compare("", x, y)
	return w.found, nil
}

// walk goes through two JSON values side by side.
type walk struct {
	as    string
	found []Difference
}

// absent stands for a value that is not there; null is one that is.
type absent struct{}

func (w *walk) compare(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		names := slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y)))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			w.compare(path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), member(x, name), member(y, name))
		}
		return
	case []any:
		y, ok := b.([]any)
		if !ok {
			break
		}
		for i := range max(len(x), len(y)) {
			w.compare(path+"/"+strconv.Itoa(i), element(x, i), element(y, i))
		}
		return
	}
	if want, got := asJSON(a), asJSON(b); want != got {
		w.found = append(w.found, Difference{Path: path, Want: want, Got: got, As: w.as})
	}
}

func member(m map[string]any, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	return absent{}
}

func element(l []any, i int) any {
	if i < len(l) {
		return l[i]
	}
	return absent{}
}

// asJSON is a value as text, "" where there is none. What was decoded from JSON can be encoded.
func asJSON(v any) string {
	if v == any(absent{}) {
		return ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
