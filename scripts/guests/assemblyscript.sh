# Guests in AssemblyScript, with the compiler that sdk/assemblyscript/package-lock.json pins. The flags are those of
# sdk/assemblyscript/README.md. Without debugging information no paths get into the module.
asc=sdk/assemblyscript/node_modules/.bin/asc
if ! "$asc" --version >/dev/null 2>&1; then
	echo "build-guests: NOT RUN: there is no compiler of AssemblyScript; run: (cd sdk/assemblyscript && npm ci)" >&2
	missing=1
fi

assemblyscript() {
	guest "$1" "$asc" "$2" --runtime stub --use abort= --optimizeLevel 3 --shrinkLevel 1 --noAssert --outFile OUT
}

assemblyscript sdk/assemblyscript/probe.wasm sdk/assemblyscript/probe.ts
assemblyscript plugins/price-egress/price-egress.wasm plugins/price-egress/src/plugin.ts
