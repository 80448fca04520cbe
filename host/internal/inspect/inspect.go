// Package inspect says what a plugin's module is without running or compiling any of it: for whoever decides whether to
// use it, and whether to grant it what it asks for.
package inspect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// MaxBytes is the largest module that is looked at; one over [policy.MaxPluginBytes] is refused.
const MaxBytes = 64 << 20

// Report is what a module is. Texts of the module's own are printable.
type Report struct {
	File   string `json:"file"`
	Digest string `json:"digest"`
	Bytes  int    `json:"bytes"`
	// Refused says why a host does not take it, in as many reasons as could be found; none: it does.
	Refused []string `json:"refused"`
	// Manifest is what the module carries, nil if there is none that can be read.
	Manifest *policy.Manifest `json:"manifest,omitempty"`
	// Limits are what it may use, the host's defaults filled in.
	Limits *Limits `json:"limits,omitempty"`
	// Module is what the module is made of, nil if it cannot be read.
	Module *Module `json:"module,omitempty"`
}

// Limits are what a plugin may use. Fuel is in units of about a cycle.
type Limits struct {
	InitialFuel int64 `json:"initialFuel"`
	Fuel        int64 `json:"fuel"`
	FuelPerRow  int64 `json:"fuelPerRow"`
	MemoryPages int64 `json:"memoryPages"` // of 64 KiB
}

// Module is what a module is made of. Sizes are in bytes.
type Module struct {
	Functions   int      `json:"functions"` // its own
	CodeBytes   int      `json:"codeBytes"`
	LargestBody int      `json:"largestBody"`
	MostLocals  uint32   `json:"mostLocals"`
	DataBytes   int      `json:"dataBytes"`
	Globals     int      `json:"globals"`
	Tables      int      `json:"tables"`
	Memory      *Memory  `json:"memory,omitempty"`
	Start       bool     `json:"start"` // a function runs when it is instantiated
	Imports     []Import `json:"imports"`
	Exports     []Export `json:"exports"`
	Custom      []Custom `json:"custom"`
}

// Memory is a memory's size in pages of 64 KiB.
type Memory struct {
	Min uint32  `json:"min"`
	Max *uint32 `json:"max,omitempty"`
}

// Import is something the module wants to be given.
type Import struct {
	Module string `json:"module"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	// Capability is what it takes, "" if nothing.
	Capability string `json:"capability,omitempty"`
}

// Export is something the module gives.
type Export struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Custom is a custom section.
type Custom struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`
}

// Inspect looks at a module. name is the file's.
func Inspect(name string, module []byte) *Report {
	sum := sha256.Sum256(module)
	r := &Report{File: name, Digest: "sha256:" + hex.EncodeToString(sum[:]), Bytes: len(module), Refused: []string{}}
	if len(module) > policy.MaxPluginBytes {
		r.refuse(fmt.Errorf("a plugin's module has at most %d bytes, and this has %d", policy.MaxPluginBytes, len(module)))
	}
	p, err := r.manifest(name, module)
	if err != nil {
		r.refuse(err)
	}
	offered := everything().Imports()
	if r.Manifest != nil && r.Manifest.Spec.ABI == policy.ABIOPA {
		offered = offer.OPAImports()
	}
	m, err := read(module, offered)
	if m != nil {
		r.Module = describe(m)
	}
	if err != nil {
		r.refuse(err)
		return r
	}
	if p != nil {
		r.check(p, m)
	}
	return r
}

func (r *Report) refuse(err error) {
	text := err.Error() // which quotes what is the module's own
	if !slices.Contains(r.Refused, text) {
		r.Refused = append(r.Refused, text)
	}
}

// manifest reads the manifest.
func (r *Report) manifest(name string, module []byte) (*policy.Policy, error) {
	text, ok, err := wasm.FindCustom(module, policy.ManifestSection)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w; put it in with: bailiwick plugin build DIR", policy.ErrNoManifest)
	}
	m, err := policy.DecodeManifest(name+" (manifest)", text)
	if err != nil {
		return nil, err
	}
	r.Manifest = m
	r.Limits = &Limits{
		InitialFuel: or(m.Spec.Limits.InitialFuel, guest.DefaultInitialFuel), Fuel: or(m.Spec.Limits.Fuel, guest.DefaultFuel),
		FuelPerRow:  or(m.Spec.Limits.FuelPerRow, guest.DefaultFuelPerRow),
		MemoryPages: min(or(m.Spec.Limits.MemoryPages, guest.DefaultMemoryPages), memory.MaxPages),
	}
	return m.Policy(name, module)
}

