// Command goguest is a guest that looks for whatever Go lets it reach.
package main

import (
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"time"
)

var began = time.Now()

// report is what the last probe found; the host reads it.
var report []byte

func say(format string, args ...any) { report = fmt.Appendf(report, format+"\n", args...) }

//go:wasmexport probe
func probe() {
	report = report[:0]
	say("began %s", began.UTC().Format(time.RFC3339Nano))
	say("now %s", time.Now().UTC().Format(time.RFC3339Nano))
	b := make([]byte, 1000)
	n, err := crand.Read(b)
	say("crypto/rand %d %x %v", n, b[:16], err)
	say("math/rand %d", rand.Uint64())
	m := map[int]int{}
	for i := range 50 {
		m[i] = i
	}
	order := []int{}
	for k := range m {
		order = append(order, k)
	}
	say("map %v", order[:10])
	say("args %q env %q", os.Args, os.Environ())
	for _, name := range []string{"/etc/passwd", "x", "/", "../.."} {
		_, err := os.ReadFile(name)
		say("read %s: %v, missing: %t", name, err, errors.Is(err, fs.ErrNotExist))
	}
	say("write: %v", os.WriteFile("x", []byte("x"), 0o600))
	say("mkdir: %v", os.Mkdir("d", 0o700))
	_, err = os.ReadDir(".")
	say("readdir: %v", err)
	_, err = os.Stat("x")
	say("stat: %v", err)
	in, err := io.ReadAll(os.Stdin)
	say("stdin %q %v", in, err)
	info, err := os.Stdout.Stat()
	if err == nil {
		say("stdout %v", info.Mode())
	} else {
		say("stdout: %v", err)
	}
	_, err = net.Dial("tcp", "127.0.0.1:80")
	say("dial failed: %t", err != nil)
	host, err := os.Hostname()
	say("host %q %v", host, err)

	slept := time.Now()
	time.Sleep(90 * time.Minute)
	say("slept %v", time.Since(slept))
	var wait sync.WaitGroup
	for i := range 3 {
		wait.Go(func() { time.Sleep(time.Duration(3-i) * time.Second); say("woke %d", i) })
	}
	wait.Wait()
	select {
	case <-time.After(time.Second):
		say("timed out")
	case <-make(chan int):
	}
	say("now %s", time.Now().UTC().Format(time.RFC3339Nano))
	fmt.Println("printed", "\x1b[31mred\x1b[0m")
	fmt.Fprint(os.Stderr, "to standard error, without an end")
}

//go:wasmexport report
func size() int32 { return int32(len(report)) }

//go:wasmexport at
func at(i int32) int32 { return int32(report[i]) }

//go:wasmexport crash
func crash() { panic("as it was asked to") }

//go:wasmexport leave
func leave(code int32) { os.Exit(int(code)) }

func main() {}
