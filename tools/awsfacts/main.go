// Awsfacts reads the partitions and regions that the AWS SDK for Go lists out of its module, and writes
// them as a small file beside the catalogue's tests, which compare the two. With -check it compares that
// file with a version of the SDK instead, and says what was added, removed or renamed.
//
// The SDK is data here: its module is downloaded and none of its code is built.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	module = "github.com/aws/aws-sdk-go-v2"
	inside = "internal/endpoints/awsrulesfn/partitions.json"
	// pinned is the version the catalogue's source names.
	pinned = "v1.47.7"
)

func main() {
	version := flag.String("version", pinned, "version of the SDK, or latest")
	file := flag.String("file", "../../host/topology/aws/testdata/sdk-partitions.json", "file to write, or to check")
	check := flag.Bool("check", false, "compare the file with the version, write nothing, and exit 1 if they differ")
	flag.Parse()
	if err := run(*version, *file, *check); err != nil {
		fmt.Fprintln(os.Stderr, "awsfacts:", err)
		os.Exit(1)
	}
}

func run(version, file string, check bool) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; the version is given as -version v1.2.3", flag.Arg(0))
	}
	sdk, err := read(version)
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(file, sdk.render(), 0o644)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%w; write it first, without -check", err)
	}
	var have facts
	if err := json.Unmarshal(text, &have); err != nil {
		return fmt.Errorf("%s: %w; write it again, without -check", file, err)
	}
	changes := compare(have, sdk)
	for _, c := range changes {
		fmt.Println(c)
	}
	switch {
	case len(changes) > 0:
		return fmt.Errorf("%s (%s) and %s %s differ as listed; write the file again with -version %s, and correct the catalogue by what its test then says", file, have.Version, module, sdk.Version, sdk.Version)
	case have.Version == sdk.Version && !bytes.Equal(text, sdk.render()):
		return fmt.Errorf("%s holds the facts of %s, but not in the bytes this tool writes; write it again, without -check", file, sdk.Version)
	}
	return nil
}

// read downloads a version of the SDK, unless it is there already, and reads its list.
func read(version string) (facts, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var m struct{ Version, Dir, Error string }
	if json.Unmarshal(out, &m) == nil && m.Error != "" {
		return facts{}, fmt.Errorf("download %s: %s", version, strings.TrimSpace(m.Error))
	}
	if err != nil {
		return facts{}, fmt.Errorf("download %s of %s: %w", version, module, err)
	}
	text, err := os.ReadFile(filepath.Join(m.Dir, filepath.FromSlash(inside)))
	if err != nil {
		return facts{}, fmt.Errorf("%s has no %s, where the list was: %w; find where it went and correct the constant", m.Version, inside, err)
	}
	return parse(m.Version, text)
}
