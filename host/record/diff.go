package record

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Difference is one place where two documents differ.
type Difference struct {
	// Path is the JSON pointer of the value.
	Path string `json:"path"`
	// Given and Again are the two values as canonical JSON, "" where there is none.
	Given string `json:"given"`
	Again string `json:"again"`
}

// differ gathers differences.
type differ struct {
	found []Difference
	more  int
	err   error
}

// differences compares two JSON texts. Lists are compared element by element.
func differences(a, b []byte) (found []Difference, more int, err error) {
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		return nil, 0, err
	}
	if err := json.Unmarshal(b, &y); err != nil {
		return nil, 0, err
	}
	var d differ
	d.compare("", x, y)
	return d.found, d.more, d.err
}

// absent stands for a value that is not there; null is one that is.
type absent struct{}

func (d *differ) compare(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			names := slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y)))
			slices.Sort(names)
			for _, name := range slices.Compact(names) {
				d.compare(path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), member(x, name), member(y, name))
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			for i := range max(len(x), len(y)) {
				d.compare(path+"/"+strconv.Itoa(i), element(x, i), element(y, i))
			}
			return
		}
	}
	x, y := d.text(a), d.text(b)
	if x == y {
		return
	}
	if len(d.found) == maxDifferences {
		d.more++
		return
	}
	d.found = append(d.found, Difference{path, x, y})
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

// text returns a value as canonical JSON.
func (d *differ) text(v any) string {
	if v == (absent{}) {
		return ""
	}
	text, err := decode.Canonical(v)
	if err != nil && d.err == nil {
		d.err = err
	}
	return string(bytes.TrimSpace(text))
}
