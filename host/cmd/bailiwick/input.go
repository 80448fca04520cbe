package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// maxSettingsBytes bounds a file of policy settings.
const maxSettingsBytes = 1 << 20

// readCapped reads a file, or standard input for "-", and refuses one that is too large before it has
// been read whole. It gives up when ctx ends, also while a pipe keeps it waiting.
func readCapped(ctx context.Context, name string, limit int64) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := readFile(name, limit)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("reading %s: %w", name, ctx.Err())
	}
}

func readFile(name string, limit int64) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s: more than the %d bytes it may have", name, limit)
	}
	return text, nil
}
