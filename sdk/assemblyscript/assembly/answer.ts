import { SDK_FAILURE, fail, layText, outside } from "./failure";

const enum Kind {
  Denial = 1,
  Warning = 2,
  Obligation = 3,
  Possible = 128,
}

const enum ArgumentType {
  Number = 1,
  Integer,
  SnapshotString,
  RequestString,
  Text,
  Site,
}

const mostArguments: u32 = 8;

/**
 * What a hook answers. A row of which nothing is said is permitted.
 *
 * A reason is a code of the manifest's `reasons`. What is chained to it are its arguments, at most eight:
 *
 *     answer.deny(row, 1).site(row).number(grams);
 *
 * A reason that finds no room, or whose arguments find none, is left out whole, and counted.
 */
export class Answer {
  private rows: u32;
  private denials: usize;
  private unknowns: usize;
  private scored: usize;
  private scores: usize;
  private reasons: usize;
  private reasonsRoom: u32;
  private list: usize; // of arguments
  private listRoom: u32;
  private written: u32 = 0; // reasons
  private used: u32 = 0; // arguments
  private missed: u32 = 0; // reasons that found no room
  private open: usize = 0; // the reason that arguments are added to; 0 if it was left out

  constructor(private block: usize) {
    this.rows = load<u32>(block, 28);
    this.denials = load<u32>(block, 36);
    this.unknowns = load<u32>(block, 40);
    this.scored = load<u32>(block, 44);
    this.scores = load<u32>(block, 48);
    this.reasons = load<u32>(block, 52);
    this.reasonsRoom = load<u32>(block, 56);
    this.list = load<u32>(block, 60);
    this.listRoom = load<u32>(block, 64);
  }

  /** Refuses a row, whatever is not known, and says why. */
  @inline
  deny(row: u32, code: u16): Answer {
    this.refuse(row);
    return this.reason(row, code, Kind.Denial);
  }

  /** Says that a row may be refused: whether it is hangs on a fact that is unknown. */
  @inline
  unknown(row: u32, code: u16): Answer {
    this.doubt(row);
    return this.reason(row, code, Kind.Denial | Kind.Possible);
  }

  /** Refuses a row without a reason of its own; it is shown with the manifest's title. */
  @inline
  refuse(row: u32): void {
    this.set(this.denials, row);
  }

  /** Says without a reason that a row may be refused. */
  @inline
  doubt(row: u32): void {
    this.set(this.unknowns, row);
  }

  /** Gives a row a score from 0 to 100; higher is better. */
  @inline
  score(row: u32, score: f64): void {
    if (this.set(this.scored, row)) store<f64>(this.scores + 8 * row, score);
  }

  /** Warns of a row. */
  @inline
  warn(row: u32, code: u16): Answer {
    return this.reason(row, code, Kind.Warning);
  }

  /** Warns of a row, if an unknown fact is such. */
  @inline
  possibleWarning(row: u32, code: u16): Answer {
    return this.reason(row, code, Kind.Warning | Kind.Possible);
  }

  /** Says what must be done if the row is chosen. */
  @inline
  oblige(row: u32, code: u16): Answer {
    return this.reason(row, code, Kind.Obligation);
  }

  /** Says what must be done if the row is chosen and an unknown fact is such. */
  @inline
  possibleObligation(row: u32, code: u16): Answer {
    return this.reason(row, code, Kind.Obligation | Kind.Possible);
  }

  /** Whether anybody reads reasons. If not, what is worked out only for them can be left out. */
  get wantsReasons(): bool {
    return this.reasonsRoom > 0;
  }

  /** Adds a number to the reason before, finite. */
  @inline
  number(value: f64): Answer {
    return this.add(ArgumentType.Number, 0, reinterpret<u64>(value));
  }

  /** Adds an integer. */
  @inline
  integer(value: i64): Answer {
    return this.add(ArgumentType.Integer, 0, value);
  }

  /** Adds a string of the snapshot by its id. */
  @inline
  snapshotString(id: u32): Answer {
    return this.add(ArgumentType.SnapshotString, 0, id);
  }

  /** Adds a string of the request by its id. */
  @inline
  requestString(id: u32): Answer {
    return this.add(ArgumentType.RequestString, 0, id);
  }

  /** Adds a text. */
  text(value: string): Answer {
    if (this.open == 0) return this;
    const size = <u32>String.UTF8.byteLength(value);
    return this.add(ArgumentType.Text, size, layText(value, size));
  }

  /** Adds a row of the snapshot's `sites`: shown as the site's id. */
  @inline
  site(row: u32): Answer {
    return this.add(ArgumentType.Site, 0, row);
  }

  /** Writes how much was written into the block. */
  finish(): void {
    store<u32>(this.block, this.written, 68);
    store<u32>(this.block, this.used, 72);
    store<u32>(this.block, this.missed, 76);
  }

  /** Begins a reason. Where nobody reads them, none is ever open, and there is no call. */
  @inline
  private reason(row: u32, code: u16, kind: i32): Answer {
    if (this.reasonsRoom == 0) this.missed++;
    else this.begin(row, code, kind);
    return this;
  }

  private begin(row: u32, code: u16, kind: i32): void {
    this.open = 0;
    if (this.written >= this.reasonsRoom) {
      this.missed++;
      return;
    }
    const at = this.reasons + 16 * this.written++;
    store<u32>(at, row);
    store<u16>(at, code, 4);
    store<u8>(at, <u8>kind, 6);
    store<u32>(at, this.used, 8);
    this.open = at;
  }

  @inline
  private add(type: u32, length: u32, value: u64): Answer {
    if (this.open != 0) this.push(type, length, value);
    return this;
  }

  private push(type: u32, length: u32, value: u64): void {
    const reason = this.open, count = load<u8>(reason, 7), used = this.used;
    if (count == mostArguments) {
      fail(SDK_FAILURE, "a reason has more than 8 arguments");
      return;
    }
    if (used >= this.listRoom) {
      this.withdraw(reason, count);
      return;
    }
    const at = this.list + 16 * used;
    store<u32>(at, type);
    store<u32>(at, length, 4);
    store<u64>(at, value, 8);
    store<u8>(reason, count + 1, 7);
    this.used = used + 1;
  }

  /** Takes back the reason written last, with its arguments. */
  private withdraw(reason: usize, count: u32): void {
    this.used -= count;
    memory.fill(this.list + 16 * this.used, 0, 16 * count);
    memory.fill(reason, 0, 16);
    this.written--;
    this.missed++;
    this.open = 0;
  }

  /** Sets a row's bit, and says whether there is such a row. */
  @inline
  private set(bits: usize, row: u32): bool {
    if (row >= this.rows) {
      outside();
      return false;
    }
    const at = bits + row / 8;
    store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(row % 8)));
    return true;
  }
}
