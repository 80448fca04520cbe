//go:build unix

package processtest

import (
	"bufio"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Again is the test binary once more, with variables added to its environment, each as name=value.
func Again(env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// Start starts a process and, if ready is not empty, waits until it prints this as its first line. kill ends the process
// wherever it is, and returns when it has gone.
func Start(t *testing.T, cmd *exec.Cmd, ready string) (kill func()) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		t.Helper()
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // killed, as it should be
	}
	if ready != "" {
		if line, err := bufio.NewReader(out).ReadString('\n'); line != ready+"\n" {
			kill()
			t.Fatalf("%q, %v", line, err)
		}
	}
	return kill
}

// FullDisk lets no file of this process grow past so many bytes, as a full disk would: from now on who writes more gets
// unix.EFBIG.
func FullDisk(bytes uint64) error {
	signal.Ignore(unix.SIGXFSZ)
	var limit unix.Rlimit
	set(&limit.Cur, bytes)
	set(&limit.Max, bytes)
	return unix.Setrlimit(unix.RLIMIT_FSIZE, &limit)
}

// set sets a limit, of which the type is another on another system.
func set[T int64 | uint64](limit *T, n uint64) { *limit = T(n) }
