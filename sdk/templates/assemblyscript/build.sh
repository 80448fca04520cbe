#!/bin/sh
# Builds the plugin. ASC names the compiler; without it, it is what npm install puts here.
set -eu
cd "$(dirname "$0")"
"${ASC:-node_modules/.bin/asc}" plugin.ts --runtime stub --use abort= --optimizeLevel 3 --shrinkLevel 1 --noAssert --outFile plugin.wasm
