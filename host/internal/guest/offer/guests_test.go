package offer_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// build builds a guest by a command that writes to the file in the place of OUT. It skips where there is no such tool.
func build(t *testing.T, env []string, commands ...[]string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.wasm")
	var failed []string
	for _, c := range commands {
		args := append([]string(nil), c...)
		for i, a := range args {
			args[i] = strings.ReplaceAll(a, "OUT", out)
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), env...)
		text, err := cmd.CombinedOutput()
		if err != nil {
			failed = append(failed, fmt.Sprintf("%s: %v\n%s", strings.Join(c, " "), err, text))
			continue
		}
		bin, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return bin
	}
	t.Skipf("NOT RUN: no tool builds the guest here:\n%s", strings.Join(failed, "\n"))
	return nil
}

// clang is a command of clang for a guest in C.
func clang(name string) []string {
	return []string{name, "--target=wasm32-wasi", "-O2", "-mexec-model=reactor", "-o", "OUT", "testdata/guest.c"}
}

// rust is a command of rustc for a guest in Rust.
func rust(name, target string) []string {
	return []string{name, "--target", target, "-O", "-C", "strip=symbols", "--crate-type", "cdylib", "-o", "OUT", "testdata/guest.rs"}
}

// guests are programs that look for whatever their language lets them reach, and what they find.
var guests = []struct {
	name     string
	build    func(t *testing.T) []byte
	found    string // report, but for lines that the version of the tool decides
	log      string // of the probe
	crash    string // part of the error of a crash, which is the language's own
	crashLog string // beginning of the log then
}{
	{
		name: "go",
		build: func(t *testing.T) []byte {
			if testing.Short() {
				t.Skip("NOT RUN with -short: the guest that Go builds, which takes long to compile under the race detector")
			}
			return build(t, []string{"GOOS=wasip1", "GOARCH=wasm", "GOFLAGS="},
				[]string{"go", "build", "-trimpath", "-ldflags=-s -w", "-buildmode=c-shared", "-o", "OUT", "./testdata/goguest"})
		},
		found: `began 2000-01-01T00:00:00Z
now 2027-01-15T08:00:00.000000005Z
crypto/rand 1000 47f08ac66a62f23d4b4495a371ec0702 <nil>
args [] env []
read /etc/passwd: open /etc/passwd: No such file or directory, missing: true
read x: open x: No such file or directory, missing: true
read /: open /: No such file or directory, missing: true
read ../..: open ../..: No such file or directory, missing: true
write: open x: No such file or directory
mkdir: mkdir d: No such file or directory
readdir: open .: No such file or directory
stat: stat x: No such file or directory
stdin "" <nil>
stdout Dcrw-------
dial failed: true
host "wasip1" <nil>
slept 1h30m0s
woke 2
woke 1
woke 0
timed out
now 2027-01-15T08:00:00.000000005Z
`,
		log: `stdout "printed \\x1b[31mred\\x1b[0m" 0
stderr "to standard error, without an end" 0
dropped 0
`,
		crash:    "unreachable", // so ends Go where it is a library
		crashLog: "stderr \"panic: as it was asked to\" 0\n",
	},
	{
		name:  "c",
		build: func(t *testing.T) []byte { return build(t, nil, clang("clang-19"), clang("clang")) },
		found: `now 1800000000.000000005
entropy 0 47f08ac66a62f23d4b4495a371ec0702
env none
open -1
opendir 0
mkdir -1
read 0 Success
seek -1 Invalid seek
read 7 -1 Bad file descriptor
tty 1
usleep 0 2.500000000
poll 1
yield 0
`,
		log:      "stdout \"printed\" 0\nstderr \"to standard error\" 0\ndropped 0\n",
		crash:    "unreachable",
		crashLog: "dropped 0\n",
	},
	{
		name: "rust",
		build: func(t *testing.T) []byte {
			return build(t, nil, rust("rustc", "wasm32-wasip1"), rust("/usr/bin/rustc", "wasm32-wasi"))
		},
		found: `now 1800000000.000000005s
args 0 env 0
read true
write true
stdin 0
slept 2.5s
`,
		log:      "stdout \"printed\" 0\nstderr \"to standard error\" 0\ndropped 0\n",
		crash:    "unreachable",
		crashLog: "stderr \"",
	},
}

// settled is a report without what the version of the tool decides: in which order a hash table lies, say.
func settled(report string) string {
	var b strings.Builder
	for line := range strings.Lines(report) {
		if !strings.HasPrefix(line, "map ") && !strings.HasPrefix(line, "math/rand ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// initialise lets a guest initialise itself, if it wants to: libraries that Rust builds do not.
func (g *guest) initialise() {
	g.tb.Helper()
	if g.mod.ExportedFunction("_initialize") != nil {
		g.must("_initialize")
	}
}

// TestGuests runs guests that compilers made. They find nothing of the machine; and whatever they find, unsettled
// lines included, log and use of fuel is the same in two instances and on both engines.
func TestGuests(t *testing.T) {
	for _, c := range guests {
		t.Run(c.name, func(t *testing.T) {
			bin := c.build(t)
			granted := grant(t, "log")
			decision := offer.Decision{Time: 1_800_000_000_000_000_005}
			seen := map[string]string{}
			ask := func(t *testing.T, config wazero.RuntimeConfig) {
				g := start(t, config, bin, granted, true)
				g.initialise()
				var answer strings.Builder
				fuel := fuelOf(g)
				note := func(what string, more ...any) {
					fmt.Fprintf(&answer, "%s %v fuel %d\n%s", what, more, fuel-fuelOf(g), shown(g.Instance))
				}
				note("initialised")
				for range 2 {
					g.begin(decision)
					g.must("probe")
					found := make([]byte, g.must("report"))
					for k := range found {
						found[k] = byte(g.must("at", uint64(k)))
					}
					if got := settled(string(found)); got != c.found {
						t.Errorf("found\n%s\nwant\n%s", got, c.found)
					}
					if got := shown(g.Instance); got != c.log {
						t.Errorf("logged\n%s\nwant\n%s", got, c.log)
					}
					note("probed", string(found))
				}
				g.begin(decision)
				_, err := g.call("leave", 3)
				fails(t, err, "the guest ended itself with exit status 3; a hook has to return", nil)
				note("left")

				g = start(t, config, bin, granted, true)
				g.initialise()
				g.begin(decision)
				_, err = g.call("crash")
				if err == nil || !strings.Contains(err.Error(), c.crash) {
					t.Errorf("crashed by %v, want %s", err, c.crash)
				}
				if got := shown(g.Instance); !strings.HasPrefix(got, c.crashLog) {
					t.Errorf("logged\n%s\nwant\n%s", got, c.crashLog)
				}
				if g.Discard() != nil {
					t.Errorf("spoilt: %v", g.Discard())
				}
				note("crashed")
				seen[answer.String()] = t.Name()
			}
			for _, e := range engines {
				config := e.config().WithCompilationCache(wazero.NewCompilationCache())
				t.Run(e.name, func(t *testing.T) { ask(t, config) })
				t.Run(e.name+" again", func(t *testing.T) { ask(t, config) })
			}
			if len(seen) != 1 {
				for answer, name := range seen {
					t.Errorf("%s:\n%s", name, answer)
				}
			}
		})
	}
}
