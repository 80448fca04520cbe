package guest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// code is a guest that has been metered and compiled, whatever ABI it speaks.
type code struct {
	id       string
	engine   *Engine
	compiled wazero.CompiledModule
	states   memory.States
	grants   offer.Set
	limits   Limits
	pages    uint32 // the memory's minimum
	globals  []string
	hasStart bool
}

// compile meters and compiles a module that has been scanned.
func (c *code) compile(ctx context.Context, m *wasm.Module) error {
	for i, g := range m.Globals {
		if g.Mutable {
			c.globals = append(c.globals, meter.GlobalName(i))
		}
	}
	c.hasStart = m.HasStart
	c.pages = uint32(m.Memories[0].Min)
	text, err := c.metered(m)
	if err != nil {
		return err
	}
	c.compiled, err = c.engine.cache.Compile(ctx, c.engine.rt, text)
	return err
}

// metered is a module with what counts its fuel.
func (c *code) metered(m *wasm.Module) ([]byte, error) {
	return meter.Rewrite(m, meter.Options{Names: 64 << 10})
}

// Close gives the guest's code and states back. Close its pools first.
func (c *code) Close(ctx context.Context) error {
	err := c.states.Close()
	if e := c.compiled.Close(ctx); err == nil {
		err = e
	}
	return err
}

// cell is one instance of a guest, whatever ABI it speaks: what it is called in, and brought back to its initial state.
// It is for one goroutine at a time.
type cell struct {
	code *code
	mod  api.Module
	mem  *memory.Memory
	side *offer.Instance

	fuel, room, seal api.MutableGlobal
	globals          []api.MutableGlobal
	saved            []uint64 // their values after initialisation
	sealedAt         int      // bytes of memory after initialisation; 0 until then
	rows             int      // that the present call is about, once initialisation is over
}

// open makes a cell, with fuel for initialisation, and runs the module's start function. If that fails the cell is given
// beside the error, for what it left in its log, and to be closed.
func (c *code) open(ctx context.Context) (cell, error) {
	mem, err := memory.New(c.pages, c.limits.MemoryPages)
	if err != nil {
		return cell{}, fmt.Errorf("plugin %s: %w", c.id, err)
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	mod, err := c.engine.rt.InstantiateModule(experimental.WithMemoryAllocator(ctx, mem), c.compiled, config)
	if err != nil {
		mem.Free() // the engine does not, when it fails
		return cell{}, fmt.Errorf("plugin %s: %w", c.id, instantiation(err))
	}
	in := cell{code: c, mod: mod, mem: mem, side: offer.New(mod, c.grants, c.limits.Log)}
	in.fuel, in.room, in.seal = in.global(meter.FuelName), in.global(meter.RoomName), in.global(meter.SealName)
	for _, name := range c.globals {
		in.globals = append(in.globals, in.global(name))
	}
	in.fuel.Set(uint64(c.limits.InitialFuel))
	if c.hasStart {
		if err := in.call(ctx, meter.StartName, mod.ExportedFunction(meter.StartName), nil); err != nil {
			return in, err
		}
	}
	return in, nil
}

// instantiation is the engine's error, fit to be shown: it may quote the guest.
func instantiation(err error) error { return trap(err) }

func (in *cell) global(name string) api.MutableGlobal {
	return in.mod.ExportedGlobal(name).(api.MutableGlobal) // the meter has put it there
}

// initially is what initialisation took so far.
func (in *cell) initially() Usage {
	if in.side == nil {
		return Usage{}
	}
	u := Usage{Fuel: in.used(in.code.limits.InitialFuel)}
	u.Log, u.Lost = in.side.Log()
	return u
}

// settle ends initialisation: what the cell holds now is its initial state.
func (in *cell) settle() error {
	for _, g := range in.globals {
		in.saved = append(in.saved, g.Get())
	}
	in.seal.Set(meter.Sealed)
	if err := in.mem.Seal(&in.code.states); err != nil {
		return fmt.Errorf("plugin %s: %w", in.code.id, err)
	}
	in.sealedAt = len(in.mem.Bytes())
	return nil
}

// begin brings the cell back to its initial state, and gives it fuel for what it is asked about rows in a decision.
func (in *cell) begin(fuel int64, rows int, d offer.Decision) error {
	in.rows = rows
	if err := in.mem.Restore(); err != nil {
		return err
	}
	for i, g := range in.globals {
		g.Set(in.saved[i])
	}
	in.fuel.Set(uint64(fuel))
	return in.side.Begin(d)
}

// used is how much of so much fuel is gone.
func (in *cell) used(fuel int64) int64 { return fuel - max(int64(in.fuel.Get()), 0) }

// call calls a function of the guest, and says why it failed.
func (in *cell) call(ctx context.Context, name string, f api.Function, stack []uint64) error {
	in.room.Set(callRoom)
	err := in.side.Call(ctx, f, stack)
	if err == nil {
		return nil
	}
	switch why := meter.Why(int64(in.fuel.Get()), int64(in.room.Get()), int32(in.seal.Get())); why {
	case nil:
	case meter.ErrFuel:
		return in.failed(name, in.outOfFuel())
	default:
		return in.failed(name, why)
	}
	var (
		exit    *offer.ExitError
		pointer *offer.PointerError
		fault   *offer.PanicError
		abort   *offer.AbortError
		outside *offer.OutsideError
	)
	for _, known := range []error{offer.ErrReentered, offer.ErrDiscarded, offer.ErrInstance, offer.ErrNotGranted} {
		if errors.Is(err, known) {
			return in.failed(name, err)
		}
	}
	if errors.As(err, &exit) {
		return in.failed(name, in.crowded(err))
	}
	if errors.As(err, &pointer) || errors.As(err, &fault) || errors.As(err, &abort) || errors.As(err, &outside) {
		return in.failed(name, err)
	}
	return in.failed(name, in.crowded(trap(err)))
}

// outOfFuel is the error of a guest that used up what it had.
func (in *cell) outOfFuel() error {
	if in.sealedAt == 0 {
		return in.code.limits.outOfInitialFuel()
	}
	return in.code.limits.outOfFuel(in.rows)
}

// crowded adds how much memory a guest had that trapped or ended itself, if it was more than half of what it may have: they do when they
// get no more, and nothing tells the host that this is why.
func (in *cell) crowded(err error) error {
	have, most := len(in.mem.Bytes())/memory.PageSize, int(in.code.limits.MemoryPages)
	if 2*have <= most {
		return err
	}
	return fmt.Errorf("%w; it had %d pages of memory, and limits.memoryPages is %d", err, have, most)
}

func (in *cell) failed(function string, err error) error {
	return &CallError{in.code.id, function, err}
}

// reusable reports whether the cell can be brought back to its initial state.
func (in *cell) reusable() bool {
	return in.side.Discard() == nil && !in.grew() && in.seal.Get() == meter.Sealed
}

// grew reports whether the guest has more memory than it had when initialisation was over.
func (in *cell) grew() bool { return len(in.mem.Bytes()) != in.sealedAt }

// close gives the cell back.
func (in *cell) close() {
	if in.mod == nil {
		return // it did not even come to be
	}
	_ = in.mod.Close(context.Background()) // closes nothing that can fail
	in.mem.Free()
}
