// Reads cells in every way there is, or answers for a row that is not there: see TestAssemblyScriptCells.
import { Answer, Ask, BoolColumn, Guest, Image, NONE, NumberColumn, RefColumn, Settings, StringColumn, register } from "./bailiwick";

class Cells extends Guest {
  way: string = "";
  u8!: NumberColumn<u8>;
  i64!: NumberColumn<i64>;
  f64!: NumberColumn<f64>;
  bool!: BoolColumn;
  ref!: RefColumn;
  text!: StringColumn;
  full!: NumberColumn<i32>; // all cells of which hold values

  configure(snapshot: Image, settings: Settings): void {
    const way = settings.text("way"), sites = snapshot.table("sites");
    this.way = way ? way : "";
    this.u8 = sites.uint8s("u8");
    this.i64 = sites.int64s("i64");
    this.f64 = sites.float64s("f64");
    this.bool = sites.bools("bool");
    this.ref = sites.refs("ref");
    this.text = sites.strings("text");
    this.full = sites.int32s("full");
  }

  site(ask: Ask, answer: Answer): void {
    const way = this.way;
    for (let row = ask.first(); row >= 0; row = ask.next(row)) {
      if (way == "u8") answer.warn(row, 1).integer(this.u8.at(row));
      else if (way == "i64") answer.warn(row, 1).integer(this.i64.at(row));
      else if (way == "f64") answer.warn(row, 1).number(this.f64.at(row));
      else if (way == "bool") answer.warn(row, 1).integer(this.bool.at(row) ? 1 : 0);
      else if (way == "ref") answer.warn(row, 1).integer(this.ref.at(row));
      else if (way == "text") answer.warn(row, 1).text(this.text.at(row));
      else if (way == "full") answer.warn(row, 1).integer(this.full.at(row));
      else if (way == "state") answer.warn(row, 1).integer(this.f64.state(row));
      else if (way == "or") answer.warn(row, 1).number(this.f64.or(row, -1));
      else if (way == "refuse") answer.refuse(ask.selection.over);
      else if (way == "score") answer.score(ask.selection.over, 1);
      else {
        answer.warn(row, 1).integer(this.f64.state(row)).integer(this.f64.has(row) ? 1 : 0).integer(this.f64.unknown(row) ? 1 : 0)
          .integer(this.u8.or(row, 9)).integer(this.i64.or(row, -9)).number(this.f64.or(row, -0.5))
          .integer(this.ref.orNone(row) == NONE ? -1 : this.ref.orNone(row)).integer(this.text.id(row) == NONE ? 0 : 1);
      }
    }
  }
}

register(new Cells());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_site } from "./bailiwick/abi";
