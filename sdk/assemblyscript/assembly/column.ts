import { outside } from "./failure";
import { Image, NONE, Table } from "./image";
import { Rows, Set, search } from "./set";
import { State } from "./state";

/** A column, of whatever type: `instanceof` and `type` tell which. */
export class Column {
  /** How many rows there are. */
  readonly rows: u32;
  readonly image: Image;
  protected data: usize = 0;
  protected starts: usize = 0;
  private known: usize = 0;
  private present: usize = 0;

  /** `entry` is the offset of its entry, 0 if it is missing. */
  constructor(table: Table, protected entry: u32) {
    const image = table.image;
    this.image = image;
    this.rows = entry == 0 ? 0 : table.rows;
    if (entry != 0) {
      this.data = image.base + image.u32(entry + 12);
      this.starts = image.base + image.u32(entry + 20);
      const known = image.u32(entry + 24), present = image.u32(entry + 28);
      this.known = known == 0 ? 0 : image.base + known;
      this.present = present == 0 ? 0 : image.base + present;
    }
  }

  /** Its name. */
  get name(): string {
    return this.entry == 0 ? "" : this.image.string(this.image.u32(this.entry));
  }

  /** Its type. */
  get type(): i32 {
    return this.entry == 0 ? 0 : load<u8>(this.image.base + this.entry + 4);
  }

  /** The table that it refers to, if it refers to one. */
  get target(): Table | null {
    const number = this.entry == 0 ? NONE : this.image.u32(this.entry + 8);
    return number == NONE ? null : this.image.tableAt(number);
  }

  /** What the row's cell holds. There must be such a row. */
  @inline
  state(row: u32): State {
    if (!this.check(row) || !bitOrNone(this.known, row)) return State.Unknown;
    return bitOrNone(this.present, row) ? State.Value : State.Absent;
  }

  /** Whether the row's cell holds a value. */
  @inline
  has(row: u32): bool {
    return this.check(row) && bitOrNone(this.known, row) & bitOrNone(this.present, row);
  }

  /** Whether the fact exists and is not known. */
  @inline
  unknown(row: u32): bool {
    return !this.check(row) || !bitOrNone(this.known, row);
  }

  /** Whether there is such a row. */
  @inline
  protected check(row: u32): bool {
    const is = row < this.rows;
    if (!is) outside();
    return is;
  }

  /** Ends the call unless the cell holds a value: what lies in one that does not could be taken for a fact. */
  protected need(row: u32): void {
    if (!this.has(row)) outside();
  }

  /** How many rows the table has that it refers to. */
  protected get width(): u32 {
    const target = this.target;
    return target ? target.rows : 0;
  }
}

@inline
function bit(at: usize, row: u32): bool {
  return <bool>((<u32>load<u8>(at + row / 8) >> row % 8) & 1);
}

/** Whether a row, of which there must be one, is in a set that is left out where it has all. */
@inline
function bitOrNone(at: usize, row: u32): bool {
  return bit(at, row) | (at == 0); // reading at 0, to no end, is faster than a branch
}

/** A column of strings. */
export class StringColumn extends Column {
  /** The row's string. There must be a value; the same holds of the cells of the other types. */
  at(row: u32): string {
    return this.image.string(this.id(row));
  }

  /** The row's string by its id in the image, or `NONE` if there is no value. */
  @inline
  id(row: u32): u32 {
    return this.check(row) ? load<u32>(this.data + 4 * row) : NONE;
  }

  /** The first row that has that string, or -1. */
  rowOf(text: string): i32 {
    const id = this.image.find(text);
    if (id == NONE) return -1;
    for (let row: u32 = 0; row < this.rows; row++) {
      if (load<u32>(this.data + 4 * row) == id) return row;
    }
    return -1;
  }
}

/** A column of numbers. */
export class NumberColumn<T> extends Column {
  /** The row's number. */
  @inline
  at(row: u32): T {
    const number = this.cell(row);
    if (number == 0) this.need(row);
    return number;
  }

  /** The row's number, or another where it has none. */
  @inline
  or(row: u32, otherwise: T): T {
    const number = this.cell(row);
    return number != 0 || this.has(row) ? number : otherwise;
  }

  /** What lies in the row's cell, and is 0 in one without a value. */
  @inline
  private cell(row: u32): T {
    return row < this.rows ? load<T>(this.data + row * sizeof<T>()) : <T>0;
  }
}

/** A column of truth values. */
export class BoolColumn extends Column {
  /** Whether it is true of the row. */
  @inline
  at(row: u32): bool {
    const is = row < this.rows && bit(this.data, row);
    if (!is) this.need(row);
    return is;
  }
}

/** A column whose cells are rows of another table. */
export class RefColumn extends Column {
  /** The row that the row refers to. */
  @inline
  at(row: u32): u32 {
    const target = this.orNone(row);
    if (target == NONE) outside();
    return target;
  }

  /** The row that the row refers to, or `NONE` if there is no value. */
  @inline
  orNone(row: u32): u32 {
    return this.check(row) ? load<u32>(this.data + 4 * row) : NONE;
  }

  /** The row that refers to that one, or -1, in a column that ascends. */
  search(target: u32): i32 {
    return search(this.data, this.rows, target);
  }
}

/** A column whose cells are sets of rows of another table. */
export class RelationColumn extends Column {
  /** The rows that the row is related to, ascending. */
  at(row: u32): Rows {
    return lane(this.starts, this.data, this.check(row) ? row : NONE);
  }
}

/** A column whose cells are lists of strings. */
export class ListColumn extends Column {
  /** The ids of the row's strings, in the order given; `image.string` gives the strings. */
  at(row: u32): Rows {
    return lane(this.starts, this.data, this.check(row) ? row : NONE);
  }

  /** Whether a string is in the row's list. */
  includes(row: u32, text: string): bool {
    const id = this.image.find(text), list = this.at(row);
    for (let i: u32 = 0; i < list.length; i++) {
      if (list[i] == id) return true;
    }
    return false;
  }
}

/** The elements of a row. */
function lane(starts: usize, data: usize, row: u32): Rows {
  if (row == NONE) return new Rows(0, 0);
  const from = load<u32>(starts + 4 * row);
  return new Rows(data + 4 * from, load<u32>(starts + 4 * row + 4) - from);
}

/** A column whose cells are bit sets over another table. */
export class BitsColumn extends Column {
  /** The row's set. */
  at(row: u32): Set {
    const over = this.width;
    return this.check(row) ? new Set(this.data + row * Set.bytes(over), over) : new Set(0, 0);
  }
}

/** A column whose cells are rows of numbers, one for each row of another table. */
export class Matrix extends Column {
  /** How many numbers a row has. */
  readonly columns: u32;

  constructor(table: Table, entry: u32) {
    super(table, entry);
    this.columns = this.width;
  }

  /** The number in a row and a column. There must be one. */
  at(row: u32, column: u32): i32 {
    if (row >= this.rows || column >= this.columns) {
      outside();
      return 0;
    }
    return load<i32>(this.data + 4 * (<usize>row * this.columns + column));
  }
}
