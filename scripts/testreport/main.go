// Command testreport reads what go test -json writes on its standard input, and prints what go test without -json would:
// a line for each package that passed, and all that a test said which failed. After that it says how many tests ran and
// which were skipped, each with its reason.
//
// It ends with status 1 if a test or a package failed, if no test ran, or if a test was skipped that is not listed in
// allowed.go: what nobody notices to be skipped, nobody runs. What is no line of go test's it prints as it is.
package main

import (
	"fmt"
	"os"
)

func main() {
	ok, err := Report(os.Stdin, os.Stdout, allowed)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}
