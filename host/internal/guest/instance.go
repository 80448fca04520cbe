package guest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// instance is one instance of a guest that speaks the ABI, initialised. It is for one goroutine at a time.
type instance struct {
	cell
	plugin *Plugin
	hooks  [abi.Hooks]api.Function

	snapshot uint32 // where it is
	size     uint32 // its bytes
	arena    uint32 // where calls are laid out
	space    uint64 // bytes there
	layout   abi.Layout
	stack    [1]uint64
}

// start makes an instance: everything up to its initial state, docs/abi.md's steps 1 to 4. arena is how many bytes
// calls are given, a multiple of the page. What that took is told of failures too.
func (p *Plugin) start(ctx context.Context, s *memory.Snapshot, settings []byte, arena uint64) (*instance, Usage, error) {
	c, err := p.open(ctx)
	in := &instance{cell: c, plugin: p, space: arena}
	if err == nil {
		err = in.initialise(ctx, s, settings)
	}
	used := in.initially()
	if err != nil {
		in.close()
		return nil, used, err
	}
	return in, used, nil
}

func (in *instance) initialise(ctx context.Context, s *memory.Snapshot, settings []byte) error {
	if f := in.mod.ExportedFunction(abi.InitializeExport); f != nil {
		if err := in.call(ctx, abi.InitializeExport, f, nil); err != nil {
			return err
		}
	}
	if err := in.ask(ctx, abi.VersionExport, 0); err != nil {
		return err
	}
	if got := uint32(in.stack[0]); got>>16 != abi.Major || got&0xffff > abi.Minor {
		return in.failed(abi.VersionExport, fmt.Errorf("%w: it answers %d.%d, and this host speaks %d.%d; build it with a matching SDK",
			ErrVersion, got>>16, got&0xffff, abi.Major, abi.Minor))
	}
	if err := in.reserve(ctx, s); err != nil {
		return err
	}
	if f := in.mod.ExportedFunction(abi.ConfigureExport); f != nil {
		if err := in.configure(ctx, settings); err != nil {
			return err
		}
	}
	for h := range in.hooks {
		in.hooks[h] = in.mod.ExportedFunction(abi.Hook(h).Export())
	}
	return in.settle()
}

// ask calls a function that is given a number and gives one.
func (in *instance) ask(ctx context.Context, name string, arg uint64) error {
	in.stack[0] = arg
	return in.call(ctx, name, in.mod.ExportedFunction(name), in.stack[:])
}

// fits checks that a snapshot and so much room for calls can be had.
func (p *Plugin) fits(s *memory.Snapshot, space uint64) error {
	want, most := s.Room()+space, uint64(p.limits.MemoryPages)*memory.PageSize
	if want <= most {
		return nil
	}
	return fmt.Errorf("%w: the snapshot and the call take %d KiB, and it may have %d KiB; raise limits.memoryPages", memory.ErrPages, want>>10, most>>10)
}

// noRoom is why a guest gave no room for want bytes: a guest that can have no more memory traps, or ends itself.
func (in *instance) noRoom(want uint64, err error) error {
	var (
		trapped *TrapError
		exit    *offer.ExitError
	)
	have, most := uint64(len(in.mem.Bytes())), uint64(in.code.limits.MemoryPages)*memory.PageSize
	if have+want <= most || !errors.As(err, &trapped) && !errors.As(err, &exit) {
		return err
	}
	return in.failed(abi.ReserveExport, fmt.Errorf("%w: it has %d KiB, the snapshot and the call take %d KiB more, and it may have %d KiB; raise limits.memoryPages", memory.ErrPages, have>>10, want>>10, most>>10))
}

// reserve gets room, and places the snapshot in it.
func (in *instance) reserve(ctx context.Context, s *memory.Snapshot) error {
	if err := in.plugin.fits(s, in.space); err != nil {
		return in.failed(abi.ReserveExport, err)
	}
	want := s.Room() + in.space
	if err := in.ask(ctx, abi.ReserveExport, want); err != nil {
		return in.noRoom(want, err)
	}
	in.snapshot, in.size = uint32(in.stack[0]), uint32(s.Size())
	at := uint64(in.snapshot) + s.Room()
	mem := in.mem.Bytes()
	if err := in.mem.Place(s, in.snapshot); err != nil {
		return in.failed(abi.ReserveExport, err)
	}
	if at+in.space > uint64(len(mem)) {
		return in.failed(abi.ReserveExport, fmt.Errorf("%w: it gave %d bytes, and was asked for %d", memory.ErrPlace, uint64(len(mem))-uint64(in.snapshot), want))
	}
	for _, b := range mem[at : at+in.space] {
		if b != 0 {
			return in.failed(abi.ReserveExport, fmt.Errorf("%w: the room is not zero; the function must give memory that nothing uses", memory.ErrPlace))
		}
	}
	in.arena = uint32(at)
	return nil
}

func (in *instance) configure(ctx context.Context, settings []byte) error {
	area := abi.ConfigureArea(len(settings))
	if area > in.space {
		return in.failed(abi.ConfigureExport, fmt.Errorf("the settings take %d bytes, and there is room for %d", area, in.space))
	}
	abi.WriteConfigure(in.mem.Bytes(), in.arena, in.snapshot, in.size, settings)
	if err := in.ask(ctx, abi.ConfigureExport, uint64(in.arena)); err != nil {
		return err
	}
	mem := in.mem.Bytes()
	if err := abi.ReadConfigure(mem, in.arena, int32(in.stack[0])); err != nil {
		return in.failed(abi.ConfigureExport, err)
	}
	clear(mem[in.arena : uint64(in.arena)+area])
	return nil
}

// hook calls a hook. The instance is brought back to its initial state first. used is the fuel that the call took.
func (in *instance) hook(ctx context.Context, h abi.Hook, d offer.Decision, c *abi.Call, out *abi.Answer) (used int64, err error) {
	limits := &in.plugin.limits
	rows := int(abi.Count(c.Select))
	fuel := limits.fuel(rows)
	if err := in.begin(fuel, rows, d); err != nil {
		return 0, in.failed(h.Export(), err)
	}
	c.Snapshot, c.Size = in.snapshot, in.size
	in.layout.Write(in.mem.Bytes(), c)
	in.stack[0] = uint64(in.arena)
	err = in.call(ctx, h.Export(), in.hooks[h], in.stack[:])
	used = in.used(fuel)
	if err != nil {
		return used, err
	}
	if err := in.layout.Read(in.mem.Bytes(), c, int32(in.stack[0]), out); err != nil {
		return used, in.failed(h.Export(), err)
	}
	return used, in.checkCodes(h, out)
}

// checkCodes checks that the guest's reasons have texts.
func (in *instance) checkCodes(h abi.Hook, out *abi.Answer) error {
	codes := in.plugin.spec.Codes
	if codes == nil {
		return nil
	}
	for i := range out.Reasons {
		if !codes[out.Reasons[i].Code] {
			return in.failed(h.Export(), &abi.AnswerError{What: fmt.Sprintf("reason %d has code %d, of which the manifest's reasons have no text", i, out.Reasons[i].Code)})
		}
	}
	return nil
}
