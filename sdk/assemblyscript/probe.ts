// The probe of docs/abi-kit.md in AssemblyScript.
import {
  Answer, Ask, BitsColumn, BoolColumn, Column, Guest, Image, ListColumn, Matrix, NumberColumn, RefColumn, RelationColumn,
  Settings, State, StringColumn, Type, fail, register,
} from "./assembly";

class Fnv {
  value: u64 = 0xcbf29ce484222325;

  byte(b: u8): void {
    this.value = (this.value ^ b) * 0x100000001b3;
  }

  number<T>(n: T): void {
    for (let i: T = 0; i < <T>sizeof<T>(); i++) this.byte(<u8>(n >> (i * 8)));
  }

  text(image: Image, id: u32): void {
    const at = image.stringAt(id);
    for (let i: u32 = 0, size = image.stringSize(id); i < size; i++) this.byte(load<u8>(at + i));
    this.byte(0);
  }

  /** A text of the guest's own. */
  name(text: string): void {
    const bytes = String.UTF8.encode(text);
    for (let i = 0; i < bytes.byteLength; i++) this.byte(load<u8>(changetype<usize>(bytes) + i));
    this.byte(0);
  }
}

function digest(image: Image): u64 {
  const fnv = new Fnv();
  for (let t: u32 = 0; t < image.tables; t++) {
    const table = image.tableAt(t);
    fnv.name(table.name);
    fnv.number<u32>(table.rows);
    for (let c: u32 = 0; c < table.columns; c++) {
      const column = table.columnAt(c), target = column.target;
      fnv.name(column.name);
      fnv.byte(<u8>column.type);
      fnv.name(target ? target.name : "");
      for (let row: u32 = 0; row < table.rows; row++) cell(fnv, column, row);
    }
  }
  return fnv.value;
}

function cell(fnv: Fnv, column: Column, row: u32): void {
  const image = column.image;
  if (column.type <= Type.Ref) {
    const state = column.state(row);
    fnv.byte(<u8>state);
    if (state != State.Value) return;
  }
  switch (column.type) {
    case Type.String:
      fnv.text(image, (<StringColumn>column).id(row));
      break;
    case Type.Uint8:
      fnv.byte((<NumberColumn<u8>>column).at(row));
      break;
    case Type.Int32:
      fnv.number<u32>((<NumberColumn<i32>>column).at(row));
      break;
    case Type.Int64:
      fnv.number<u64>((<NumberColumn<i64>>column).at(row));
      break;
    case Type.Float64:
      fnv.number<u64>(reinterpret<u64>((<NumberColumn<f64>>column).at(row)));
      break;
    case Type.Bool:
      fnv.byte((<BoolColumn>column).at(row) ? 1 : 0);
      break;
    case Type.Ref:
      fnv.number<u32>((<RefColumn>column).at(row));
      break;
    case Type.Relation: {
      const rows = (<RelationColumn>column).at(row);
      fnv.number<u32>(rows.length);
      for (let i: u32 = 0; i < rows.length; i++) fnv.number<u32>(rows[i]);
      break;
    }
    case Type.List: {
      const list = (<ListColumn>column).at(row);
      fnv.number<u32>(list.length);
      for (let i: u32 = 0; i < list.length; i++) fnv.text(image, list[i]);
      break;
    }
    case Type.Bits: {
      const set = (<BitsColumn>column).at(row);
      fnv.number<u32>(set.count());
      for (let r = set.first(); r >= 0; r = set.next(r)) fnv.number<u32>(r);
      break;
    }
    case Type.Matrix: {
      const matrix = <Matrix>column;
      for (let i: u32 = 0; i < matrix.columns; i++) fnv.number<u32>(matrix.at(row, i));
      break;
    }
  }
}

class Probe extends Guest {
  snapshot: u64 = 0; // digests
  settings: u64 = 0;
  failHook: string | null = null;
  spin: f64 = 0;
  calls: u32 = 0;

  configure(snapshot: Image, settings: Settings): void {
    const why = settings.text("fail");
    if (why != null) return fail(7, why);
    this.snapshot = digest(snapshot);
    this.settings = digest(settings.image);
    this.failHook = settings.text("failHook");
    this.spin = settings.number("spin", 0);
  }

  site(ask: Ask, answer: Answer): void {
    this.judge(ask, answer, true);
  }

  path(ask: Ask, answer: Answer): void {
    this.judge(ask, answer, false);
  }

  placement(ask: Ask, answer: Answer): void {
    this.judge(ask, answer, false);
  }

  private judge(ask: Ask, answer: Answer, sites: bool): void {
    if (this.calls != 0) return fail(11, "not fresh");
    this.calls++;
    const why = this.failHook;
    if (why != null) return fail(9, why);
    turn(this.spin);
    const request = digest(ask.request);
    for (let row = ask.first(); row >= 0; row = ask.next(row)) {
      switch (row % 5) {
        case 0:
          answer.deny(row, 2).number(<f64>row / 4).text("row").integer(row);
          break;
        case 1:
          answer.unknown(row, 3);
          break;
        case 2: {
          const score = <f64>(row % 101);
          answer.score(row, score > 0 ? score - 0.25 : 0);
          break;
        }
        case 3: {
          const snapshotStrings = ask.snapshot.strings, requestStrings = ask.request.strings;
          answer.warn(row, 4);
          if (snapshotStrings > 0) answer.snapshotString(row % snapshotStrings);
          if (requestStrings > 0) answer.requestString(row % requestStrings);
          break;
        }
        default:
          answer.oblige(row, 5);
          if (sites) answer.site(row);
          else answer.integer(-(<i64>row));
          answer.possibleWarning(row, 6);
      }
    }
    const first = ask.first();
    if (first >= 0) {
      answer.warn(first, 1).integer(this.snapshot).integer(this.settings).integer(request).integer(ask.component);
    }
  }
}

let turns: f64 = 0;

/** Turns a loop so many times; each turn calls a function that is told in a variable of the module what was counted. */
function turn(times: f64): void {
  for (turns = 0; turns < times; ) turned();
}

// @ts-ignore: decorator
@noinline
function turned(): void {
  turns += 1;
}

register(new Probe());

export {
  bailiwick_abi, bailiwick_configure, bailiwick_path, bailiwick_placement, bailiwick_reserve, bailiwick_site,
} from "./assembly/abi";
