package main

import (
	"strings"
	"testing"
)

func TestWriteYAML(t *testing.T) {
	var b strings.Builder
	err := writeYAML(&b, map[string]any{"country": "NO", "name": "Norway", "count": 2, "list": []any{}, "at": "2026-11-23", "digits": "007"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `at: "2026-11-23"
count: 2
country: "NO"
digits: "007"
list: []
name: Norway
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain, São Paulo":   "plain, São Paulo",
		"\x1b[31mred":        `\x1b[31mred`,
		"right\u202eto left": `right\u202eto left`,
		"two\nlines":         "two\nlines",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
	if got := oneLine("x\x07\nPERMIT"); got != `x\a PERMIT` {
		t.Errorf("oneLine: %q", got)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{{"short", 9, "short"}, {"exactly", 7, "exactly"}, {"São Paulo", 5, "São …"}, {"北京首都", 5, "北京…"}} {
		if got := cut(c.in, c.width); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}
