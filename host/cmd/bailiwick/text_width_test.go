package main

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
)

const examples = "../../../docs/examples"

// printed runs the command in this process and returns what it prints. A verdict's status is no error.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(io.Discard)
	var status statusError
	if err := root.ExecuteContext(t.Context()); err != nil && !errors.As(err, &status) {
		t.Fatalf("%v: %v", args, err)
	}
	return out.String()
}

// checkWidth fails on lines that are wider than text may be, unless they are one word, which cannot be broken.
func checkWidth(t *testing.T, text string) {
	t.Helper()
	if text == "" {
		t.Error("nothing was printed")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if w := lipgloss.Width(line); w > lineWidth && len(strings.Fields(line)) > 1 {
			t.Errorf("%d columns: %s", w, line)
		}
	}
}

// TestTextWidth prints every example in every text form.
func TestTextWidth(t *testing.T) {
	requests, err := filepath.Glob(examples + "/*.yaml")
	if err != nil || len(requests) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	hospital := []string{"--config", "none", "--topology", examples + "/hospital-topology"}
	run := func(name string, args ...string) {
		t.Run(name, func(t *testing.T) { checkWidth(t, printed(t, append(args, hospital...)...)) })
	}
	run("decide", append([]string{"decide"}, requests...)...)
	for _, x := range []struct{ request, site string }{
		{"checkout", "us-east-1"},
		{"game", "us-west-2-lax-1"},
		{"game", "us-west-2"},
		{"hospital", "clinic-north"},
		{"hospital", "clinic-annex"},
		{"storefront", "eu-central-1"},
		{"trading", "eu-west-1"},
		{"video", "us-east-1-wl1-bos-wlz-1"},
		{"video", "us-east-1-wl1-tpa-wlz-1"},
	} {
		run("explain "+x.request+" "+x.site, "explain", examples+"/"+x.request+".yaml", "--site", x.site)
	}
	run("overview", "topology", "show")
	for _, kind := range kindRank {
		run("list of "+kind.String(), "topology", "show", "--kind", kind.String())
	}
	for _, site := range []string{"us-east-1", "use1-az1", "us-west-2-lax-1", "us-east-1-wl1-bos-wlz-1", "FRA", "clinic-north"} {
		run("site "+site, "topology", "show", site)
	}
	run("way", "topology", "show", "sa-east-1", "af-south-1")
	run("lint", "topology", "lint", "--all")
	run("map", "topology", "show", "--map")
	run("map of a request", "topology", "show", "--map", "--request", examples+"/trading.yaml")
	run("configuration", "config", "show")
}

// TestHelpWidth prints the help of every command.
func TestHelpWidth(t *testing.T) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			checkWidth(t, printed(t, args...))
		})
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot())
}

// TestTableWidth sets tables whose cells do not fit.
func TestTableWidth(t *testing.T) {
	long, words := strings.Repeat("w", 92), strings.TrimSpace(strings.Repeat("word ", 30))
	for _, c := range []struct {
		name string
		rows [][]string
		want string
	}{
		{"all fit", [][]string{{"a", "b", "c"}, {"aa", "", "cc"}}, "  a   b  c\n  aa     cc\n"},
		{"the last cell does not", [][]string{{"a", "b", long + " y z"}, {"a", "b", "c"}}, "  a  b  " + long + "\n        y z\n  a  b  c\n"},
		{"nothing does", [][]string{{"a", words, "c"}}, "  a  word" + strings.Repeat(" word", 18) + "\n     word" + strings.Repeat(" word", 10) + "\n      c\n"},
		{"a word does not fit beside the first cell", [][]string{{"aaaaaaaa", "bb " + long}}, "  aaaaaaaa  bb\n      " + long + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			newText(&b).table("  ", c.rows)
			if b.String() != c.want {
				t.Errorf("got\n%swant\n%s", b.String(), c.want)
			}
			checkWidth(t, b.String())
		})
	}
}

// TestTableForms sets one table that does not fit in the two other ways.
func TestTableForms(t *testing.T) {
	long := strings.Repeat("w", 60)
	rows := func() [][]string {
		return [][]string{{"a", long, "and so on and on and on and on and on"}, {"b", "c", "1"}}
	}
	for _, c := range []struct {
		name string
		set  func(t *text)
		want string
	}{
		{"the last cells below, of all rows", func(t *text) { t.tableThen("  ", rows()) }, "  a  " + long + "\n      and so on and on and on and on and on\n  b  c\n      1\n"},
		{"a column cut", func(t *text) { t.tableCut("  ", rows(), 1, 10) }, "  a  " + long[:55] + "…  and so on and on and on and on and on\n  b  c" + strings.Repeat(" ", 57) + "1\n"},
		{"a column that must not be cut so far", func(t *text) { t.tableCut("  ", rows(), 1, 57) }, "  a  " + long + "  and so on and on and on and on\n" + strings.Repeat(" ", 67) + "and on\n  b  c" + strings.Repeat(" ", 61) + "1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			c.set(newText(&b))
			if b.String() != c.want {
				t.Errorf("got\n%swant\n%s", b.String(), c.want)
			}
			checkWidth(t, b.String())
		})
	}
}
