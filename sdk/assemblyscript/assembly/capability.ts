// What a guest may ask for in its manifest's `capabilities` and an operator grants. A guest that does not use them does not
// import them.

// @ts-ignore: decorator
@external("bailiwick", "log")
declare function hostLog(pointer: usize, length: u32): void;

// @ts-ignore: decorator
@external("bailiwick", "time")
declare function hostTime(): i64;

// @ts-ignore: decorator
@external("bailiwick", "random")
declare function hostRandom(pointer: usize, length: u32): void;

/** Leaves a message for people. Capability `log`. */
export function log(message: string): void {
  const bytes = String.UTF8.encode(message);
  hostLog(changetype<usize>(bytes), bytes.byteLength);
}

/** The decision time in nanoseconds since 1970, UTC. Capability `time`. */
export function time(): i64 {
  return hostTime();
}

/** Fills in bytes that depend on the decision and the plugin alone. Capability `random`. */
export function random(bytes: Uint8Array): void {
  hostRandom(bytes.dataStart, bytes.length);
}
