import { outside } from "./failure";

/** A set of rows of one table, as a bit set that is read where it lies. */
export class Set {
  constructor(private at: usize, /** How many rows there are to be in the set or not. */ readonly over: u32) {}

  /** The bytes that a set over so many rows takes. */
  static bytes(rows: u32): u32 {
    return ((rows + 63) / 64) * 8;
  }

  /** Whether a row is in the set. There must be such a row. */
  has(row: u32): bool {
    if (row >= this.over) {
      outside();
      return false;
    }
    return ((load<u8>(this.at + row / 8) >> <u8>(row % 8)) & 1) != 0;
  }

  /** How many rows are in the set. */
  count(): u32 {
    let count: u32 = 0;
    for (let i: u32 = 0, n = Set.bytes(this.over); i < n; i += 8) count += <u32>popcnt(load<u64>(this.at + i));
    return count;
  }

  /** The first row in the set, or -1. */
  first(): i32 {
    return this.from(0);
  }

  /** The next row in the set after that one, or -1. */
  @inline
  next(row: i32): i32 {
    const from = <u32>row + 1;
    if (from >= this.over) return -1;
    const left = load<u64>(this.at + from / 64 * 8) >> from; // a shift is by its count modulo 64
    return left != 0 ? from + <u32>ctz(left) : this.from((from | 63) + 1);
  }

  /** The first row in the set from the beginning of a word on, or -1. */
  private from(row: u32): i32 {
    for (; row < this.over; row += 64) {
      const word = load<u64>(this.at + row / 8);
      if (word != 0) return row + <u32>ctz(word);
    }
    return -1;
  }
}

/** Row numbers that lie in an image. */
export class Rows {
  constructor(private at: usize, /** How many there are. */ readonly length: u32) {}

  /** The row number at an index. There must be one. */
  @operator("[]")
  get(index: u32): u32 {
    if (index >= this.length) {
      outside();
      return 0;
    }
    return load<u32>(this.at + 4 * index);
  }

  /** Whether a row is among them, where they ascend. */
  has(row: u32): bool {
    return search(this.at, this.length, row) >= 0;
  }
}

/** Where a number stands among ascending ones, or -1. */
export function search(at: usize, count: u32, number: u32): i32 {
  let low: u32 = 0, high = count;
  while (low < high) {
    const middle = low + (high - low) / 2;
    const here = load<u32>(at + 4 * middle);
    if (here == number) return middle;
    if (here < number) low = middle + 1;
    else high = middle;
  }
  return -1;
}
