package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bailiwick": main})
}

// TestScripts runs the command the way it is typed.
func TestScripts(t *testing.T) {
	examples, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples+"/../../../docs/examples")
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("OLDPATH", env.Getenv("PATH"))
			self, err := exec.LookPath("bailiwick") // scripts that change PATH call it so
			if err != nil {
				return err
			}
			env.Setenv("BAILIWICK", self)
			standIns := filepath.Join(env.WorkDir, ".standins")
			env.Setenv("STANDINS", standIns)
			if err := os.Mkdir(standIns, 0o777); err != nil {
				return err
			}
			return errors.Join(writeGuests(env.WorkDir), writeStandIns(standIns))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "change": change, "replayIDs": replayIDs},
	})
}

// status N COMMAND… runs a command and expects an exit status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
	}
	if want := args[0]; got != want && got != "exit status "+want {
		ts.Fatalf("%v: %s, want status %s", args[1:], got, want)
	}
}

// change FROM TO OLD NEW copies a file with every OLD in it replaced by NEW. There must be one.
func change(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: change FROM TO OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[2]) {
		ts.Fatalf("%s has no %s", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, args[2], args[3])), 0o666))
}

// replayIDs DIR replays every decision of a store by its id, by the digits alone and by the first eight.
func replayIDs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: replayIDs DIR")
	}
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "decisions", "*.json"))
	ts.Check(err)
	if len(names) == 0 {
		ts.Fatalf("%s has no decisions", args[0])
	}
	for _, name := range names {
		id := strings.TrimSuffix(filepath.Base(name), ".json")
		for _, short := range []string{"sha256:" + id, id, id[:8]} {
			ts.Check(ts.Exec("bailiwick", "replay", short, "--from", args[0]))
		}
	}
}
