package sdk_test

import (
	"testing"

	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// watched is a guest of which the pages are noted after each call.
type watched struct {
	*guestrun.Instance
	pages map[string]uint32
}

func (w watched) Call(export string, arg uint32) (int32, error) {
	status, err := w.Instance.Call(export, arg)
	w.pages[export] = w.Pages()
	return status, err
}

// TestHooksDoNotGrow has a guest in Go allocate in a hook, after it was configured with snapshots of several sizes, at
// which Go's allocator stands at different places: what the SDK leaves free is enough for 900 KiB in pieces, and
// nothing is grown. For four mebibytes it has to be.
func TestHooksDoNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: a guest in Go, which takes long to compile under the race detector")
	}
	m := guestrun.Compile(t, guestrun.BuildGo(t, "go", "./testdata/allocator"))
	for _, c := range []struct {
		rows, bytes int
		grows       bool
	}{{0, 900 << 10, false}, {58 << 10, 900 << 10, false}, {116 << 10, 900 << 10, false}, {1 << 20, 900 << 10, false}, {0, 4 << 20, true}} {
		snapshot := guesttest.NewImage("topology")
		snapshot.Table("large", c.rows).Float64s("column", make([]float64, c.rows))
		w := watched{m.New(), map[string]uint32{}}
		if _, err := guesttest.Ask(w, guesttest.Question{Hook: "site", Snapshot: snapshot.Bytes(), Rows: c.bytes}); err != nil {
			t.Fatal(err)
		}
		before, after := w.pages["bailiwick_configure"], w.pages["bailiwick_site"]
		if before < uint32(8*c.rows/65536) || (after > before) != c.grows {
			t.Errorf("a snapshot of %d rows, %d bytes: from %d to %d pages", c.rows, c.bytes, before, after)
		}
	}
}
