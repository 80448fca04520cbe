import { Image, NONE } from "./image";
import { Request } from "./request";
import { Set } from "./set";

/**
 * What a hook is asked: which rows to judge, for which request.
 *
 *     for (let row = ask.first(); row >= 0; row = ask.next(row)) { … }
 */
export class Ask {
  /** The snapshot of the topology. */
  readonly snapshot: Image;
  /** The request. */
  readonly request: Request;
  /** The component that is asked about, a row of the request's `components`; -1 if the call is about no single one. */
  readonly component: i32;
  /** The rows to judge, among all: of the snapshot's `sites`, or of the request's `paths` or `placements`. */
  readonly selection: Set;

  constructor(block: usize) {
    this.snapshot = new Image(load<u32>(block, 8));
    this.request = new Request(load<u32>(block, 16));
    this.component = load<u32>(block, 24) == NONE ? -1 : load<i32>(block, 24);
    this.selection = new Set(load<u32>(block, 32), load<u32>(block, 28));
  }

  /** The first row to judge, or -1. */
  first(): i32 {
    return this.selection.first();
  }

  /** The next row to judge after that one, or -1. */
  @inline
  next(row: i32): i32 {
    return this.selection.next(row);
  }
}
