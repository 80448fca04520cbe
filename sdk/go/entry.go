package guest

// abi is the version of docs/abi.md that this package speaks: major × 65536 + minor.
const abi = 1 << 16

// The functions of the guest's author.
var (
	configureFunc                     func(*Setup) error
	siteFunc, pathFunc, placementFunc func(*Call) error
)

// OnConfigure names the function that takes the settings, looks at the snapshot and prepares. It is called once,
// and what it leaves in variables is what every hook finds. Call OnConfigure from an init function.
func OnConfigure(f func(*Setup) error) { configureFunc = f }

// OnSite names the function that judges sites: rows of the snapshot's table sites. Call OnSite from an init function.
//
// Before each call the guest is brought back to what it was after OnConfigure's function: whatever a call leaves in
// variables, no other call finds. The same is so of OnPath and OnPlacement.
func OnSite(f func(*Call) error) { siteFunc = f }

// OnPath names the function that judges paths: rows of the request's table paths. Call OnPath from an init function.
func OnPath(f func(*Call) error) { pathFunc = f }

// OnPlacement names the function that judges placements: rows of the request's table placements. Call OnPlacement
// from an init function.
func OnPlacement(f func(*Call) error) { placementFunc = f }

// configureBlock is the block of bailiwick_configure.
type configureBlock struct {
	size, _                uint32
	snapshot, snapshotSize uint32
	settings, settingsSize uint32
	failure, failureSize   uint32
	_                      [8]uint32
}

// hookBlock is the block of a hook.
type hookBlock struct {
	size, _                uint32
	snapshot, snapshotSize uint32
	request, requestSize   uint32
	component, rows        uint32
	selection              uint32
	denials, unknowns      uint32
	scored, scores         uint32
	reasons, reasonRoom    uint32
	args, argRoom          uint32
	written, argsWritten   uint32
	lost                   uint32
	failure, failureSize   uint32
	_                      [10]uint32
}

// The sizes of the blocks that this version knows; later ones are longer.
const (
	configureBlockSize = 64
	hookBlockSize      = 128
)

// What calls are about. They are kept here, not made for each call, so that a call takes no memory.
var (
	snapshot, settings, request Image
	snapshotAt                  uint32
	setup                       Setup
	call                        Call
)

// openSnapshot opens the snapshot, unless configuring has.
func openSnapshot(at, size uint32) error {
	if snapshotAt == at {
		return nil
	}
	if err := snapshot.open(within(at, size)); err != nil {
		return err
	}
	snapshotAt = at
	return nil
}

// tell answers a call: its status, and in the block what went wrong.
func tell(err error, at, size *uint32) int32 {
	status, text := statusOf(err)
	if text != "" {
		*at, *size = call.keep(text), uint32(len(text))
	}
	return status
}

// enterConfigure is bailiwick_configure.
func enterConfigure(at uint32) int32 {
	b := &views[configureBlock](at, 1)[0]
	err := safely(func() error {
		if b.size < configureBlockSize {
			return Fail("a block of " + decimal(int64(b.size)) + " bytes to configure by; there have to be 64")
		}
		if err := openSnapshot(b.snapshot, b.snapshotSize); err != nil {
			return err
		}
		if err := settings.open(within(b.settings, b.settingsSize)); err != nil {
			return err
		}
		s, err := openSettings(&settings)
		if err != nil || configureFunc == nil {
			return err
		}
		setup = Setup{&snapshot, s}
		return configureFunc(&setup)
	})
	if err == nil {
		settings, setup, call = Image{}, Setup{}, Call{kept: make([]string, 0, 16)}
		settle()
	}
	return tell(err, &b.failure, &b.failureSize)
}

// enterHook is one of the hooks.
func enterHook(f func(*Call) error, what string, at uint32) int32 {
	b := &views[hookBlock](at, 1)[0]
	err := safely(func() error {
		if f == nil {
			return Fail("the guest judges no " + what)
		}
		if b.size < hookBlockSize {
			return Fail("a block of " + decimal(int64(b.size)) + " bytes to ask by; there have to be 128")
		}
		if err := openSnapshot(b.snapshot, b.snapshotSize); err != nil {
			return err
		}
		if err := request.open(within(b.request, b.requestSize)); err != nil {
			return err
		}
		words := uint32(wordsFor(int(b.rows)))
		call = Call{
			Snapshot: &snapshot, Request: &request, Component: int(int32(b.component)),
			selected: Set{views[uint64](b.selection, words), int(b.rows)},
			denials:  views[uint64](b.denials, words),
			unknowns: views[uint64](b.unknowns, words),
			scored:   views[uint64](b.scored, words),
			scores:   views[float64](b.scores, b.rows),
			reasons:  views[reasonEntry](b.reasons, b.reasonRoom),
			args:     views[argEntry](b.args, b.argRoom),
			block:    b, kept: call.kept[:0],
		}
		return f(&call)
	})
	return tell(err, &b.failure, &b.failureSize)
}
