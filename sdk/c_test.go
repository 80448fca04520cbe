package sdk_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// TestCProbeCommitted builds the probe in C and compares the bytes with those that are committed.
func TestCProbeCommitted(t *testing.T) {
	committed, err := os.ReadFile("c/probe.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(guestrun.BuildC(t, "c", "c/probe.c"), committed) {
		t.Error("c/probe.wasm is not what its source builds; run scripts/build-guests")
	}
	if imports := guestrun.Compile(t, committed).Imports(); len(imports) != 0 {
		t.Errorf("it imports %v", imports)
	}
}

// TestCLookups looks for what is there, and what is not.
func TestCLookups(t *testing.T) {
	m := guestrun.Compile(t, guestrun.BuildC(t, "c", "c/testdata/lookup.c"))
	complete := goldenImage(t, "complete")
	const failed = "bailiwick_configure failed with status "
	look := func(table, column string, typ int) map[string]any {
		return map[string]any{"table": table, "column": column, "type": typ}
	}
	for _, c := range []struct {
		settings map[string]any
		want     string // "<nil>": all is well
	}{
		{look("site", "carrier", 1), "<nil>"},
		{look("site", "lat", 5), "<nil>"},
		{look("site", "weight", 3), "<nil>"},
		{look("sites", "lat", 5), failed + "1: the topology has no table sites"},
		{look("lat", "lat", 5), failed + "1: the topology has no table lat"},
		{look("site", "open", 6), failed + "1: table site of the topology has no column open"},
		{look("site", "lat", 3), failed + "1: column lat of table site of the topology is of type float64, not int32"},
		{look("site", "rtt", 8), failed + "1: column rtt of table site of the topology is of type matrix, not relation"},
		{map[string]any{"table": "sites", "ask": true}, failed + "5: not there"},
		{map[string]any{"table": "site", "column": "open", "ask": true}, failed + "5: not there"},
		{map[string]any{"table": "zone", "column": "open", "ask": true}, failed + "5: there"},
		{map[string]any{"texts": []string{"one", "zwölf"}}, failed + "5: zwölf"},
		{map[string]any{"texts": []string{}}, "<nil>"},
		{map[string]any{"texts": "one"}, failed + "1: setting texts: must be a list of texts"},
		{map[string]any{"ask": 1}, failed + "1: setting ask: must be true or false"},
		{map[string]any{"type": true}, failed + "1: setting type: must be a number"},
		{map[string]any{"table": []string{}}, failed + "1: setting table: must be a text"},
	} {
		_, err := guesttest.Ask(m.New(), guesttest.Question{Snapshot: complete, Settings: guesttest.Settings(c.settings)})
		if got := fmt.Sprint(err); got != c.want {
			t.Errorf("%v: %s\nwant %s", c.settings, got, c.want)
		}
	}

	n := len(completeStrings)
	q := guesttest.Question{Hook: "site", Snapshot: complete, Rows: n}
	answer, err := guesttest.Ask(m.New(), q)
	if err != nil || len(answer.Denied) > 0 || len(answer.Scores) != n {
		t.Fatalf("%+v %v", answer, err)
	}
	for i := range n {
		if answer.Scores[i] != float64(n-1-i) {
			t.Errorf("%q is smaller than %v strings, not %d", completeStrings[i], answer.Scores[i], n-1-i)
		}
	}
	q.Rows = 99
	if _, err := guesttest.Ask(m.New(), q); fmt.Sprint(err) != "bailiwick_site failed with status 5: ninety-nine" {
		t.Error(err)
	}
	q.Rows, q.Selected = 98, []int{1}
	if _, err := guesttest.Ask(m.New(), q); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("a row that is not there was answered for: %v", err)
	}
}

// TestCWithLibrary has a guest with a C library allocate, before the host is given room and after. What lies in the
// room stays as it was.
func TestCWithLibrary(t *testing.T) {
	bin := guestrun.BuildCWithLibrary(t, "c", "c/testdata/libc.c")
	g := guestrun.Compile(t, bin).New()
	room := &kept{Instance: g}
	snapshot := goldenImage(t, "complete")
	got, err := guesttest.Ask(room, guesttest.Question{Hook: "site", Snapshot: snapshot, Rows: 70})
	if err != nil || len(got.Denied) != 70 {
		t.Errorf("%+v %v", got, err)
	}
	if b, err := g.Memory(uint32(room.at), uint32(len(snapshot))); err != nil || !slices.Equal(b, snapshot) {
		t.Errorf("the snapshot was changed: %v", err)
	}
}

// kept is a guest of which the room is noted.
type kept struct {
	*guestrun.Instance
	at int32
}

func (k *kept) Call(export string, arg uint32) (int32, error) {
	n, err := k.Instance.Call(export, arg)
	if export == "bailiwick_reserve" {
		k.at = n
	}
	return n, err
}
