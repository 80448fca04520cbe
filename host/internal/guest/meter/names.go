package meter

import (
	"errors"
	"fmt"
)

// Prefix begins the names of what is added to a module's exports. A guest whose own exports begin with it is
// refused.
const Prefix = "meter:"

// The exports that every rewritten module has.
const (
	// FuelName is a mutable i64: how much fuel is left, in the units of the cost table. The host sets it before it
	// calls; a call that finds it negative stops.
	FuelName = Prefix + "fuel"

	// RoomName is a mutable i64: how much room for nested calls is left, in frames (see [Weight]). The host sets it
	// before it calls, for a call that stopped has not given its room back.
	RoomName = Prefix + "room"

	// SealName is a mutable i32: 0 while tables and segments may be changed, [Sealed] once the host forbids it, and
	// [Broken] after the guest tried.
	SealName = Prefix + "seal"
)

// StartName is the export of the function that was the module's start function, if it had one. Instantiating a
// rewritten module runs nothing; the host calls this first, with fuel and room.
const StartName = Prefix + "start"

// Values of the global [SealName].
const (
	Unsealed = 0
	Sealed   = 1
	Broken   = 2
)

// GlobalName is the export of the guest's mutable global i, imported ones counted, under which the host saves and
// restores it.
func GlobalName(i int) string { return fmt.Sprintf("%sglobal:%d", Prefix, i) }

var (
	// ErrFuel says that a call used up its fuel.
	ErrFuel = errors.New("the guest ran out of fuel")

	// ErrDepth says that calls nested deeper than the room they had.
	ErrDepth = errors.New("the guest's calls nest too deep")

	// ErrSealed says that a call tried to change a table or to drop a segment after initialisation.
	ErrSealed = errors.New("the guest changed a table or dropped a segment after initialisation")

	// ErrReserved says that a module exports a name that is kept for what is added.
	ErrReserved = errors.New("the guest exports a reserved name")

	// ErrGlobal says that a module has a mutable global the host could not restore.
	ErrGlobal = errors.New("the guest has a mutable global that cannot be restored")
)

// Why tells from the three globals why a call trapped: [ErrFuel], [ErrDepth] or [ErrSealed], or nil if the guest
// trapped for reasons of its own. A call that stopped for want of both fuel and room counts as out of fuel.
func Why(fuel, room int64, seal int32) error {
	switch {
	case fuel < 0:
		return ErrFuel
	case room < 0:
		return ErrDepth
	case seal == Broken:
		return ErrSealed
	}
	return nil
}
