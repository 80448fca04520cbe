package guest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

func load(t testing.TB, e *guest.Engine, s guest.Spec) *guest.Plugin {
	t.Helper()
	if s.ID == "" {
		s.ID = "T-1"
	}
	if s.Hooks == nil {
		s.Hooks = []abi.Hook{abi.Site}
	}
	return enginetest.Load(t, e, s)
}

func snapshot(t testing.TB, image []byte) *memory.Snapshot {
	t.Helper()
	s, err := memory.NewSnapshot(image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func bind(t testing.TB, p *guest.Plugin, s *memory.Snapshot, o guest.PoolOptions) *guest.Pool {
	t.Helper()
	l, err := p.Bind(context.Background(), s, []byte("settings"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

var someSnapshot = []byte(strings.Repeat("a snapshot, of which guests see every byte. ", 3000))

// rows is a call about the first n rows.
func rows(n int) *abi.Call {
	c := &abi.Call{Request: []byte("request"), Component: 3, Rows: n, Select: make([]uint64, (n+63)/64), Texts: true}
	for i := range n {
		c.Select[i/64] |= 1 << (i % 64)
	}
	return c
}

// other makes another call of one, by its request.
func other(c *abi.Call, n int) *abi.Call {
	c.Request = fmt.Appendf(nil, "request %d", n)
	return c
}

// pooled is a pool of a hand-made guest.
func pooled(t testing.TB, e *guest.Engine, g guesttest.Mini, limits guest.Limits) *guest.Pool {
	t.Helper()
	return bind(t, load(t, e, guest.Spec{Binary: g.Bytes(), Limits: limits}), snapshot(t, someSnapshot), guest.PoolOptions{})
}

func call(l *guest.Pool, c *abi.Call) (*abi.Answer, guest.Usage, error) {
	out := new(abi.Answer)
	u, err := l.Call(context.Background(), abi.Site, offer.Decision{}, c, out)
	return out, u, err
}

func wantError(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error: %v\nwant:  %s", err, want)
	}
}