func or(v, otherwise int64) int64 {
	if v == 0 {
		return otherwise
	}
	return v
}

// everything is all that may be granted.
func everything() offer.Set {
	s, err := offer.Grant(string(offer.Log), string(offer.Time), string(offer.Random))
	if err != nil {
		panic(err) // they are the package's own
	}
	return s
}

// read reads a module for its description: whatever it imports, and however large it is within what is looked at. An
// import that is not offered is the error, beside the module.
func read(module []byte, offered []wasm.Import) (*wasm.Module, error) {
	limits := wasm.Defaults()
	limits.Offered = offered
	limits.MemoryPages = 1 << 16
	limits.Module = MaxBytes // a module that is too large is refused before
	m, err := wasm.Scan(module, limits)
	if err == nil {
		return m, nil
	}
	told := offer.Explain(err, everything())
	limits.Code, limits.CustomSz, limits.DataBytes = MaxBytes, MaxBytes, MaxBytes
	limits.Body, limits.Functions = MaxBytes, 1<<20
	for range limits.Imports {
		var refused *wasm.ImportError
		if !errors.As(err, &refused) {
			break
		}
		i := refused.Import
		i.Mutable = false
		limits.Offered = append(limits.Offered, i)
		if m, err = wasm.Scan(module, limits); err == nil {
			return m, told
		}
	}
	m, _ = wasm.Scan(module, limits) // nil if there is an error
	return m, told
}

func describe(m *wasm.Module) *Module {
	s := m.Report()
	out := &Module{
		Functions: s.Functions, CodeBytes: s.CodeBytes, LargestBody: s.LargestBody, MostLocals: s.MostLocals, DataBytes: s.DataBytes,
		Globals: s.Globals, Tables: len(s.Tables), Start: s.Start, Imports: []Import{}, Exports: []Export{}, Custom: []Custom{},
	}
	if len(s.Memories) > 0 {
		out.Memory = &Memory{Min: s.Memories[0].Min}
		if s.Memories[0].HasMax {
			out.Memory.Max = &s.Memories[0].Max
		}
	}
	for _, i := range s.Imports {
		x := Import{Module: printable.String(i.Module), Name: printable.String(i.Name), Type: i.Kind.String()}
		if i.Kind == wasm.Func {
			x.Type = i.Type.String()
		}
		if c, ok := offer.Needs(i); ok {
			x.Capability = string(c)
		}
		out.Imports = append(out.Imports, x)
	}
	for _, e := range s.Exports {
		out.Exports = append(out.Exports, Export{printable.String(e.Name), e.Kind.String()})
	}
	for _, c := range s.Customs {
		out.Custom = append(out.Custom, Custom{printable.String(c.Name), len(c.Content)})
	}
	return out
}

var hooks = map[policy.Hook]abi.Hook{policy.Site: abi.Site, policy.Path: abi.Path, policy.Placement: abi.Placement}

// check holds a module against its manifest, as a host does that grants it all it asks for.
func (r *Report) check(p *policy.Policy, m *wasm.Module) {
	spec := &p.Plugin.Manifest.Spec
	var asked []string
	for _, c := range spec.Capabilities {
		asked = append(asked, c.Name)
	}
	for _, i := range m.Imports {
		if c, ok := offer.Needs(i); ok && !slices.Contains(asked, string(c)) {
			r.refuse(fmt.Errorf("it imports %s.%s, which takes the capability %s, and the manifest does not ask for it", offer.Module, i.Name, c))
		}
	}
	if _, err := rego.Facts(spec.Reads); err != nil {
		r.refuse(err)
	}
	if _, err := tables.Settings(p.Settings); err != nil {
		r.refuse(fmt.Errorf("manifest: %w", err))
	}
	if len(p.Plugin.Module) > policy.MaxPluginBytes {
		return // it is never loaded
	}
	refuse := func(err error) {
		if err != nil {
			r.refuse(errors.New(strings.TrimPrefix(err.Error(), "plugin "+p.ID+": ")))
		}
	}
	limits := guest.Limits{MemoryPages: uint32(spec.Limits.MemoryPages)}
	if spec.ABI == policy.ABIOPA {
		_, err := guest.CheckOPA(guest.OPASpec{ID: p.ID, Binary: p.Plugin.Module, Entrypoint: spec.Entrypoint, Limits: limits})
		refuse(err)
		return
	}
	g := guest.Spec{ID: p.ID, Binary: p.Plugin.Module, Grants: everything(), Limits: limits}
	for _, h := range p.Plugin.Hooks {
		g.Hooks = append(g.Hooks, hooks[h])
	}
	_, err := guest.Check(g)
	refuse(err)
}
