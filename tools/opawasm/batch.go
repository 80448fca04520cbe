package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// batchSize is how many cases a process runs; wazero keeps some megabytes for each.
const batchSize = 60

// runBatch runs the cases from:to and writes a verdict a line.
func runBatch(list []testCase, part string, out io.Writer) error {
	var from, to int
	if n, err := fmt.Sscanf(part, "%d:%d", &from, &to); err != nil || n != 2 || from < 0 || to < from || to > len(list) {
		return fmt.Errorf("-batch %q: want from:to within 0:%d", part, len(list))
	}
	enc := json.NewEncoder(out)
	for _, tc := range list[from:to] {
		rs, stage, err := evaluate(context.Background(), tc)
		v := judge(tc, rs, stage, err)
		v.Name = tc.name
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// runAll runs n cases in batches, jobs of them at a time, by the program exe.
func runAll(exe string, n, jobs int) ([]verdict, error) {
	all := make([]verdict, n)
	errs := make([]error, (n+batchSize-1)/batchSize)
	var wg sync.WaitGroup
	slots := make(chan struct{}, jobs)
	for i := range errs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			from := i * batchSize
			errs[i] = runPart(exe, from, all[from:min(from+batchSize, n)])
		})
	}
	wg.Wait()
	return all, errors.Join(errs...)
}

// runPart has a process run the cases from `from` on and fills in their verdicts.
func runPart(exe string, from int, into []verdict) error {
	part := fmt.Sprintf("%d:%d", from, from+len(into))
	cmd := exec.Command(exe, "-batch", part)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	dec := json.NewDecoder(out)
	for i := range into {
		if err = dec.Decode(&into[i]); err != nil {
			err = fmt.Errorf("batch %s, case %d: %w", part, from+i, err)
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	if ended := cmd.Wait(); ended != nil {
		return fmt.Errorf("batch %s: %w", part, ended)
	}
	return err
}
