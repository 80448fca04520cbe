//go:build unix

package record_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/record"
)

// recorderEnv makes the test binary a program that records decisions in the directory it names until it is
// killed; seedEnv makes the decisions of one such program differ from another's.
const (
	recorderEnv = "RECORD_TEST_DIR"
	seedEnv     = "RECORD_TEST_SEED"
	fullEnv     = "RECORD_TEST_FULL" // finds the disk full
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(recorderEnv); dir != "" {
		if err := recordForEver(dir, os.Getenv(seedEnv)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	if dir := os.Getenv(fullEnv); dir != "" {
		recordToFullDisk(dir)
	}
	os.Exit(m.Run())
}

// recordToFullDisk lets no file grow past 2 KiB, as a full disk would.
func recordToFullDisk(dir string) {
	h, err := host.Open(context.Background(), worldOptions()...)
	if err != nil {
		panic(err)
	}
	s, err := record.Create(dir)
	if err != nil {
		panic(err)
	}
	req, err := placement.Decode("r", []byte(requestText("full")))
	if err != nil {
		panic(err)
	}
	if err := processtest.FullDisk(2 << 10); err != nil {
		panic(err)
	}
	d, err := s.Decide(context.Background(), h, req)
	fmt.Println(d != nil, errors.Is(err, unix.EFBIG), err)
	os.Exit(0)
}

func recordForEver(dir, seed string) error {
	h, err := host.Open(context.Background(), worldOptions()...)
	if err != nil {
		return err
	}
	s, err := record.Create(dir)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		req, err := placement.Decode("r", []byte(requestText(fmt.Sprintf("r-%s-%d", seed, i))))
		if err != nil {
			return err
		}
		if _, err := s.Decide(context.Background(), h, req); err != nil {
			return err
		}
		if i == 0 {
			fmt.Println("recording")
		}
	}
}

// TestKilledRecorder kills two processes that record into one store, over and over, each in the middle of
// something, and opens what they left behind: every file is what its name says, every decision replays.
func TestKilledRecorder(t *testing.T) {
	kills := 40
	if testing.Short() {
		kills = 4
	}
	dir := filepath.Join(t.TempDir(), "store")
	r := rand.New(rand.NewPCG(1, 2))
	midway, unfinished, decided := 0, 0, 0
	for i := range kills {
		var kill [2]func()
		for w := range kill {
			ready := "recording"
			if w == 1 && r.IntN(2) == 1 { // it is killed wherever it is, also before its first decision
				ready = ""
			}
			kill[w] = processtest.Start(t, processtest.Again(recorderEnv+"="+dir, fmt.Sprintf("%s=%d-%d", seedEnv, i, w)), ready)
		}
		time.Sleep(time.Duration(r.IntN(10_000)) * time.Microsecond)
		kill[0]()
		kill[1]()
		temps, err := filepath.Glob(filepath.Join(dir, "tmp", "*"))
		must(t, err)
		for _, temp := range temps {
			midway++
			must(t, os.Remove(temp))
		}
		s := open(t, dir)
		if err := s.Verify(); err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		ids, err := s.IDs()
		must(t, err)
		records, err := os.ReadDir(filepath.Join(dir, "records"))
		must(t, err)
		unfinished, decided = len(records)-len(ids), len(ids)
		d, err := s.Decision(ids[r.IntN(len(ids))])
		must(t, err)
		if again, err := s.Replay(context.Background(), d); err != nil || !again.Same() {
			t.Fatalf("kill %d: %v %v", i, again, err)
		}
	}
	t.Logf("%d decisions; %d writes were cut off, %d decisions were lost between their record and themselves", decided, midway, unfinished)
}

// TestFullDisk: the decision is there, the error says why it is not kept, and nothing half-written stays.
func TestFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	out, err := processtest.Again(fullEnv + "=" + dir).Output()
	must(t, err)
	if got := string(out); !strings.HasPrefix(got, "true true record: ") {
		t.Errorf("got %q", got)
	}
	s := open(t, dir)
	must(t, s.Verify())
	if ids, err := s.IDs(); err != nil || len(ids) > 0 {
		t.Error(ids, err)
	}
	if temps, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(temps) > 0 {
		t.Error(temps, err)
	}
}
