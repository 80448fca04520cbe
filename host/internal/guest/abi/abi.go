// Package abi is the layout of what passes between a host and a guest, ABI bailiwick/1: the blocks of a call and
// where answers are written. docs/abi.md is what it means, byte by byte.
//
//	Call ──Lay──▶ *Layout ──Write──▶ the guest's memory ──(the guest runs)──▶ Read ──▶ *Answer
//
// It knows bytes only: neither the engine that runs a guest nor what a row stands for. Nothing a guest wrote is
// trusted: whatever its memory holds, Read gives an answer that keeps to the rules, or an error.
package abi

// The version of the ABI that this host speaks.
const (
	Major = 1
	Minor = 0
)

// Version is what a guest written for this version answers when it is asked.
const Version = Major<<16 | Minor

// The exports of a guest. Any of [Hooks] must be there, the others but Configure and Initialize as well.
const (
	MemoryExport     = "memory"
	InitializeExport = "_initialize"
	VersionExport    = "bailiwick_abi"
	ReserveExport    = "bailiwick_reserve"
	ConfigureExport  = "bailiwick_configure"
)

// Hook is what a guest is asked about.
type Hook uint8

// The hooks.
const (
	Site Hook = iota
	Path
	Placement
	hooks
)

// Hooks is how many hooks there are.
const Hooks = int(hooks)

var (
	hookNames   = [hooks]string{"site", "path", "placement"}
	hookExports = [hooks]string{"bailiwick_site", "bailiwick_path", "bailiwick_placement"}
)

// String is the hook's name in manifests.
func (h Hook) String() string { return hookNames[h] }

// Export is the name of the function that answers the hook.
func (h Hook) Export() string { return hookExports[h] }

// NoComponent is the component of a call that is about no single one.
const NoComponent = 0xFFFF_FFFF

// Align is what everything laid out begins at a multiple of.
const Align = 64

// Sizes in bytes.
const (
	configureSize = 64
	hookSize      = 128
	reasonSize    = 16
	argSize       = 16
)

// Offsets in both blocks.
const (
	atSize         = 0
	atMinor        = 4
	atSnapshot     = 8
	atSnapshotSize = 12
	atImage        = 16 // the settings, or the request
	atImageSize    = 20
)

// Offsets in the block of configure.
const (
	atConfigureError     = 24
	atConfigureErrorSize = 28
)

// Offsets in the block of a hook.
const (
	atComponent   = 24
	atRows        = 28
	atSelect      = 32
	atDeny        = 36
	atUnknown     = 40
	atScored      = 44
	atScores      = 48
	atReasons     = 52
	atReasonRoom  = 56
	atArgs        = 60
	atArgRoom     = 64
	atReasonCount = 68
	atArgCount    = 72
	atDropped     = 76
	atError       = 80
	atErrorSize   = 84
	atReserved    = 88
)

// Limits on what is read of an answer.
const (
	// MaxArgs is the most arguments of one reason.
	MaxArgs = 8
	// MaxText is the most bytes of a text argument that are shown; escaped they may be more.
	MaxText = 1024
	// MaxTexts is the most bytes that all texts of an answer may come to, escaped.
	MaxTexts = 16 << 20
	// MaxError is the most bytes of an error's text that are shown.
	MaxError = 4096
)

// Kind is what a reason is about.
type Kind uint8

// The kinds of reasons.
const (
	Denial     Kind = 1
	Warning    Kind = 2
	Obligation Kind = 3
)

// unsure is added to a kind where the reason hangs on an unknown fact.
const unsure = 128

// ArgType is what the value of an argument is.
type ArgType uint32

// The types of arguments.
const (
	Float          ArgType = 1
	Int            ArgType = 2
	SnapshotString ArgType = 3
	RequestString  ArgType = 4
	Text           ArgType = 5
	SiteRow        ArgType = 6
)
