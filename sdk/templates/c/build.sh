#!/bin/sh
# Builds the plugin. CC names the compiler: any clang with the target wasm32, and wasm-ld.
set -eu
cd "$(dirname "$0")"
"${CC:-clang}" --target=wasm32 -std=c11 -O2 -ffreestanding -nostdlib -mbulk-memory -Wall -Wextra -Wpedantic \
	-Wl,--no-entry -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=65536 -o plugin.wasm plugin.c
