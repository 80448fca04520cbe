package kit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/conformance/abikit"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
)

// images are a call's images: the snapshot, the request and the settings.
func images(c *abikit.Call) (snapshot, request, settings []byte, err error) {
	if snapshot, err = abikit.Image(c.Snapshot); err != nil {
		return nil, nil, nil, err
	}
	if request, err = abikit.Image(c.Request); err != nil {
		return nil, nil, nil, err
	}
	settings, err = tables.Settings(c.Settings)
	return snapshot, request, settings, err
}

// golden answers the calls as they have to be answered; what is asked is here, what comes of it in testdata.
func golden() ([]abikit.Call, error) {
	every := func(n, step int) []int {
		out := []int{}
		for i := 0; i < n; i += step {
			out = append(out, i)
		}
		return out
	}
	settings := map[string]any{
		"text": "a text, ünïcode", "empty": "", "number": -1.5, "zero": 0.0, "yes": true, "no": false, "none": nil,
		"words": []any{"b", "a", "b"}, "nothing": []any{}, "numbers": []any{1.0, 2.5}, "mixed": []any{"a", 1.0, []any{}, map[string]any{"deep": "x"}},
		"nested": map[string]any{"EU": 1.0, "a-b_c": map[string]any{"on": true}}, "bare": map[string]any{},
	}
	calls := []abikit.Call{
		{Name: "no rows", Snapshot: "empty", Request: "empty", Hook: "site", Component: 0, Texts: true},
		{Name: "images without strings", Snapshot: "empty", Request: "empty", Hook: "site", Rows: 7, Texts: true},
		{Name: "every type and state", Snapshot: "complete", Request: "worked", Settings: settings, Hook: "site", Component: 2, Rows: 130, Texts: true},
		{Name: "every type and state in the request", Snapshot: "worked", Request: "complete", Settings: settings, Hook: "path", Component: -1, Rows: 64, Texts: true},
		{Name: "placements", Snapshot: "complete", Request: "complete", Hook: "placement", Component: -1, Rows: 63, Texts: true},
		{Name: "rows that are left out", Snapshot: "worked", Request: "worked", Hook: "site", Rows: 1000, Select: every(1000, 7), Texts: true},
		{Name: "one row of many", Snapshot: "worked", Request: "worked", Hook: "site", Rows: 5000, Select: []int{4999}, Texts: true},
		{Name: "none of many", Snapshot: "worked", Request: "worked", Hook: "path", Component: -1, Rows: 200, Select: []int{}, Texts: true},
		{Name: "nobody reads texts", Snapshot: "complete", Request: "worked", Hook: "site", Rows: 65, Texts: false},
		{Name: "many rows", Snapshot: "complete", Request: "worked", Hook: "site", Component: 1, Rows: 20_000, Select: every(20_000, 101), Texts: true},
		{Name: "configure fails", Snapshot: "worked", Request: "worked", Settings: map[string]any{"fail": "as it was told"}, Hook: "site", Rows: 1, Texts: true},
		{Name: "the hook fails", Snapshot: "worked", Request: "worked", Settings: map[string]any{"failHook": "as it was told, too"}, Hook: "placement", Component: -1, Rows: 1, Texts: true},
		{Name: "fails without a word", Snapshot: "worked", Request: "worked", Settings: map[string]any{"failHook": ""}, Hook: "site", Rows: 1, Texts: true},
		{Name: "spins", Snapshot: "worked", Request: "worked", Settings: map[string]any{"spin": 1000.0}, Hook: "site", Rows: 3, Texts: true},
	}
	for i := range calls {
		c := &calls[i]
		var open [3]*image.Image
		s, r, t, err := images(c)
		for k, b := range [][]byte{s, r, t} {
			if err != nil {
				break
			}
			open[k], err = image.FromBytes(b)
		}
		if err == nil {
			c.Answer, err = probed(c, open[0], open[1], open[2])
		}
		if err != nil {
			return nil, fmt.Errorf("call %q: %w", c.Name, err)
		}
	}
	return calls, nil
}
