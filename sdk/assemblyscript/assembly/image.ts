import {
  BitsColumn, BoolColumn, Column, ListColumn, Matrix, NumberColumn, RefColumn, RelationColumn, StringColumn,
} from "./column";
import { SDK_FAILURE, fail, outside } from "./failure";
import { Type, typeName } from "./state";

/** Stands for no string, no table and no component. */
export const NONE: u32 = 0xffffffff;

/**
 * An image: tables of typed columns in one run of bytes, read where it lies. The snapshot is one, and so are the settings
 * and the request.
 */
export class Image {
  constructor(readonly base: usize) {}

  /** A number of the image's directory. */
  u32(offset: usize): u32 {
    return load<u32>(this.base + offset);
  }

  /** What it is: `topology`, `request` or `settings`. */
  get kind(): string {
    let length = 0;
    while (length < 16 && load<u8>(this.base + 16 + length) != 0) length++;
    return String.UTF8.decodeUnsafe(this.base + 16, length);
  }

  /** How many strings there are; their ids run from 0, in the order of their bytes. */
  get strings(): u32 {
    return this.u32(52);
  }

  /** Where a string lies: its first byte. */
  stringAt(id: u32): usize {
    return this.base + this.u32(56) + this.u32(this.u32(48) + 4 * id);
  }

  /** How many bytes a string has. */
  stringSize(id: u32): u32 {
    const start = this.u32(48) + 4 * id;
    return this.u32(start + 4) - this.u32(start);
  }

  /** The string of that id. There must be one. */
  string(id: u32): string {
    if (id >= this.strings) {
      outside();
      return "";
    }
    return String.UTF8.decodeUnsafe(this.stringAt(id), this.stringSize(id));
  }

  /** The id of a string, or `NONE`. Ids of one image compare as their strings do. */
  find(text: string): u32 {
    const size = <u32>String.UTF8.byteLength(text);
    const bytes = heap.alloc(size);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, bytes, false);
    let low: u32 = 0, high = this.strings, found = NONE;
    while (low < high) {
      const middle = low + (high - low) / 2;
      const here = this.stringSize(middle);
      let order = memory.compare(this.stringAt(middle), bytes, min(here, size));
      if (order == 0) order = <i32>here - <i32>size;
      if (order == 0) {
        found = middle;
        break;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    heap.free(bytes);
    return found;
  }

  /** How many tables there are. */
  get tables(): u32 {
    return this.u32(36);
  }

  /** The table of that number, from 0, in the order of their names. There must be one. */
  tableAt(number: u32): Table {
    if (number >= this.tables) {
      outside();
      return new Table(this, 0);
    }
    return new Table(this, this.u32(32) + 16 * number);
  }

  /** The table of that name. Without one the call fails. */
  table(name: string): Table {
    const table = this.tableOrNull(name);
    if (table) return table;
    fail(SDK_FAILURE, "the " + this.kind + " has no table " + name);
    return new Table(this, 0);
  }

  /** The table of that name, if there is one. */
  tableOrNull(name: string): Table | null {
    const at = this.entry(this.u32(32), this.tables, 16, this.find(name));
    return at == 0 ? null : new Table(this, at);
  }

  /** Among `count` entries of `width` bytes, the offset of the one with that name, or 0. */
  entry(at: u32, count: u32, width: u32, name: u32): u32 {
    let low: u32 = 0, high = count;
    while (low < high) {
      const middle = low + (high - low) / 2;
      const entry = at + middle * width;
      const id = this.u32(entry);
      if (id == name) return entry;
      if (id < name) low = middle + 1;
      else high = middle;
    }
    return 0;
  }
}

/** A table of an image. */
export class Table {
  /** `at` is the offset of its entry, 0 if it is missing. */
  constructor(readonly image: Image, private at: u32) {}

  /** Its name. */
  get name(): string {
    return this.at == 0 ? "" : this.image.string(this.image.u32(this.at));
  }

  /** How many rows it has. */
  get rows(): u32 {
    return this.at == 0 ? 0 : this.image.u32(this.at + 4);
  }

