//go:build unix

package processtest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
)

// wayEnv makes the test binary a program that does what it names.
const wayEnv = "PROCESSTEST_WAY"

func TestMain(m *testing.M) {
	switch os.Getenv(wayEnv) {
	case "wait":
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	case "full":
		file := os.Args[1]
		if err := processtest.FullDisk(8); err != nil {
			panic(err)
		}
		fmt.Print(os.WriteFile(file, make([]byte, 8), 0o600), " ")
		fmt.Print(errors.Is(os.WriteFile(file, make([]byte, 9), 0o600), unix.EFBIG))
	default:
		os.Exit(m.Run())
	}
}

// TestKill finds a process gone that was waiting, whether or not it was waited for.
func TestKill(t *testing.T) {
	for _, ready := range []string{"waiting", ""} {
		cmd := processtest.Again(wayEnv + "=wait")
		processtest.Start(t, cmd, ready)()
		if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !w.Signaled() || w.Signal() != syscall.SIGKILL {
			t.Errorf("waited for %q: it ended with %v", ready, cmd.ProcessState)
		}
	}
}

func TestFullDisk(t *testing.T) {
	cmd := processtest.Again(wayEnv + "=full")
	cmd.Args = append(cmd.Args, filepath.Join(t.TempDir(), "file"))
	if out, err := cmd.Output(); err != nil || string(out) != "<nil> true" {
		t.Errorf("%s, %v", out, err)
	}
}

// TestAsNobody may not write where the mode forbids it.
func TestAsNobody(t *testing.T) {
	if !processtest.AsNobody(t) {
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); !errors.Is(err, os.ErrPermission) {
		t.Errorf("%v as user %d", err, os.Geteuid())
	}
}
