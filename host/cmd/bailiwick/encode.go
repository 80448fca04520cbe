package main

import (
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// writeJSON writes a value as canonical JSON and a line end: the bytes a digest is taken of.
func writeJSON(w io.Writer, v any) error {
	text, err := decode.Canonical(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// writeYAML writes the same document as YAML, keys sorted.
func writeYAML(w io.Writer, v any) error {
	text, err := decode.Canonical(v)
	if err != nil {
		return err
	}
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return err
	}
	block(&n)
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(&n); err != nil {
		return err
	}
	return e.Close()
}

// block drops the flow style that JSON text leaves on every node, and the quotes where every reader of
// YAML takes the bare word for text. NO is Norway here and false to some.
func block(n *yaml.Node) {
	if n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 {
		n.Style &^= yaml.FlowStyle
	}
	if n.Kind == yaml.ScalarNode && !oldBoolean[strings.ToLower(n.Value)] {
		n.Style &^= yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		block(c)
	}
}

// oldBoolean are the words that YAML 1.1 reads as true or false.
var oldBoolean = map[string]bool{"y": true, "yes": true, "n": true, "no": true, "on": true, "off": true}