  /** How many columns it has. */
  get columns(): u32 {
    return this.at == 0 ? 0 : this.image.u32(this.at + 12);
  }

  private get first(): u32 {
    return this.at == 0 ? 0 : this.image.u32(40) + 32 * this.image.u32(this.at + 8);
  }

  /** The column of that number, from 0, in the order of their names, of whatever type. There must be one. */
  columnAt(number: u32): Column {
    if (number >= this.columns) {
      outside();
      return new Column(this, 0);
    }
    return this.open(this.first + 32 * number);
  }

  /** The column of that name, of whatever type, if there is one. */
  columnOrNull(name: string): Column | null {
    const at = this.image.entry(this.first, this.columns, 32, this.image.find(name));
    return at == 0 ? null : this.open(at);
  }

  /** The column of strings of that name. Without one the call fails; the same holds of the methods that follow. */
  strings(name: string): StringColumn {
    return new StringColumn(this, this.need(name, Type.String));
  }

  /** The column of bytes of that name. */
  uint8s(name: string): NumberColumn<u8> {
    return new NumberColumn<u8>(this, this.need(name, Type.Uint8));
  }

  /** The column of 32-bit integers of that name. */
  int32s(name: string): NumberColumn<i32> {
    return new NumberColumn<i32>(this, this.need(name, Type.Int32));
  }

  /** The column of 64-bit integers of that name. */
  int64s(name: string): NumberColumn<i64> {
    return new NumberColumn<i64>(this, this.need(name, Type.Int64));
  }

  /** The column of floating-point numbers of that name. */
  float64s(name: string): NumberColumn<f64> {
    return new NumberColumn<f64>(this, this.need(name, Type.Float64));
  }

  /** The column of truth values of that name. */
  bools(name: string): BoolColumn {
    return new BoolColumn(this, this.need(name, Type.Bool));
  }

  /** The column of that name whose cells are rows of another table. */
  refs(name: string): RefColumn {
    return new RefColumn(this, this.need(name, Type.Ref));
  }

  /** The column of that name whose cells are ascending rows of another table. */
  relation(name: string): RelationColumn {
    return new RelationColumn(this, this.need(name, Type.Relation));
  }

  /** The column of that name whose cells are lists of strings. */
  lists(name: string): ListColumn {
    return new ListColumn(this, this.need(name, Type.List));
  }

  /** The column of that name whose cells are bit sets over another table. */
  bits(name: string): BitsColumn {
    return new BitsColumn(this, this.need(name, Type.Bits));
  }

  /** The column of that name whose cells are rows of a matrix, one number for each row of another table. */
  matrix(name: string): Matrix {
    return new Matrix(this, this.need(name, Type.Matrix));
  }

  private open(at: u32): Column {
    switch (<i32>load<u8>(this.image.base + at + 4)) {
      case Type.String: return new StringColumn(this, at);
      case Type.Uint8: return new NumberColumn<u8>(this, at);
      case Type.Int32: return new NumberColumn<i32>(this, at);
      case Type.Int64: return new NumberColumn<i64>(this, at);
      case Type.Float64: return new NumberColumn<f64>(this, at);
      case Type.Bool: return new BoolColumn(this, at);
      case Type.Ref: return new RefColumn(this, at);
      case Type.Relation: return new RelationColumn(this, at);
      case Type.List: return new ListColumn(this, at);
      case Type.Bits: return new BitsColumn(this, at);
      case Type.Matrix: return new Matrix(this, at);
    }
    return new Column(this, at);
  }

  /** The offset of the entry of a column of that name and type; without one the call fails. */
  private need(name: string, type: i32): u32 {
    const at = this.image.entry(this.first, this.columns, 32, this.image.find(name));
    if (at != 0 && <i32>load<u8>(this.image.base + at + 4) == type) return at;
    fail(SDK_FAILURE, "table " + this.name + " of the " + this.image.kind + " has no column " + name + " of type " + typeName(type));
    return 0;
  }
}
