package main

import (
	"io"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// TestConfigOutput: every output that a configuration may name is one that decide knows.
func TestConfigOutput(t *testing.T) {
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	n, err := decode.Parse("schema.json", text, decode.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	outputs := n.At("/properties/output/enum")
	if outputs.Len() == 0 {
		t.Fatal("the schema names no output")
	}
	for _, name := range outputs.Items() {
		if _, err := decisionWriter(name.Text(), "", io.Discard); err != nil {
			t.Error(err)
		}
	}
}
