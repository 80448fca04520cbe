package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/inspect"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// grouped prints a whole number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return sign + s
}

// size prints bytes for people.
func size(n int) string {
	switch {
	case n < 10_000:
		return grouped(int64(n)) + " bytes"
	case n < 10<<20:
		return grouped(int64(n+1023)>>10) + " KiB"
	}
	return grouped(int64(n+1<<20-1)>>20) + " MiB"
}

// pages prints a memory's size.
func pages(n int64) string { return fmt.Sprintf("%s (%s)", counted(n, "page"), size(int(n)<<16)) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}

// fields writes names and what they are, aligned and wrapped; what is "" is left out.
func (t *text) fields(rows [][2]string) {
	width := 0
	for _, r := range rows {
		width = max(width, len(r[0]))
	}
	for _, r := range rows {
		if r[1] != "" {
			t.wrapped(fmt.Sprintf("  %s  ", dim.Render(fmt.Sprintf("%-*s", width, r[0]))), strings.Fields(r[1]))
		}
	}
}

// built describes a plugin that was built.
func (t *text) built(b *built, r *inspect.Report, fuel int64) {
	t.line(b.title() + "  " + good.Render("built") + "  " + oneLine(r.File))
	t.fields([][2]string{
		{"compiler", oneLine(b.tool)},
		{"size", fmt.Sprintf("%s of at most %s; the longest function has %s", size(r.Bytes), size(policy.MaxPluginBytes), size(r.Module.LargestBody))},
		{"hooks", strings.Join(b.manifest().Spec.Hooks, ", ")},
		{"imports", importsText(r.Module)},
		{"fuel", fmt.Sprintf("%s to initialise, of %s", grouped(fuel), grouped(r.Limits.InitialFuel))},
		{"digest", r.Digest},
	})
}

// importsText says in a line what a module imports.
func importsText(m *inspect.Module) string {
	var parts []string
	wasi := 0
	for _, i := range m.Imports {
		if i.Module == offer.WASI {
			wasi++
			continue
		}
		parts = append(parts, i.Module+"."+i.Name)
	}
	if wasi > 0 {
		parts = append(parts, fmt.Sprintf("%s of WASI, which reach nothing", count(wasi, "function")))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// inspected writes what a plugin is.
func (t *text) inspected(r *inspect.Report) {
	mark := good.Render("ok")
	if len(r.Refused) > 0 {
		mark = bad.Render("REFUSED")
	}
	title := head.Render(oneLine(r.File))
	if m := r.Manifest; m != nil {
		title = head.Render(oneLine(m.Metadata.Name)) + " " + oneLine(m.Metadata.Version)
	}
	t.line(title + "  " + mark)
	for _, why := range r.Refused {
		t.wrapped("  "+bad.Render("refused")+"  ", strings.Fields(oneLine(why)))
	}
	if r.Manifest != nil {
		t.line("")
		t.pluginManifest(r)
	}
	t.line("")
	rows := [][2]string{{"file", oneLine(r.File)}, {"digest", r.Digest}, {"size", size(r.Bytes)}}
	if r.Module != nil {
		rows = append(rows, moduleFields(r.Module)...)
	}
	t.line(head.Render("Module"))
	t.fields(rows)
}

// pluginManifest writes what a manifest says.
func (t *text) pluginManifest(r *inspect.Report) {
	s := &r.Manifest.Spec
	t.wrapped(head.Render(oneLine(s.ID))+"  ", strings.Fields(oneLine(s.Title)))
	if s.Description != "" {
		t.wrapped("  ", dimmed(oneLine(s.Description)))
	}
	abi := s.ABI
	if s.Entrypoint != "" {
		abi += ", entrypoint " + s.Entrypoint
	}
	rows := [][2]string{
		{"class", fmt.Sprintf("%s, severity %s, reviewed %s", s.Class, s.Severity, s.Reviewed)},
		{"abi", oneLine(abi)},
		{"hooks", strings.Join(s.Hooks, ", ")},
		{"reads", oneLine(strings.Join(s.Reads, ", "))},
		{"references", oneLine(strings.Join(s.References, ", "))},
		{"limits", fmt.Sprintf("fuel %s a call and %s a row on top, %s to initialise; memory %s",
			grouped(r.Limits.Fuel), grouped(r.Limits.FuelPerRow), grouped(r.Limits.InitialFuel), pages(r.Limits.MemoryPages))},
	}
	if len(s.Capabilities) == 0 {
		rows = append(rows, [2]string{"asks for", "no capability"})
	}
	t.fields(rows)
	for _, c := range s.Capabilities {
		t.wrapped(fmt.Sprintf("  %s    %s  ", dim.Render("asks for"), amber.Render(c.Name)), strings.Fields(oneLine(c.Reason)+" "+dim.Render("(--grant "+oneLine(s.ID)+"="+c.Name+")")))
	}
	if len(s.Settings) > 0 {
		var table [][]string
		for _, key := range sortedKeys(s.Settings) {
			value, err := decode.Canonical(s.Settings[key])
			if err != nil {
				t.err = err
				return
			}
			table = append(table, []string{oneLine(key), oneLine(string(value))})
		}
		t.line("")
		t.line(head.Render("Settings") + dim.Render("  and their defaults"))
		t.table("  ", table)
	}
	if len(s.Reasons) > 0 {
		codes := sortedKeys(s.Reasons)
		slices.SortFunc(codes, func(a, b string) int {
			x, _ := strconv.Atoi(a) // they were checked
			y, _ := strconv.Atoi(b)
			return x - y
		})
		var table [][]string
		for _, code := range codes {
			table = append(table, []string{code, oneLine(s.Reasons[code])})
		}
		t.line("")
		t.line(head.Render("Reasons") + dim.Render("  by code"))
		t.table("  ", table, 0)
	}
}

// moduleFields are what a module is made of.
func moduleFields(m *inspect.Module) [][2]string {
	memory := "none"
	if m.Memory != nil {
		memory = "from " + pages(int64(m.Memory.Min))
		if m.Memory.Max != nil {
			memory += " to " + pages(int64(*m.Memory.Max))
		}
	}
	var exports, custom []string
	for _, e := range m.Exports {
		exports = append(exports, oneLine(e.Name))
	}
	for _, c := range m.Custom {
		custom = append(custom, fmt.Sprintf("%s (%s)", oneLine(c.Name), size(c.Bytes)))
	}
	start := ""
	if m.Start {
		start = "a function runs when it is instantiated"
	}
	return [][2]string{
		{"code", fmt.Sprintf("%s in %s; the longest has %s, and up to %s", size(m.CodeBytes), count(m.Functions, "function"), size(m.LargestBody), count(int(m.MostLocals), "local"))},
		{"data", size(m.DataBytes)},
		{"memory", memory},
		{"start", start},
		{"imports", oneLine(importNames(m))},
		{"exports", strings.Join(exports, ", ")},
		{"sections", strings.Join(custom, ", ")},
	}
}

// importNames lists what a module imports, by module.
func importNames(m *inspect.Module) string {
	var modules []string
	names := map[string][]string{}
	for _, i := range m.Imports {
		if names[i.Module] == nil {
			modules = append(modules, i.Module)
		}
		names[i.Module] = append(names[i.Module], i.Name)
	}
	if len(modules) == 0 {
		return "none"
	}
	var parts []string
	for _, module := range modules {
		parts = append(parts, module+": "+strings.Join(names[module], ", "))
	}
	return strings.Join(parts, "; ")
}
