#!/bin/sh
# Builds the plugin. RUSTC names the compiler: rustc 1.63 or later with the target wasm32-unknown-unknown.
# With cargo: cargo build --release --target wasm32-unknown-unknown
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
rust() {
	"${RUSTC:-rustc}" --edition 2021 --target wasm32-unknown-unknown --remap-path-prefix "$PWD=." -C opt-level=s -C panic=abort \
		-C codegen-units=1 -C target-feature=+bulk-memory,+nontrapping-fptoint "$@"
}
rust --crate-name bailiwick --crate-type rlib -C embed-bitcode=yes -o "$tmp/libbailiwick.rlib" bailiwick/src/lib.rs
rust --crate-name plugin --crate-type cdylib --extern "bailiwick=$tmp/libbailiwick.rlib" -C lto=fat -C strip=symbols \
	-C link-arg=-zstack-size=65536 -o plugin.wasm src/lib.rs
