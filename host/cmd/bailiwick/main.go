// Command bailiwick decides where cloud workloads may run, where they should, and proves why.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() { os.Exit(run()) }

// run is main with an exit status, so that tests can call it in their own process.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process in whatever it is doing
	err := newRoot().ExecuteContext(ctx)
	var status statusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintln(os.Stderr, "bailiwick:", printable(errorText(err)))
	return statusFailed
}

// errorText is an error as people read it: only a signal cancels anything here.
func errorText(err error) string {
	if errors.Is(err, context.Canceled) {
		return strings.Replace(err.Error(), context.Canceled.Error(), "interrupted", 1)
	}
	return err.Error()
}
