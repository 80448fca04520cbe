package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// simulateGC is how far the heap may grow between two collections, in percent of what is in use. Comparing thousands of
// requests makes much garbage and keeps little.
const simulateGC = 400

// differencesAhead bounds how many comparisons wait to be written, to each processor. Some take ten times as long as others.
const differencesAhead = 8

// whatIf is the flags that say what is different.
type whatIf struct {
	lose, addSite, policy, against []string
}

func newSimulate() *cobra.Command {
	var flags hostFlags
	var change whatIf
	var output string
	cmd := &cobra.Command{
		Use:   "simulate REQUEST…",
		Short: "Say what would be decided differently if something were lost, added or changed",
		Long: `Say what would be decided differently if sites were lost or added, policies added, or the topology
were another one. A REQUEST is a YAML or JSON file, - for standard input, or a directory, of which
every .yaml, .yml and .json file below it is read. What is different may be told by several flags.

Compared are the verdict, the best placement with its objective, what stands in the way, and the
verdict on where the components run today. A request that depends on nothing that is different is
not decided again.

The exit status is 0 if no verdict changes, else that of the worst verdict that a request changes
to; 1 for an error. An error in one request does not keep the others from being compared.`,
		Example: `  bailiwick simulate docs/examples/checkout.yaml --lose eu-central-1
  bailiwick simulate requests/ --policy ./new-rules
  bailiwick simulate requests/ --topology ./sites-today --against ./sites-planned -o json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" && output != "yaml" {
				return fmt.Errorf("--output: %q is not text, json or yaml", output)
			}
			names, err := requestFiles(args)
			if err != nil {
				return err
			}
			w, err := change.open(cmd, &flags)
			if err != nil {
				return err
			}
			if os.Getenv("GOGC") == "" {
				defer debug.SetGCPercent(debug.SetGCPercent(simulateGC))
			}
			return simulate(cmd, &flags, w, change.words(), names, output)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringArrayVar(&change.lose, "lose", nil, "`SITE` or risk group that is lost")
	cmd.Flags().StringArrayVar(&change.addSite, "add-site", nil, "topology `FILE`, or directory, to lay over the others")
	cmd.Flags().StringArrayVar(&change.policy, "policy", nil, "`DIR` of Rego policies to add")
	cmd.Flags().StringArrayVar(&change.against, "against", nil, "topology `DIR` or snapshot in place of those of --topology")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json|yaml`")
	return cmd
}

// words tell what is different.
func (c *whatIf) words() []string {
	var out []string
	for _, x := range []struct {
		what   string
		values []string
	}{{"without ", c.lose}, {"with ", c.addSite}, {"with the policies of ", c.policy}, {"against ", c.against}} {
		for i, v := range x.values {
			if !slices.Contains(x.values[:i], v) {
				out = append(out, x.what+v)
			}
		}
	}
	return out
}

// open opens the world as it is, and as it would be.
func (c *whatIf) open(cmd *cobra.Command, flags *hostFlags) (*host.WhatIf, error) {
	if len(c.words()) == 0 {
		return nil, errors.New("nothing is different; say what is, with --lose, --add-site, --policy or --against")
	}
	for _, x := range []struct {
		flag   string
		values []string
	}{{"lose", c.lose}, {"add-site", c.addSite}, {"policy", c.policy}, {"against", c.against}} {
		if slices.Contains(x.values, "") {
			return nil, fmt.Errorf("--%s: empty; say what it is, or leave it out", x.flag)
		}
	}
	ctx := cmd.Context()
	before, err := flags.open(ctx)
	if err != nil {
		return nil, err
	}
	defer before.Close() // what is compared holds on to what the host held
	after := before
	if len(c.addSite)+len(c.policy)+len(c.against) > 0 {
		if after, err = c.after(ctx, flags); err != nil {
			return nil, err
		}
		defer after.Close()
	}
	w, err := host.Compare(before, after)
	if err != nil {
		return nil, err
	}
	if err := w.Lose(c.lose...); err != nil {
		return nil, fmt.Errorf("--lose: %w", err)
	}
	return w, nil
}

// after opens the world as it would be.
func (c *whatIf) after(ctx context.Context, flags *hostFlags) (*host.Host, error) {
	other := *flags
	if len(c.against) > 0 {
		other.topology, other.topologyFlag, other.settled = c.against, "--against", nil
	}
	settled, err := other.config(ctx)
	if err != nil {
		return nil, err
	}
	var more []host.Option
	for _, name := range c.addSite {
		files, err := topologyFiles(name)
		if err != nil {
			return nil, fmt.Errorf("--add-site: %w", err)
		}
		more = append(more, host.WithTopology(filepath.Dir(name), files))
	}
	for _, dir := range c.policy {
		switch info, err := os.Stat(dir); {
		case err != nil:
			return nil, fmt.Errorf("--policy: %w", err)
		case !info.IsDir():
			return nil, fmt.Errorf("--policy: %s is not a directory", dir)
		}
		more = append(more, host.WithPolicies(dir, os.DirFS(dir)))
	}
	return settled.Open(ctx, more...)
}

// topologyFiles is a directory of topology files, or one that holds a single file.
func topologyFiles(name string) (fs.FS, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(name), nil
	}
	return onlyFile{os.DirFS(filepath.Dir(name)), filepath.Base(name)}, nil
}

