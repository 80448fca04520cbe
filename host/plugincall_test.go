package host_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// talking logs a text of one byte, and denies what it is asked about.
var talking = Mini{
	More: func(m *Module) { m.ImportFunc(offer.Module, "log", Sig(Types(wasm.I32, wasm.I32), nil)) },
	Site: Cat(everything(AtDeny), Field(AtSnapshot), I32(1), []byte{0x10, 0}),
}

// asksForLog is what a manifest says more.
const asksForLog = `,"capabilities":[{"name":"log","reason":"to talk"}]`

// TestPluginLog listens to a plugin, which takes the same fuel compiled and interpreted, and answers the same.
func TestPluginLog(t *testing.T) {
	var fuel []int64
	var ids []string
	for _, more := range [][]host.Option{nil, {host.WithInterpretedPlugins()}} {
		var calls []host.PluginCall
		d, err := decided(t, twoCopies, append(more,
			host.WithPlugin("p.wasm", Pack(talking.Bytes(), manifest("P-1", `"site"`, asksForLog))),
			host.WithGrants(map[string][]string{"P-1": {"log"}}),
			host.WithPluginLog(func(c host.PluginCall) { calls = append(calls, c) }))...)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
		var said []string
		for _, c := range calls {
			if c.Took <= 0 && c.Hook != "" {
				t.Errorf("a call of hook %s took %s", c.Hook, c.Took)
			}
			said = append(said, fmt.Sprintf("%s %q %q %d: %d %d %d %v %d %v", c.Policy, c.Hook, c.Component, c.Rows, c.Denied, c.Unknown, c.Scored, c.Log, c.Lost, c.Err))
			fuel = append(fuel, c.Fuel)
		}
		want := []string{`P-1 "" "" 0: 0 0 0 [] 0 <nil>`, `P-1 "site" "api" 3: 3 0 0 [{log \x89 0}] 0 <nil>`}
		if !slices.Equal(said, want) {
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
		}
	}
	if len(fuel) != 4 || fuel[0] != fuel[2] || fuel[1] != fuel[3] || fuel[0] <= 0 || fuel[1] <= 0 {
		t.Errorf("fuel %d", fuel)
	}
	if ids[0] != ids[1] {
		t.Errorf("decisions %v", ids)
	}
}

// TestPluginLogOfFailure is told of a call that failed.
func TestPluginLogOfFailure(t *testing.T) {
	var calls []host.PluginCall
	_, err := decided(t, twoCopies, plugin(Mini{Site: Trap}, `"site"`), host.WithPluginLog(func(c host.PluginCall) { calls = append(calls, c) }))
	if err == nil || len(calls) != 2 || calls[1].Err == nil || !strings.Contains(err.Error(), calls[1].Err.Error()) {
		t.Errorf("%v, %+v", err, calls)
	}
	calls = nil
	_, err = decided(t, twoCopies, plugin(Mini{Initialise: Trap}, `"site"`), host.WithPluginLog(func(c host.PluginCall) { calls = append(calls, c) }))
	if want := "host: open: p.wasm: plugin P-1: _initialize: the guest trapped: unreachable, in $2"; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if len(calls) != 1 || calls[0].Hook != "" || calls[0].Err == nil {
		t.Errorf("%+v", calls)
	}
}

// TestPluginError tells a plugin that does not load, and a cache that cannot be used, from other errors.
func TestPluginError(t *testing.T) {
	_, err := decided(t, twoCopies, host.WithPlugin("p.wasm", Pack(talking.Bytes(), manifest("P-1", `"site"`, asksForLog))))
	var plugin *host.PluginError
	if !errors.As(err, &plugin) || plugin.Policy.ID != "P-1" || !errors.Is(err, wasm.ErrImport) {
		t.Errorf("%v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	silent := host.WithPlugin("p.wasm", Pack(Mini{}.Bytes(), manifest("P-1", `"site"`, "")))
	_, err = host.Open(context.Background(), silent, host.WithPluginCache(file))
	if !errors.Is(err, host.ErrPluginCache) || errors.As(err, &plugin) {
		t.Errorf("%v", err)
	}
	h, err := host.Open(context.Background(), host.WithPluginCache(file)) // nothing is compiled
	if err != nil {
		t.Fatal(err)
	}
	_ = h.Close()
}
