package kit

import (
	"fmt"
	"math"

	"github.com/bailiwick-dev/bailiwick/conformance/abikit"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// statuses of the probe's failures.
const (
	statusFail     = 7
	statusFailHook = 9
)

// probed is what the probe has to answer.
func probed(c *abikit.Call, snapshot, request, settings *image.Image) (abikit.Answer, error) {
	if text, ok := c.Settings["fail"].(string); ok {
		return abikit.Answer{Failed: &abikit.Failure{In: abi.ConfigureExport, Status: statusFail, Text: text}}, nil
	}
	if text, ok := c.Settings["failHook"].(string); ok {
		return abikit.Answer{Failed: &abikit.Failure{In: "bailiwick_" + c.Hook, Status: statusFailHook, Text: text}}, nil
	}
	a := abikit.Answer{Deny: []int{}, Unknown: []int{}, Scores: map[int]float64{}, Reasons: []abikit.Reason{}}
	say := func(row, code, kind int, unsure bool, args ...any) {
		if !c.Texts {
			a.Dropped++
			return
		}
		a.Reasons = append(a.Reasons, abikit.Reason{Row: row, Code: code, Kind: kind, Unsure: unsure, Args: append([]any{}, args...)})
	}
	rows := c.Selected()
	for _, i := range rows {
		switch i % 5 {
		case 0:
			a.Deny = append(a.Deny, i)
			say(i, 2, 1, false, map[string]any{"float": float64(i) / 4}, "row", integer(int64(i)))
		case 1:
			a.Unknown = append(a.Unknown, i)
			say(i, 3, 1, true)
		case 2:
			a.Scores[i] = max(0, float64(i%101)-0.25)
		case 3:
			var args []any
			if n := snapshot.Strings(); n > 0 {
				args = append(args, map[string]any{"snapshotString": float64(i % n)})
			}
			if n := request.Strings(); n > 0 {
				args = append(args, map[string]any{"requestString": float64(i % n)})
			}
			say(i, 4, 2, false, args...)
		case 4:
			if c.Hook == abi.Site.String() {
				say(i, 5, 3, false, map[string]any{"site": float64(i)})
			} else {
				say(i, 5, 3, false, integer(-int64(i)))
			}
			say(i, 6, 2, true)
		}
	}
	if len(rows) > 0 {
		var digests []any
		for _, img := range []*image.Image{snapshot, settings, request} {
			d, err := digest(img)
			if err != nil {
				return a, err
			}
			digests = append(digests, integer(d))
		}
		say(rows[0], 1, 2, false, append(digests, integer(c.Component))...)
	}
	return a, nil
}

// integer is an integer argument: in text, for JSON's numbers do not hold it.
func integer(v int64) any { return map[string]any{"int": fmt.Sprint(v)} }

// answered is what a guest answered, as a golden answer.
func answered(c *abikit.Call, out *abi.Answer) abikit.Answer {
	a := abikit.Answer{Deny: []int{}, Unknown: []int{}, Scores: map[int]float64{}, Reasons: []abikit.Reason{}, Dropped: out.Dropped}
	for i := range c.Rows {
		if abi.Has(out.Deny, i) {
			a.Deny = append(a.Deny, i)
		}
		if abi.Has(out.Unknown, i) {
			a.Unknown = append(a.Unknown, i)
		}
		if abi.Has(out.Scored, i) {
			a.Scores[i] = out.Scores[i]
		}
	}
	for _, r := range out.Reasons {
		x := abikit.Reason{Row: int(r.Row), Code: int(r.Code), Kind: int(r.Kind), Unsure: r.Unsure, Args: []any{}}
		for i := range r.Args {
			x.Args = append(x.Args, argument(out, &r.Args[i]))
		}
		a.Reasons = append(a.Reasons, x)
	}
	return a
}

func argument(out *abi.Answer, a *abi.Arg) any {
	switch a.Type {
	case abi.Float:
		return map[string]any{"float": a.Float()}
	case abi.Int:
		return integer(a.Int())
	case abi.SnapshotString:
		return map[string]any{"snapshotString": float64(a.Ref())}
	case abi.RequestString:
		return map[string]any{"requestString": float64(a.Ref())}
	case abi.SiteRow:
		return map[string]any{"site": float64(a.Ref())}
	}
	return string(out.Text(a))
}

// component is the call's component as the block holds it.
func component(c *abikit.Call) uint32 {
	if c.Component < 0 {
		return math.MaxUint32
	}
	return uint32(c.Component)
}
