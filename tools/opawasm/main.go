// Opawasm runs the cases that OPA tests its evaluators with through OPA's own wasm target, and writes the
// names of those that pass as a list beside the tests of package plan: what a second machine over OPA's
// plans is measured against.
//
// A case passes if OPA's own tests of its wasm target would say so (internal/wasm/sdk/test/e2e in its
// source): a built-in function that fails leaves its statement undefined there, so a case that wants such
// an error and can only have it in strict mode (strict_error) passes if its query has no result.
// Every case is run, those that OPA leaves out of its tests too, and none is left out for the functions it
// calls: which of them matter is for the reader of the list to say.
//
// What does not pass is printed, with the reason and a tally. With -check the list is not written but
// compared, and it is an error if it differs.
//
// Wazero keeps all it has compiled for as long as its process lives, so the cases are run by processes that
// live for a batch of them.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const module = "github.com/open-policy-agent/opa"

func main() {
	file := flag.String("file", "../../host/internal/plan/testdata/opa-wasm-passes.txt", "file to write, or to check")
	jobs := flag.Int("jobs", runtime.NumCPU(), "how many batches run at the same time")
	check := flag.Bool("check", false, "compare the file with what comes out, write nothing, and exit 1 if they differ")
	part := flag.String("batch", "", "run the cases from:to and print a verdict a line; this tool starts itself so")
	flag.Parse()
	if err := run(*file, *check, *jobs, *part); err != nil {
		fmt.Fprintln(os.Stderr, "opawasm:", err)
		os.Exit(1)
	}
}

func run(file string, check bool, jobs int, part string) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; this tool takes flags only", flag.Arg(0))
	}
	if jobs < 1 {
		return fmt.Errorf("-jobs %d: at least one batch must run", jobs)
	}
	opa, err := locate()
	if err != nil {
		return err
	}
	all, err := load(filepath.Join(opa.Dir, "v1", "test", "cases", "testdata", "v1"))
	if err != nil {
		return err
	}
	if part != "" {
		return runBatch(all, part, os.Stdout)
	}
	// What stands in the way is better said now than when all has run.
	var have []byte
	if check {
		if have, err = os.ReadFile(file); err != nil {
			return fmt.Errorf("%w; write it first, without -check", err)
		}
	} else if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return fmt.Errorf("%w; run this tool in its own directory, or say where with -file", err)
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	verdicts, err := runAll(exe, len(all), jobs)
	if err != nil {
		return err
	}
	fmt.Print(summary(verdicts))
	list := render(opa.Version, verdicts)
	if !check {
		return os.WriteFile(file, list, 0o644)
	}
	if !bytes.Equal(have, list) {
		return fmt.Errorf("%s holds another list; write it again, without -check, and read what changed", file)
	}
	return nil
}

// source is OPA's module, as this tool's go.mod names it.
type source struct{ Version, Dir string }

func locate() (source, error) {
	cmd := exec.Command("go", "list", "-m", "-json", module)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return source{}, fmt.Errorf("find %s: %w; run this tool in its own directory", module, err)
	}
	var s source
	if err := json.Unmarshal(out, &s); err != nil {
		return source{}, fmt.Errorf("find %s: %w", module, err)
	}
	if s.Dir == "" || s.Version == "" {
		return source{}, fmt.Errorf("%s has no source here, or no version: %s; download it with go mod download", module, strings.TrimSpace(string(out)))
	}
	return s, nil
}
