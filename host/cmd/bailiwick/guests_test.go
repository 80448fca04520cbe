package main

import (
	"os"
	"path/filepath"

	"github.com/bailiwick-dev/bailiwick/conformance/guests"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// writeStandIns puts modules into standins: the guests that there are of standard policies, the probe in C without a manifest
// and with one.
func writeStandIns(dir string) error {
	modules := map[string][]byte{}
	for _, name := range guests.Names() {
		module, err := guests.Module(name)
		if err != nil {
			return err
		}
		modules[name] = module
	}
	bare, err := os.ReadFile("../../../sdk/c/probe.wasm")
	if err != nil {
		return err
	}
	modules["bare"] = bare
	modules["probe"] = guesttest.Pack(bare, `{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"bailiwick/probe","version":"1.0.0"},"spec":{"abi":"bailiwick/1",
		"id":"KIT-1","title":"The probe","class":"selection","reviewed":"2026-11-23","hooks":["site","path","placement"],"reads":[]}}`)
	for name, module := range modules {
		if err := os.WriteFile(filepath.Join(dir, name+".wasm"), module, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// writeGuests puts modules without manifests where a script runs, hand-made, so that no compiler is needed:
//
//	guest.wasm   denies the first site, with reason 1 and the number 7, may deny the second, scores the third with 12.5
//	talker.wasm  permits every site and logs "hello\x1b" for each call
//	trap.wasm    traps when it is asked
//	whole.wasm   denies the first path and the first placement that it is asked about
func writeGuests(dir string) error {
	// asked is the part of a bit set of 64 rows that is asked about.
	asked := func(set int64) []byte {
		return Cat(guesttest.Field(32), []byte{0x29, 3, 0}, guesttest.I64(set), []byte{0x83})
	}
	first := Cat(asked(1), []byte{0xa7}) // as an i32
	for name, m := range map[string]guesttest.Mini{
		"guest.wasm": {Site: Cat(
			guesttest.Store64(guesttest.Field(guesttest.AtDeny), 0, asked(1)),
			guesttest.Store64(guesttest.Field(guesttest.AtUnknown), 0, asked(2)),
			guesttest.Store64(guesttest.Field(guesttest.AtScored), 0, asked(4)),
			guesttest.Store64(guesttest.Field(guesttest.AtScores), 16, guesttest.I64(0x4029000000000000)),
			guesttest.Store32(guesttest.Field(guesttest.AtReasons), 4, guesttest.I32(1<<16|1)),
			guesttest.Store8(guesttest.Field(guesttest.AtReasons), 7, guesttest.I32(1)),
			guesttest.Store32(guesttest.Field(guesttest.AtArgs), 0, guesttest.I32(2)),
			guesttest.Store64(guesttest.Field(guesttest.AtArgs), 8, guesttest.I64(7)),
			guesttest.Store32(guesttest.Block, guesttest.AtReasonCount, first),
			guesttest.Store32(guesttest.Block, guesttest.AtArgCount, first),
		)},
		"talker.wasm": {
			More: func(m *Module) {
				m.ImportFunc(offer.Module, "log", Sig(Types(wasm.I32, wasm.I32), nil))
				m.Data(Cat([]byte{0}, guesttest.I32(512), guesttest.End, Sized([]byte("hello\x1b")))...)
			},
			Site: Cat(guesttest.I32(512), guesttest.I32(6), []byte{0x10, 0}),
		},
		"trap.wasm": {Site: guesttest.Trap},
		"whole.wasm": {
			Path:      guesttest.Store8(guesttest.Field(guesttest.AtDeny), 0, guesttest.I32(1)),
			Placement: guesttest.Store8(guesttest.Field(guesttest.AtDeny), 0, guesttest.I32(1)),
		},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), m.Bytes(), 0o666); err != nil {
			return err
		}
	}
	return nil
}