// onlyFile is a directory of which one file is seen.
type onlyFile struct {
	fs.FS
	name string
}

// Open implements [fs.FS].
func (f onlyFile) Open(name string) (fs.File, error) {
	if name != "." && name != f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.FS.Open(name)
}

// ReadDir implements [fs.ReadDirFS].
func (f onlyFile) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	info, err := fs.Stat(f.FS, f.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}

// requestFiles lists the requests that arguments name: a directory stands for the files below it, sorted.
func requestFiles(args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case arg == "-" && slices.Contains(names, "-"):
			return nil, errors.New("- is given more than once; standard input can be read once")
		case arg == "-" || err != nil || !info.IsDir(): // what cannot be read is said of the request
			names = append(names, arg)
			continue
		}
		before := len(names)
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))) {
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(names) == before {
			return nil, fmt.Errorf("%s: no request in it; a request is a .yaml, .yml or .json file", arg)
		}
	}
	return names, nil
}

// simulation is what simulate writes as JSON or YAML.
type simulation struct {
	APIVersion  string           `json:"apiVersion"`
	Kind        string           `json:"kind"`
	Change      []string         `json:"change"`   // what is different, in words
	Requests    int              `json:"requests"` // that were compared
	Decided     int              `json:"decided"`  // of these, those that had to be decided again
	Changed     int              `json:"changed"`  // of these, those that come out differently
	Errors      int              `json:"errors"`   // requests that were not compared
	Differences []fileDifference `json:"differences"`

	status int
}

// fileDifference is a request that comes out differently.
type fileDifference struct {
	File string `json:"file"`
	*host.Difference

	req *placement.Request
}

// simulate compares the requests and writes what changes.
func simulate(cmd *cobra.Command, flags *hostFlags, w *host.WhatIf, change, names []string, output string) error {
	errs := cmd.ErrOrStderr()
	s := simulation{APIVersion: placement.APIVersion, Kind: "Simulation", Change: change, Differences: []fileDifference{}}
	shown := newProgress(errs)
	fail := func(err error) {
		shown.clear()
		fmt.Fprintln(errs, "bailiwick:", printable(errorText(err)))
		s.Errors++
		s.status = worse(s.status, statusFailed)
	}
	t := newText(cmd.OutOrStdout())
	undone := sideBySide(cmd.Context(), names, differencesAhead, func(ctx context.Context, name string) (fileDifference, error) {
		req, err := flags.request(ctx, name)
		if err != nil {
			return fileDifference{}, err
		}
		d, err := w.Decide(ctx, req)
		return fileDifference{name, d, req}, err
	}, func(name string, d fileDifference, err error) bool {
		switch {
		case err != nil:
			fail(err)
		case d.Error != "":
			fail(errors.New(d.Error))
		default:
			s.add(d)
			if d.Changed && output == "text" {
				shown.clear()
				t.difference(&d)
			}
		}
		if done := s.Requests + s.Errors; done%max(1, len(names)/200) == 0 {
			shown.show(fmt.Sprintf("%d of %s compared, %d changed", done, count(len(names), "request"), s.Changed))
		}
		return t.err == nil
	})
	shown.clear()
	if undone > 0 {
		fail(fmt.Errorf("%w: %d of %s were not compared", cmd.Context().Err(), undone, count(len(names), "request")))
		s.Errors += undone - 1
	}
	if err := s.write(cmd.OutOrStdout(), t, output); err != nil {
		return err
	}
	if s.status != statusPermit {
		return statusError(s.status)
	}
	return nil
}

// add counts a request that was compared.
func (s *simulation) add(d fileDifference) {
	s.Requests++
	if d.Decided {
		s.Decided++
	}
	if !d.Changed {
		return
	}
	s.Changed++
	s.Differences = append(s.Differences, d)
	if d.Before.Verdict != d.After.Verdict {
		s.status = worse(s.status, statusOf(d.After.Verdict))
	}
}

func (s *simulation) write(w io.Writer, t *text, output string) error {
	switch output {
	case "json":
		return writeJSON(w, s)
	case "yaml":
		return writeYAML(w, s)
	}
	t.simulated(s)
	return t.err
}
