package offer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// shown is a log as text.
func shown(i *offer.Instance) string {
	lines, dropped := i.Log()
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s %q %d\n", l.Source, l.Text, l.Cut)
	}
	fmt.Fprintf(&b, "dropped %d\n", dropped)
	return b.String()
}

// TestLog leaves messages by every way there is, too many and too long.
func TestLog(t *testing.T) {
	granted := grant(t, "log")
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(granted), granted, true)
		g.Instance = offer.New(g.mod, granted, offer.Limits{Lines: 7, LineBytes: 10})
		log := func(text string) {
			g.put(1000, []byte(text)...)
			g.must("log", 1000, uint64(len(text)))
		}
		write := func(fd uint64, texts ...string) {
			at := uint32(1000)
			for k, text := range texts {
				g.put(at, []byte(text)...)
				g.put(uint32(8*k), le(at, uint32(len(text)))...)
				at += uint32(len(text))
			}
			if r := g.must("fd_write", fd, 0, uint64(len(texts)), 900); r != ok {
				t.Errorf("answered %d", r)
			}
		}
		check := func(want string) {
			t.Helper()
			if got := shown(g.Instance); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		}
		check("dropped 0\n")
		log("a\nb\x1b")
		write(1, "on", "e\ntw")
		write(2, "error")
		write(1, "o\n\nlast")
		log("longer than ten")
		check(`log "a\\nb\\x1b" 0
stdout "one" 0
stdout "two" 0
stdout "" 0
log "longer tha" 5
stdout "last" 0
stderr "error" 0
dropped 0
`)
		log("x")
		write(1, "x\ny\nz")
		if lines, dropped := g.Log(); len(lines) != 7 || dropped != 4 {
			t.Errorf("%d lines, %d dropped", len(lines), dropped)
		}
		lines, _ := g.Log()
		write(2, "of the decision before")
		g.begin(offer.Decision{})
		check("dropped 0\n")
		if lines[6].Text != "error" {
			t.Errorf("a line that was handed out is %q now", lines[6].Text)
		}
		// Long lines in pieces are cut and counted, and characters that straddle the limit stay whole.
		write(1, "123456789", "ü", strings.Repeat("x", 1000), "\n")
		write(1, strings.Repeat("y", 70_000-30_000), strings.Repeat("z", 30_000))
		log(strings.Repeat("\x00", 100))
		log("12345678\u20ac")
		log("1234567\u20ac")
		check(`stdout "123456789" 1002
log "\\x00\\x00" 98
log "12345678" 3
log "1234567€" 0
stdout "yyyyyyyyyy" 65526
dropped 0
`)
	})
}

// TestUnlogged swallows output without the capability.
func TestUnlogged(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(0), 0, true)
		g.put(0, le(100, 10, 100, 70_000)...)
		if r := g.must("fd_write", 1, 0, 1, 64); r != ok {
			t.Errorf("answered %d", r)
		}
		if r := g.must("fd_write", 1, 8, 1, 64); r != ok || string(g.bytes(64, 4)) != string(le(65536)) {
			t.Errorf("answered %d, took % x", r, g.bytes(64, 4))
		}
		if got := shown(g.Instance); got != "dropped 0\n" {
			t.Errorf("kept %s", got)
		}
	})
}
