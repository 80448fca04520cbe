package host_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestReloadUnderLoad swaps between two policy sets while goroutines decide. Every decision must be one
// of the two, whole: its verdict that of the policies it names.
func TestReloadUnderLoad(t *testing.T) {
	h := openWorld(t)
	const spec = "sites: {include: [south]}\ncomponents: [{name: a}]\n"
	req := request(t, spec)
	ctx := context.Background()
	closed := host.WithSettings(map[string]map[string]any{"SEL-09": {"optedIn": []any{}, "optInPartitions": []any{"acme"}}})
	verdicts := map[string]placement.Verdict{} // by digest of the policies
	for _, o := range []host.Option{closed, southOptedIn} {
		if err := h.Reload(ctx, o); err != nil {
			t.Fatal(err)
		}
		d, err := h.Decide(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		verdicts[d.Inputs.Policies] = d.Verdict
	}
	if len(verdicts) != 2 {
		t.Fatalf("the two sets are one: %v", verdicts)
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				d, err := h.Decide(ctx, req)
				if err != nil {
					t.Error(err)
					return
				}
				if want := verdicts[d.Inputs.Policies]; d.Verdict != want {
					t.Errorf("policies %s gave %s, not %s", d.Inputs.Policies, d.Verdict, want)
					return
				}
			}
		})
	}
	for i := range 20 {
		if err := h.Reload(ctx, []host.Option{closed, southOptedIn}[i%2]); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}

// TestFailedReloadChangesNothing keeps deciding on the old generation.
func TestFailedReloadChangesNothing(t *testing.T) {
	h := openWorld(t)
	before := decide(t, h, "components: [{name: a}]")
	if err := h.Reload(context.Background(), host.WithRunnersUp(-1)); err == nil {
		t.Fatal("no error")
	}
	if after := decide(t, h, "components: [{name: a}]"); after.ID != before.ID {
		t.Error("a failed reload changed decisions")
	}
	if err := h.Reload(context.Background()); err != nil {
		t.Errorf("a failed reload left its options behind: %v", err)
	}
}

// TestOldGenerationsAreFreed reloads and looks for snapshots that nothing uses any more.
func TestOldGenerationsAreFreed(t *testing.T) {
	h := openWorld(t)
	freed := make(chan struct{}, 10)
	for range 5 {
		snap, err := h.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		runtime.AddCleanup(snap, func(struct{}) { freed <- struct{}{} }, struct{}{})
		snap = nil
		if err := h.Reload(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 5 {
		deadline := time.Now().Add(10 * time.Second)
		for done := false; !done; {
			runtime.GC()
			select {
			case <-freed:
				done = true
			case <-time.After(10 * time.Millisecond):
				if time.Now().After(deadline) {
					t.Fatalf("%d of 5 old generations were freed", n)
				}
			}
		}
	}
}

// TestReloadKeepsPolicies: a reload with the same policies goes on with the set that was compiled; with other
// settings it does not.
func TestReloadKeepsPolicies(t *testing.T) {
	ctx := context.Background()
	h := openWorld(t)
	set := func() *policy.Set {
		t.Helper()
		g, err := h.Generation()
		if err != nil {
			t.Fatal(err)
		}
		return g.Policies
	}
	before := set()
	if err := h.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if set() != before {
		t.Error("a reload without a change took the policies for others")
	}
	closed := host.WithSettings(map[string]map[string]any{"SEL-09": {"optedIn": []any{}, "optInPartitions": []any{"acme"}}})
	if err := h.Reload(ctx, closed); err != nil {
		t.Fatal(err)
	}
	if set() == before {
		t.Error("a reload with other settings kept the set")
	}
}
