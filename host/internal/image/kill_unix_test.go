//go:build unix

package image

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
)

// writerEnv makes the test binary a program that writes images to the path it
// names until it is killed; fullEnv one that finds the disk full.
const (
	writerEnv = "IMAGE_TEST_WRITER"
	fullEnv   = "IMAGE_TEST_FULL"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		writeForEver(path)
	}
	if path := os.Getenv(fullEnv); path != "" {
		writeToFullDisk(path)
	}
	os.Exit(m.Run())
}

// two returns two images that take several pages each.
func two() [2][]byte {
	var out [2][]byte
	for i := range out {
		b := NewBuilder("topology")
		b.Table("t", 1<<14).Int32s("v", make([]int32, 1<<14), States{})
		b.Table(fmt.Sprint(i), 0)
		data, err := b.Bytes()
		if err != nil {
			panic(err)
		}
		out[i] = data
	}
	return out
}

func writeForEver(path string) {
	images := two()
	for i := 0; ; i++ {
		if err := WriteFile(path, images[i%2]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if i == 1 {
			fmt.Println("writing")
		}
	}
}

// writeToFullDisk lets no file grow past 8 KiB, as a full disk would.
func writeToFullDisk(path string) {
	if err := processtest.FullDisk(8 << 10); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	err := WriteFile(path, two()[0])
	fmt.Println(errors.Is(err, unix.EFBIG), err)
	os.Exit(0)
}

// TestKilledWriter kills a process that writes, over and over, and opens what
// it left behind.
func TestKilledWriter(t *testing.T) {
	kills, midway := 100, 0
	if testing.Short() {
		kills = 5
	}
	path := filepath.Join(t.TempDir(), "snapshot")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		kill := processtest.Start(t, processtest.Again(writerEnv+"="+path), "writing")
		time.Sleep(time.Duration(r.IntN(3000)) * time.Microsecond) // anywhere within a write or two
		kill()
		m, err := Open(path)
		if err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		m.Close()
		temps, err := filepath.Glob(path + ".tmp-*")
		if err != nil {
			t.Fatal(err)
		}
		for _, temp := range temps {
			midway++
			if err := os.Remove(temp); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d of %d were killed in the middle of a write", midway, kills)
}

func TestFullDisk(t *testing.T) {
	path := written(t, build(t, complete()))
	out, err := processtest.Again(fullEnv + "=" + path).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out); !strings.HasPrefix(got, "true image: write "+path+": ") {
		t.Errorf("got %q", got)
	}
	only(t, path)
	m, err := Open(path)
	if err != nil {
		t.Fatalf("the old image does not open: %v", err)
	}
	m.Close()
}

// A named pipe that nobody writes to must be refused, not waited for.
func TestNamedPipeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Map(path); err == nil || err.Error() != "image: "+path+": not a regular file" {
		t.Error(err)
	}
}
