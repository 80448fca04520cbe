# Guests in C. The flags are those of sdk/c/README.md. Paths of the machine do not get into the module.
needs clang-19
needs wasm-ld-19

c() {
	guest "$1" clang-19 --target=wasm32 -std=c11 -O2 -ffreestanding -nostdlib -mbulk-memory -Wall -Wextra -Wpedantic -Werror \
		-Wl,--no-entry -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=65536 -I sdk/c -o OUT "$2"
}

c sdk/c/probe.wasm sdk/c/probe.c
c plugins/conduit-diversity/conduit-diversity.wasm plugins/conduit-diversity/src/conduit.c
for rule in availability carbon processing residency services; do
	c conformance/guests/$rule.wasm conformance/guests/src/$rule.c
done
