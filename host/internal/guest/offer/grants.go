package offer

import (
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// capabilityFunctions are the functions of capabilities.
func capabilityFunctions() []*function {
	f := func(c Capability, params, results string, run func(i *Instance, p []uint64)) *function {
		return &function{
			module: Module, name: string(c), signature: wasm.FuncType{Params: types(params), Results: types(results)},
			needs: bitOf(c), run: run,
		}
	}
	return []*function{
		f(Log, "ii", "", (*Instance).logMessage),
		f(Time, "", "I", func(i *Instance, p []uint64) { p[0] = i.time }),
		f(Random, "ii", "", func(i *Instance, p []uint64) {
			b := i.argument(p[0], p[1])
			i.pay(costRandom * uint64(len(b)))
			i.seeded.Read(b)
		}),
	}
}

// logMessage is log(pointer, length i32): one message. A length over the limit of a message is cut and counted, and
// costs what is kept.
func (i *Instance) logMessage(p []uint64) {
	b := i.argument(p[0], p[1])
	// No byte is escaped into less than one, and a character that straddles the limit must not look broken.
	n := min(len(b), i.log.limits.LineBytes+utf8.UTFMax)
	i.pay(costLine + costLogged*uint64(n))
	i.log.add(Logged, b[:n], uint64(len(b)-n))
}

// argument is the memory that the guest gave a function of a capability. It ends the call if there is no such.
func (i *Instance) argument(ptr, n uint64) []byte {
	m := i.bytes()
	ptr, n = low(ptr), low(n)
	if !m.has(ptr, n) {
		i.stop(&PointerError{Function: i.in.name, Pointer: uint32(ptr), Length: uint32(n), Memory: uint64(len(m))})
	}
	return m.at(ptr, n)
}
