//go:build unix

package processtest

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user that has no rights.
const nobody = 65534

// AsNobody has a test run by a user without rights: true says that the caller is not root and goes on with it. Root may read
// and write everything, so root's test only runs the test once more, as nobody, and fails where it does not pass there.
//
//	if !processtest.AsNobody(t) {
//		return
//	}
func AsNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	room, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(room) })
	if err := os.Chmod(room, 0o777); err != nil {
		t.Fatal(err)
	}
	// The binary may stand where nobody else can read, and what the test makes belongs to who may go there.
	self := filepath.Join(room, "test")
	if err := copyBinary(self); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Dir, cmd.Env = room, append(os.Environ(), "TMPDIR="+room)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()+" ") {
		t.Errorf("as user %d: %v\n%s", nobody, err, out)
	}
	return false
}

// copyBinary copies the test binary, which everybody may run then.
func copyBinary(to string) error {
	name, err := os.Executable()
	if err != nil {
		return err
	}
	from, err := os.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if e := f.Chmod(0o755); err == nil { // whatever the umask takes away
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
