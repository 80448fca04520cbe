package meter

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// mostFree is the most bytes of a body that is looked at for whether its callers may pay for it.
const mostFree = 512

// free says of each function, imported ones first, what its callers pay for it with their own block, or -1 if it
// pays for itself. Free are small functions that call nothing, have no loops, are one block with all that is paid
// with it, and are named by nothing but calls: so every call of them is paid.
func free(m *wasm.Module) []int64 {
	costs := make([]int64, len(m.Funcs))
	for f := range costs {
		costs[f] = -1
	}
	a := analysis{free: costs}
	for i, b := range m.Bodies {
		f := uint32(m.ImportedFuncs + i)
		if len(b.Code) > mostFree || !m.OnlyCalled(f) {
			continue
		}
		if p := a.analyse(b.Code); !p.calls && !p.loops && len(p.charges) == 1 && p.charges[0].cost <= smallCost {
			costs[f] = p.charges[0].cost
		}
	}
	return costs
}
