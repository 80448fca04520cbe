package inspect_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
	"github.com/bailiwick-dev/bailiwick/host/internal/inspect"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// manifest is a manifest with more in its spec.
func manifest(hooks, more string) string {
	return fmt.Sprintf(`{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"acme/x","version":"1.0.0"},"spec":{"abi":"bailiwick/1",
		"id":"X-1","title":"t","class":"selection","reviewed":"2026-11-23","hooks":[%s]%s}}`, hooks, more)
}

// importing imports functions of no parameters and no results, but for log.
func importing(names ...string) guesttest.Mini {
	return guesttest.Mini{More: func(m *Module) {
		for _, n := range names {
			module, name, _ := strings.Cut(n, ".")
			t := Sig(nil, nil)
			if n == "bailiwick.log" {
				t = Sig(Types(wasm.I32, wasm.I32), nil)
			}
			m.ImportFunc(module, name, t)
		}
	}}
}

const asksForLog = `,"capabilities":[{"name":"log","reason":"r"}]`

// TestRefused says why modules are refused, and what can still be told of them.
func TestRefused(t *testing.T) {
	huge := guesttest.Mini{More: func(m *Module) { m.Custom("debug", make([]byte, policy.MaxPluginBytes)...) }}
	for _, c := range []struct {
		name    string
		module  []byte
		refused []string
		told    string // what is told all the same
	}{
		{"none", guesttest.Pack(guesttest.Mini{}.Bytes(), manifest(`"site"`, "")), nil, "manifest module"},
		{"asked for", guesttest.Pack(importing("bailiwick.log").Bytes(), manifest(`"site"`, asksForLog)), nil, "manifest module log"},
		{"not asked for", guesttest.Pack(importing("bailiwick.log").Bytes(), manifest(`"site"`, "")), []string{"it imports bailiwick.log, which takes the capability log, and the manifest does not ask for it"}, "manifest module log"},
		{"no module", []byte("text"), []string{"not a wasm module this host reads: header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module; build the guest again for WebAssembly 2.0"}, ""},
		{"no manifest", guesttest.Mini{}.Bytes(), []string{"the module carries no manifest; put it in with: bailiwick plugin build DIR"}, "module"},
		{"not a manifest", guesttest.Pack(guesttest.Mini{}.Bytes(), `{"kind":"Plugin"}`), []string{`x.wasm (manifest):1:1: field "apiVersion" is missing; it is required` + "\n" + `x.wasm (manifest):1:1: field "metadata" is missing; it is required` + "\n" + `x.wasm (manifest):1:1: field "spec" is missing; it is required`}, "module"},
		{"no such capability", guesttest.Pack(importing("bailiwick.net", "env.abort").Bytes(), manifest(`"site"`, "")), []string{`wasm module imports what is not offered: import section, byte 26: func "bailiwick"."net" () -> (): there is no such capability; there are log, time, random; declare and grant the capability, or build the guest without it`}, "manifest module net abort"},
		{"exports", guesttest.Pack(guesttest.Mini{}.Bytes(), manifest(`"path","placement"`, "")), []string{"the guest's exports are not those of the ABI: function bailiwick_path (i32) -> (i32) is missing; function bailiwick_placement (i32) -> (i32) is missing"}, "manifest module"},
		{"misspelt", guesttest.Pack(guesttest.Mini{Path: guesttest.Trap}.Bytes(), manifest(`"path"`, `,"reads":["site.contry","path.from.carbon.pui"]`)), []string{`manifest: reads: input.path.from.carbon has no field "pui"; did you mean "pue"?; input.site has no field "contry"; did you mean "country" or "control"?`}, "manifest module"},
		{"cut off", guesttest.Pack(guesttest.Mini{}.Bytes(), manifest(`"site"`, ""))[:100], []string{"not a wasm module this host reads: code section, byte 98: the section of 32 bytes is cut off after 0; the file is not whole: copy it or build it again"}, ""},
		{"too large", guesttest.Pack(huge.Bytes(), manifest(`"site"`, "")), []string{
			"a plugin's module has at most 4194304 bytes, and this has 4194675",
			"wasm module is over a limit: custom section, byte 137: 4194310 bytes of custom sections, at most 4194304 are allowed; make the guest smaller or raise the limit",
		}, "manifest module"},
		{"escaped", guesttest.Pack(importing("e\x1bv.a\nb").Bytes(), manifest(`"site"`, "")), []string{`wasm module imports what is not offered: import section, byte 26: func "e\x1bv"."a\nb" () -> (): guests may import from "wasi_snapshot_preview1" and "bailiwick" alone; declare and grant the capability, or build the guest without it`}, `manifest module a\nb`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := inspect.Inspect("x.wasm", c.module)
			if !slices.Equal(r.Refused, c.refused) {
				t.Errorf("refused:\n%s\nwant:\n%s", strings.Join(r.Refused, "\n"), strings.Join(c.refused, "\n"))
			}
			var told []string
			if r.Manifest != nil {
				told = append(told, "manifest")
			}
			if r.Module != nil {
				told = append(told, "module")
				for _, i := range r.Module.Imports {
					told = append(told, i.Name)
				}
			}
			if got := strings.Join(told, " "); got != c.told {
				t.Errorf("told %s, want %s", got, c.told)
			}
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDescribed looks at what a module is made of.
func TestDescribed(t *testing.T) {
	m := guesttest.Mini{Site: guesttest.Store8(guesttest.Field(guesttest.AtDeny), 0, guesttest.I32(1)), Pages: 3, Start: []byte{1}, More: func(m *Module) {
		m.ImportFunc(offer.WASI, "sched_yield", Sig(nil, Types(wasm.I32)))
		m.Data(Cat([]byte{0}, guesttest.I32(512), guesttest.End, Sized([]byte("hello")))...)
		m.Custom("name", 0)
	}}
	own := manifest(`"site"`, `,"limits":{"fuel":7,"memoryPages":1070}`)
	r := inspect.Inspect("x.wasm", guesttest.Pack(m.Bytes(), own))
	if r.Refused == nil || len(r.Refused) > 0 {
		t.Fatal(r.Refused)
	}
	most := uint32(1000)
	text, err := json.Marshal(r.Module)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"functions":4,"codeBytes":31,"largestBody":13,"mostLocals":2,"dataBytes":5,"globals":0,"tables":0,"memory":{"min":3,"max":1000},"start":true,` +
		`"imports":[{"module":"wasi_snapshot_preview1","name":"sched_yield","type":"() -\u003e (i32)"}],` +
		`"exports":[{"name":"memory","kind":"memory"},{"name":"bailiwick_abi","kind":"func"},{"name":"bailiwick_reserve","kind":"func"},{"name":"bailiwick_site","kind":"func"}],` +
		`"custom":[{"name":"name","bytes":1},{"name":"bailiwick:plugin","bytes":` + strconv.Itoa(len(own)) + `}]}`
	if string(text) != want || *r.Module.Memory.Max != most {
		t.Errorf("%s\nwant %s", text, want)
	}
	if *r.Limits != (inspect.Limits{InitialFuel: 10_000_000_000, Fuel: 7, FuelPerRow: 30_000, MemoryPages: 1070}) {
		t.Errorf("%+v", *r.Limits)
	}
}

// FuzzInspect looks at any bytes: never a panic.
func FuzzInspect(f *testing.F) {
	f.Add(guesttest.Pack(importing("bailiwick.log", "env.x").Bytes(), manifest(`"site"`, asksForLog)))
	f.Add([]byte(Header))
	f.Fuzz(func(t *testing.T, module []byte) {
		if r := inspect.Inspect("x.wasm", module); r.Bytes != len(module) {
			t.Errorf("%+v", r)
		}
	})
}
