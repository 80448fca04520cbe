package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/spf13/cobra"
)

func newPolicyFmt() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt PATH…",
		Short: "Format policies",
		Long: `Format the *.rego files of directories, or single files, as OPA does, and name those that were not
formatted. If any of them cannot be read as Rego, none is written.

With --check nothing is written, and the exit status is 1 if a file is not formatted.`,
		Example: `  bailiwick policy fmt ./our-rules
  bailiwick policy fmt --check ./our-rules`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a directory of policies, or a file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := unformatted(args)
			if err != nil {
				return err
			}
			t := newText(cmd.OutOrStdout())
			for _, f := range files {
				if !check {
					if err := f.write(); err != nil {
						return err
					}
				}
				t.line(oneLine(f.name))
			}
			if check && len(files) > 0 {
				return fmt.Errorf("%s not formatted; run: bailiwick policy fmt %s", count(len(files), "file"), strings.Join(args, " "))
			}
			return t.err
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing, and fail if a file is not formatted")
	return cmd
}

// formatted is a file that is to be written another way.
type formatted struct {
	name string
	text []byte
	mode fs.FileMode
}

// unformatted formats the files below paths, and returns those of which something else comes out.
func unformatted(paths []string) (out []formatted, err error) {
	for _, root := range paths {
		found := false
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case p != root && strings.HasPrefix(d.Name(), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir() || filepath.Ext(p) != ".rego" && p != root:
				return nil
			}
			found = true
			info, err := os.Stat(p)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			better, err := format.SourceWithOpts(p, text, format.Opts{RegoVersion: ast.RegoV1})
			if err != nil {
				return err
			}
			if !bytes.Equal(text, better) {
				out = append(out, formatted{p, better, info.Mode().Perm()})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("%s holds no .rego file", root)
		}
	}
	return out, nil
}

// write puts the text in the file's place, whole or not at all.
func (f *formatted) write() error {
	tmp, err := os.CreateTemp(filepath.Dir(f.name), ".bailiwick-fmt-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // nothing, once it has the name that it should
	_, err = tmp.Write(f.text)
	if err = errors.Join(err, tmp.Chmod(f.mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), f.name)
}
