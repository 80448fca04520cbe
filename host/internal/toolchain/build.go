package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Source is a plugin's source.
type Source struct {
	Dir      string
	Language Language
}

// Built is what came out.
type Built struct {
	Module []byte
	Tool   string // which compiler it was, with its version
}

// mostAbove is how many directories are looked through for an SDK.
const mostAbove = 12

// MissingError says that a compiler, or a part of it, is not installed.
type MissingError struct {
	What    string // such as "rustc's target wasm32-unknown-unknown"
	Install string // how to get it
}

// Error says what is missing and what to do.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s is not installed; %s", e.What, e.Install)
}

// FailedError says that a compiler did not compile the source.
type FailedError struct {
	Tool   string
	Output string // what it said
	Err    error
}

// Error has what the compiler said.
func (e *FailedError) Error() string {
	if e.Output == "" {
		return fmt.Sprintf("%s: %v", e.Tool, e.Err)
	}
	return fmt.Sprintf("%s: %v\n%s", e.Tool, e.Err, e.Output)
}

// Unwrap is how it ended.
func (e *FailedError) Unwrap() error { return e.Err }

// mostOutput is how many bytes of what a compiler says are kept.
const mostOutput = 16 << 10

// mostModule is how many bytes of a module are read.
const mostModule = 64 << 20

// Build compiles a plugin. An error is a [*MissingError], a [*FailedError], ctx's, or about the source's files.
func Build(ctx context.Context, s Source) (*Built, error) {
	tmp, err := os.MkdirTemp("", "bailiwick-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	b := &build{ctx: ctx, Source: s, tmp: tmp, out: filepath.Join(tmp, "plugin.wasm")}
	var tool string
	switch s.Language {
	case Go:
		tool, err = b.golang()
	case C:
		tool, err = b.c()
	case Rust:
		tool, err = b.rust()
	case AssemblyScript:
		tool, err = b.assemblyScript()
	default:
		_, err = Parse(string(s.Language))
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(b.out)
	if err != nil {
		return nil, &FailedError{Tool: tool, Err: errors.New("it ended well and wrote no module")}
	}
	if info.Size() > mostModule {
		return nil, fmt.Errorf("the module has %d bytes; that is no plugin", info.Size())
	}
	module, err := os.ReadFile(b.out)
	if err != nil {
		return nil, err
	}
	return &Built{module, tool}, nil
}

// build is one run.
type build struct {
	Source
	ctx context.Context
	tmp string // a directory of its own
	out string // the module, in it
}

// run runs a command in the plugin's directory.
func (b *build) run(env []string, name string, args ...string) error {
	_, err := b.output(env, name, args...)
	return err
}

// output runs a command in the plugin's directory, and returns what it prints.
func (b *build) output(env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.WaitDelay = 2 * time.Second // of what it started and left behind
	var out, said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.Dir, append(os.Environ(), env...), &out, &said
	err := cmd.Run()
	if e := b.ctx.Err(); e != nil {
		return "", fmt.Errorf("%s: %w", filepath.Base(name), e)
	}
	if err != nil {
		text := strings.TrimSpace(out.String() + said.String())
		if len(text) > mostOutput {
			text = strings.ToValidUTF8(text[:mostOutput], "") + "\n…"
		}
		return "", &FailedError{filepath.Base(name), text, err}
	}
	return strings.TrimSpace(out.String()), nil
}

// sdk is the directory of the SDK, as seen from the plugin's: one of those, or sdk/LANGUAGE in a directory above, in which
// there is the file mark.
func (b *build) sdk(mark string, dirs ...string) (string, error) {
	for up := ".."; len(dirs) < mostAbove; up = filepath.Join(up, "..") {
		dirs = append(dirs, filepath.Join(up, "sdk", string(b.Language)))
	}
	for _, dir := range dirs {
		if isFile(filepath.Join(b.Dir, dir, filepath.FromSlash(mark))) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("there is no %s of the SDK in it; bailiwick plugin new --lang %s puts it there", mark, b.Language)
}

// one is the file a plugin begins with: the first of the candidates that is there, else the only file of the pattern, in
// the plugin's directory or in src below it.
func (b *build) one(pattern string, candidates ...string) (string, error) {
	for _, name := range candidates {
		if len(match(b.Dir, name)) > 0 {
			return name, nil
		}
	}
	names := append(match(b.Dir, pattern), match(b.Dir, "src/"+pattern)...)
	if len(names) == 1 {
		return names[0], nil
	}
	return "", fmt.Errorf("cannot tell which file the plugin begins with; call it %s", candidates[0])
}
