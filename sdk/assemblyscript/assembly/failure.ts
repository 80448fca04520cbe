// Failures are sticky: the first one of a call counts, and the call goes on to its end, where the status is answered
// and no decision is made. What was asked of something missing meanwhile answers unknown.

let failed: i32 = 0;
let text: usize = 0;
let length: u32 = 0;

/** The status of failures that the SDK finds: of something missing, or of a setting of another type. */
export const SDK_FAILURE: i32 = 1;

/**
 * Makes the call fail, with a number of the guest's own, not 0, and a text that says what went wrong. The first failure
 * of a call counts.
 */
export function fail(status: i32, why: string): void {
  if (failed != 0) return;
  failed = status == 0 ? SDK_FAILURE : status;
  length = String.UTF8.byteLength(why);
  text = layText(why, length);
}

/** Whether the call has failed. */
export function hasFailed(): bool {
  return failed != 0;
}

/** Ends the call at once where a row, table or string was asked for that is not there, unless it has failed anyway. */
export function outside(): void {
  if (failed == 0) unreachable();
}

/** Writes what went wrong into a block, and answers with the status. */
export function finish(block: usize): i32 {
  if (failed != 0 && length != 0) {
    store<u32>(block, text as u32);
    store<u32>(block + 4, length);
  }
  return failed;
}

/** Lays a text out in UTF-8, for good: no collector knows of it. */
export function layText(value: string, size: u32): usize {
  const at = heap.alloc(size);
  String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, at, false);
  return at;
}
