package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// permitted decides without a host.
func permitted(name string) decided {
	return decided{name: name, req: new(placement.Request), d: &placement.Decision{Request: strings.Clone(name), Verdict: placement.Permit}}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("request-%d", i)
	}
	return names
}

// TestBatchInterrupted ends a batch after its third decision: that is said once, and what was not decided is
// not in the summary.
func TestBatchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs bytes.Buffer
	written := 0
	b := batch{
		out: &out, errs: &errs, summary: newSummary(), status: statusPermit,
		write: func(io.Writer, *host.Host, *placement.Request, *placement.Decision) error {
			if written++; written == 3 {
				cancel()
			}
			return nil
		},
	}
	err := b.run(ctx, numbered(900), func(ctx context.Context, name string) decided {
		if err := ctx.Err(); err != nil {
			return decided{name: name, err: fmt.Errorf("reading %s: %w", name, err)}
		}
		return permitted(name)
	})
	var status statusError
	if !errors.As(err, &status) || status != statusFailed {
		t.Errorf("error %v, want status %d", err, statusFailed)
	}
	undone := 900 - written
	if want := fmt.Sprintf("bailiwick: interrupted: %d of 900 requests were not decided\n", undone); errs.String() != want {
		t.Errorf("errors\n%swant\n%s", errs.String(), want)
	}
	if limit := 3 + 4*runtime.GOMAXPROCS(0); written > limit {
		t.Errorf("%d decisions were written, want at most the %d that were being made", written, limit)
	}
	head := fmt.Sprintf("\nSummary  %d requests: %[1]d permit\n", written)
	if tail := fmt.Sprintf("  %d requests were not decided\n", undone); !strings.HasPrefix(out.String(), head) || !strings.HasSuffix(out.String(), tail) {
		t.Errorf("summary\n%swant\n%s…\n%s", out.String(), head, tail)
	}
	if n := strings.Count(out.String(), "\n"); n != written+3 {
		t.Errorf("the summary has %d lines for %d decisions", n, written)
	}
}

// cancelWriter ends a context when something is written.
type cancelWriter struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (w *cancelWriter) Write(p []byte) (int, error) {
	w.cancel()
	return w.Buffer.Write(p)
}

// TestDecideInterrupted is TestBatchInterrupted through the command, in a form without a summary.
func TestDecideInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, errs := cancelWriter{cancel: cancel}, bytes.Buffer{}
	root := newRoot()
	root.SetArgs(append([]string{"decide", "--config", "none", "-o", "json"}, slices.Repeat([]string{examples + "/batch.yaml"}, 60)...))
	root.SetOut(&out)
	root.SetErr(&errs)
	err := root.ExecuteContext(ctx)
	var status statusError
	if !errors.As(err, &status) || status != statusFailed {
		t.Errorf("error %v, want status %d", err, statusFailed)
	}
	if !regexp.MustCompile(`^bailiwick: interrupted: \d+ of 60 requests were not decided\n$`).MatchString(errs.String()) {
		t.Errorf("errors\n%s", errs.String())
	}
	if strings.Contains(out.String(), "not decided") {
		t.Error("JSON has a line that is none")
	}
}

// TestBatchKeepsNoDecision checks that a batch holds no decision that it has written, whatever it prints in the
// end.
func TestBatchKeepsNoDecision(t *testing.T) {
	for _, s := range []*summary{nil, newSummary()} {
		var last []weak.Pointer[placement.Decision]
		b := batch{
			out: io.Discard, errs: io.Discard, summary: s, status: statusPermit,
			write: func(_ io.Writer, _ *host.Host, _ *placement.Request, d *placement.Decision) error {
				last = append(last, weak.Make(d))
				return nil
			},
		}
		if err := b.run(t.Context(), numbered(100), func(_ context.Context, name string) decided { return permitted(name) }); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		held := 0
		for _, p := range last {
			if p.Value() != nil {
				held++
			}
		}
		runtime.KeepAlive(b)
		if len(last) != 100 || held > 1 {
			t.Errorf("summary %t: %d of %d decisions are held", s != nil, held, len(last))
		}
	}
}
