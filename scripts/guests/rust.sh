# Guests in Rust. The bytes hang on the compiler's version, so it is this one: Debian's, with libstd-rust-dev-wasm32. The
# flags are those of sdk/rust/README.md. Paths of the machine do not get into the module.
rustc=/usr/bin/rustc
[ -x "$rustc" ] || rustc=rustc
needs "$rustc"
if [ -z "$missing" ] && [ "$("$rustc" --version)" != "rustc 1.63.0" ]; then
	echo "build-guests: NOT RUN: guests in Rust are built with rustc 1.63.0, and this is $("$rustc" --version)" >&2
	missing=1
fi
if [ -z "$missing" ] && [ ! -d "$("$rustc" --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
	echo "build-guests: NOT RUN: rustc lacks the target wasm32-unknown-unknown" >&2
	missing=1
fi

rust=("$rustc" --edition 2021 --target wasm32-unknown-unknown --remap-path-prefix "$PWD=." --deny warnings -C opt-level=s -C panic=abort
	-C codegen-units=1 -C target-feature=+bulk-memory,+nontrapping-fptoint)
[ -n "$missing" ] || "${rust[@]}" --crate-name bailiwick --crate-type rlib -C embed-bitcode=yes -o "$tmp/libbailiwick.rlib" sdk/rust/src/lib.rs

rust() {
	guest "$1" "${rust[@]}" --crate-name guest --crate-type cdylib --extern "bailiwick=$tmp/libbailiwick.rlib" -C lto=fat -C strip=symbols \
		-C link-arg=-zstack-size=65536 -o OUT "$2"
}

rust sdk/rust/probe.wasm sdk/rust/probe.rs
rust plugins/carbon-aware/carbon-aware.wasm plugins/carbon-aware/src/plugin.rs
