package offer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// TestGrant names capabilities.
func TestGrant(t *testing.T) {
	for _, c := range []struct{ names, want []string }{
		{nil, nil},
		{[]string{"random", "log", "random"}, []string{"log", "random"}},
		{[]string{"log", "time", "random"}, []string{"log", "time", "random"}},
	} {
		s, err := offer.Grant(c.names...)
		if err != nil || !slices.Equal(s.Names(), c.want) {
			t.Errorf("%q: %q %v", c.names, s.Names(), err)
		}
	}
	for _, name := range []string{"", "net", "Log", "log "} {
		s, err := offer.Grant("time", name)
		fails(t, err, fmt.Sprintf("no such capability: %q; there are log, time, random", name), offer.ErrCapability)
		if s != 0 {
			t.Errorf("granted %q", s.Names())
		}
	}
}

// TestImports lists what is offered: 46 functions of WASI always, and one for each capability.
func TestImports(t *testing.T) {
	for n := range 8 {
		s := offer.Set(n)
		var got []string
		wasi := 0
		for _, i := range s.Imports() {
			if i.Module == offer.WASI {
				wasi++
				continue
			}
			got = append(got, i.String())
		}
		var want []string
		for _, c := range []struct {
			capability offer.Capability
			text       string
		}{
			{offer.Log, `func "bailiwick"."log" (i32, i32) -> ()`},
			{offer.Random, `func "bailiwick"."random" (i32, i32) -> ()`},
			{offer.Time, `func "bailiwick"."time" () -> (i64)`},
		} {
			if s.Has(c.capability) {
				want = append(want, c.text)
			}
		}
		if wasi != 46 || !slices.Equal(got, want) {
			t.Errorf("%q: %d of WASI and %q", s.Names(), wasi, got)
		}
	}
}

// TestRefused scans guests that import what they may not, and says what they would need.
func TestRefused(t *testing.T) {
	none := wasm.FuncType{}
	text := wasmtest.Sig(wasmtest.Types(wasm.I32, wasm.I32), nil)
	const (
		before = "wasm module imports what is not offered: import section, byte "
		after  = "; declare and grant the capability, or build the guest without it"
	)
	for _, c := range []struct {
		name         string
		module, from string
		t            wasm.FuncType
		granted      []string
		want         string
	}{
		{"log", offer.Module, "log", text, []string{"time", "random"}, `19: func "bailiwick"."log" (i32, i32) -> (): it takes the capability "log", which is not granted`},
		{"time", offer.Module, "time", wasmtest.Sig(nil, wasmtest.Types(wasm.I64)), nil, `18: func "bailiwick"."time" () -> (i64): it takes the capability "time", which is not granted`},
		{"signature", offer.Module, "log", none, []string{"log"}, `17: func "bailiwick"."log" () -> (): it is offered as func "bailiwick"."log" (i32, i32) -> ()`},
		{"no capability", offer.Module, "net", none, nil, `17: func "bailiwick"."net" () -> (): there is no such capability; there are log, time, random`},
		{"no function of WASI", offer.WASI, "path_exec", none, nil, `17: func "wasi_snapshot_preview1"."path_exec" () -> (): WASI preview 1 has no such function`},
		{"signature of WASI", offer.WASI, "sched_yield", none, nil, `17: func "wasi_snapshot_preview1"."sched_yield" () -> (): it is offered as func "wasi_snapshot_preview1"."sched_yield" () -> (i32)`},
		{"module", "wasi", "thread-spawn", none, nil, `17: func "wasi"."thread-spawn" () -> (): guests may import from "wasi_snapshot_preview1" and "bailiwick" alone`},
		{"capability elsewhere", "env", "log", text, []string{"log"}, `19: func "env"."log" (i32, i32) -> (): guests may import from "wasi_snapshot_preview1" and "bailiwick" alone`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m wasmtest.Module
			m.ImportFunc(c.module, c.from, c.t)
			granted := grant(t, c.granted...)
			limits := wasm.Defaults()
			limits.Offered = granted.Imports()
			_, err := wasm.Scan(m.Bytes(), limits)
			fails(t, offer.Explain(err, granted), before+c.want+after, wasm.ErrImport)
		})
	}
	t.Run("memory", func(t *testing.T) {
		var m wasmtest.Module
		m.Import(offer.Module, "log", 2, 0, 1)
		limits := wasm.Defaults()
		limits.Offered = offer.Set(0).Imports()
		_, err := wasm.Scan(m.Bytes(), limits)
		fails(t, offer.Explain(err, 0), before+`11: memory "bailiwick"."log": a host gives functions, never a memory`+after, wasm.ErrImport)
	})
	for _, err := range []error{nil, wasm.ErrFormat} {
		if got := offer.Explain(err, 0); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

// TestNotGranted runs a guest with fewer grants than it was scanned with.
func TestNotGranted(t *testing.T) {
	all := grant(t, "log", "time", "random")
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(all), all, true)
		less := &guest{offer.New(g.mod, grant(t, "time"), offer.Defaults()), t, g.mod}
		for _, name := range []string{"log", "random"} {
			_, err := less.call(name, 0, 1)
			fails(t, err, "the guest calls a capability that it is not granted: bailiwick."+name, offer.ErrNotGranted)
		}
		less.must("time")
	})
}
