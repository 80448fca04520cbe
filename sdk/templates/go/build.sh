#!/bin/sh
# Builds the plugin, with Go 1.24 or later.
set -eu
cd "$(dirname "$0")"
GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags='-s -w' -o plugin.wasm .
