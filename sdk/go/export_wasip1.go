package guest

import (
	"runtime"
	"unsafe"
)

//go:wasmexport bailiwick_abi
func exportABI() int32 { return abi }

//go:wasmexport bailiwick_reserve
func exportReserve(bytes uint32) uint32 { return reserve(bytes) }

//go:wasmexport bailiwick_configure
func exportConfigure(block uint32) int32 { return enterConfigure(block) }

//go:wasmexport bailiwick_site
func exportSite(block uint32) int32 { return enterHook(siteFunc, "sites", block) }

//go:wasmexport bailiwick_path
func exportPath(block uint32) int32 { return enterHook(pathFunc, "paths", block) }

//go:wasmexport bailiwick_placement
func exportPlacement(block uint32) int32 { return enterHook(placementFunc, "placements", block) }

// addressOf is where bytes lie.
func addressOf(b []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// addressOfText is where a text lies.
func addressOfText(s string) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.StringData(s)))) }

// spareBytes is how much memory is left free. A hook can allocate half of that in pieces of any size before the memory
// has to grow, and before anything is collected; the allocator's own order takes the rest at worst.
const spareBytes = 2 << 20

// settle collects what configuring left over, and leaves some free memory. Every hook starts from the state that is
// left here: a collection under way would be finished by each of them anew, and an instance whose memory grew in a
// hook is thrown away afterwards.
func settle() {
	spare := make([]byte, spareBytes)
	runtime.KeepAlive(spare)
	runtime.GC()
}
