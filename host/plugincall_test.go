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
		// It denies everything, and is asked about what the request leaves out too: by one list, and by two.
		want = append(want, `P-1 "site" "api" 12: 12 0 0 [{log \x89 0}] 0 <nil>`, `P-1 "site" "api" 34: 34 0 0 [{log \x89 0}] 0 <nil>`)
		for _, n := range []int{3, 3, 9, 6, 3, 3, 37} { // and about each change of the request that might help
			want = append(want, fmt.Sprintf(`P-1 "site" "api" %d: %[1]d 0 0 [{log \x89 0}] 0 <nil>`, n))
		}
		if !slices.Equal(said, want) {
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
		}
	}
	if len(fuel) != 22 || !slices.Equal(fuel[:11], fuel[11:]) || slices.Min(fuel) <= 0 {
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

// TestPluginLogOfInitialisation is told once what a plugin says in every step of its initialisation, if it is granted a log:
// so much as is kept, escaped; whether it goes well or not.
func TestPluginLogOfInitialisation(t *testing.T) {
	// say logs so many bytes of what is at 16
	say := func(n int64) []byte { return Cat(I32(16), I32(n), []byte{0x10, 0}) }
	loud := Mini{
		More: func(m *Module) {
			m.ImportFunc(offer.Module, "log", Sig(Types(wasm.I32, wasm.I32), nil))
			m.Data(Cat([]byte{0}, I32(16), End, Sized([]byte("ready\x1b[31m\n")))...)
		},
		Start: say(1), Initialise: say(2), Configure: Cat(say(11), I32(0)), Site: Cat(say(5)),
	}
	again := loud // logs the same without end
	again.Configure = Cat([]byte{0x03, 0x40}, say(2), []byte{0x0c, 0, 0x0b}, I32(0))
	failing := loud
	failing.Configure = Cat(say(5), Trap)
	failing.Start = nil
	failsFirst := loud
	failsFirst.Start = Cat(say(3), Trap)
	for _, c := range []struct {
		name string
		mini Mini
		want []string
	}{
		{"granted", loud, []string{
			`"": [{log r 0} {log re 0} {log ready\x1b[31m\n 0}] 0 <nil>`,
			`"site": [{log ready 0}] 0 <nil>`,
		}},
		{"fails when it is configured", failing, []string{
			`"": [{log re 0} {log ready 0}] 0 plugin P-1: bailiwick_configure: the guest trapped: unreachable, in $3`,
		}},
		{"fails in the start function", failsFirst, []string{
			`"": [{log rea 0}] 0 plugin P-1: meter:start: the guest trapped: unreachable, in $6`,
		}},
	} {
		var said []string
		_, err := decided(t, twoCopies,
			host.WithPlugin("p.wasm", Pack(c.mini.Bytes(), manifest("P-1", `"site"`, asksForLog))),
			host.WithGrants(map[string][]string{"P-1": {"log"}}),
			host.WithPluginLog(func(c host.PluginCall) {
				said = append(said, fmt.Sprintf("%q: %v %d %v", c.Hook, c.Log, c.Lost, c.Err))
				if c.Fuel <= 0 {
					t.Errorf("%+v took nothing", c)
				}
			}))
		if len(c.want) == 2 && err != nil || !slices.Equal(said, c.want) {
			t.Errorf("%s: %v, got:\n%s\nwant:\n%s", c.name, err, strings.Join(said, "\n"), strings.Join(c.want, "\n"))
		}
	}
	var told host.PluginCall
	_, err := decided(t, twoCopies,
		host.WithPlugin("p.wasm", Pack(again.Bytes(), manifest("P-1", `"site"`, asksForLog+`,"limits":{"initialFuel":1000000}`))),
		host.WithGrants(map[string][]string{"P-1": {"log"}}), host.WithPluginLog(func(c host.PluginCall) { told = c }))
	if err == nil || len(told.Log) == 0 || len(told.Log) != offer.Defaults().Lines || told.Lost == 0 {
		t.Errorf("%v: %d messages and %d more", err, len(told.Log), told.Lost)
	}
}
