//go:build unix

package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
)

// TestTrust: a file that somebody else put above the working directory is not obeyed, unless it is named,
// or the working directory is theirs too.
func TestTrust(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: only root can give a file away")
	}
	dir := write(t, map[string]string{"bailiwick.yaml": head + "standardPolicies: false\n", "below/here": ""})
	file, below := filepath.Join(dir, "bailiwick.yaml"), filepath.Join(dir, "below")
	must(t, os.Chown(file, 4242, 4242))
	_, err := config.Load(config.Options{Dir: below})
	want := "config: " + file + " belongs to user 4242, neither you nor the owner of the working directory; name it with --config FILE if you trust it, or say --config none"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := config.Load(config.Options{Dir: below, File: file}); err != nil {
		t.Error(err)
	}
	must(t, os.Chown(below, 4242, 4242))
	if _, err := config.Load(config.Options{Dir: below}); err != nil {
		t.Error(err)
	}
}

// TestTrustLink: somebody else's link to a file of one's own is not obeyed either.
func TestTrustLink(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: only root can give a file away")
	}
	dir := write(t, map[string]string{"own.yaml": head, "below/here": ""})
	link := filepath.Join(dir, "bailiwick.yaml")
	must(t, os.Symlink("own.yaml", link))
	must(t, os.Lchown(link, 4242, 4242))
	_, err := config.Load(config.Options{Dir: filepath.Join(dir, "below")})
	want := "config: " + link + " belongs to user 4242, neither you nor the owner of the working directory; name it with --config FILE if you trust it, or say --config none"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestPipe: what would be waited for is refused.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "p.yaml")
	must(t, unix.Mkfifo(pipe, 0o600))
	if _, err := config.Load(config.Options{File: pipe}); err == nil || err.Error() != "--config: "+pipe+": not a regular file" {
		t.Error(err)
	}
}

// TestLockedDirectory: what cannot be looked for is not taken to be absent. Root may look into every
// directory, so root has the test run by nobody.
func TestLockedDirectory(t *testing.T) {
	if !processtest.AsNobody(t) {
		return
	}
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "below"), 0o777))
	must(t, os.Chmod(dir, 0o600))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	_, err := config.Load(config.Options{Dir: filepath.Join(dir, "below")})
	want := "config: cannot tell whether there is a configuration: lstat " + dir + "/below/bailiwick.yaml: permission denied; name one with --config FILE, or say --config none"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := config.Load(config.Options{Dir: filepath.Join(dir, "below"), File: config.None}); err != nil {
		t.Errorf("with none: %v", err)
	}
}
