//go:build !wasip1

package guest

// Native is the guest that is linked into a test, as a host sees a module. Package guesttest drives it.
type Native struct{}

// nativeBase is where the room seems to lie.
const nativeBase = 1 << 24

// nativeTexts are the texts that were given addresses, which are those of no memory.
var nativeTexts []string

// nativeTextBase is the first of those addresses; text i has that and i × 4096.
const nativeTextBase = 1 << 30

// Reset brings the guest back to what it is before it is initialised, as far as this package goes: what the
// guest's own functions keep in variables they have to set when they are configured.
func (Native) Reset() {
	room.base, room.bytes, nativeTexts = 0, nil, nil
	snapshot, settings, request, snapshotAt = Image{}, Image{}, Image{}, 0
	setup, call = Setup{}, Call{}
}

// ABI is bailiwick_abi.
func (Native) ABI() int32 { return abi }

// Reserve is bailiwick_reserve.
func (Native) Reserve(n uint32) uint32 { return reserve(n) }

// Configure is bailiwick_configure.
func (Native) Configure(block uint32) int32 { return enterConfigure(block) }

// Site is bailiwick_site.
func (Native) Site(block uint32) int32 { return enterHook(siteFunc, "sites", block) }

// Path is bailiwick_path.
func (Native) Path(block uint32) int32 { return enterHook(pathFunc, "paths", block) }

// Placement is bailiwick_placement.
func (Native) Placement(block uint32) int32 { return enterHook(placementFunc, "placements", block) }

// Memory are n bytes at an address of the room, or of a text that the guest pointed to.
func (Native) Memory(address, n uint32) []byte {
	if i := (address - nativeTextBase) / 4096; address >= nativeTextBase && int(i) < len(nativeTexts) {
		return []byte(nativeTexts[i])[:n]
	}
	return within(address, n)
}

func addressOf(b []byte) uint32 { return nativeBase }

func addressOfText(s string) uint32 {
	nativeTexts = append(nativeTexts, s)
	return nativeTextBase + uint32(len(nativeTexts)-1)*4096
}

func settle() {}

// Log natively writes the message to standard error.
func Log(text string) { println(text) }

// Time natively is 1970.
func Time() int64 { return 0 }

// Random natively gives zeros.
func Random(to []byte) { clear(to) }
