import { Column, ListColumn, NumberColumn, StringColumn, BoolColumn } from "./column";
import { SDK_FAILURE, fail } from "./failure";
import { Image, Table } from "./image";
import { Type } from "./state";

/**
 * The settings in force, by path: `ceiling`, `weights.EU`. They are gone after `configure`. A setting that is missing or
 * null is what the caller says; with one of another type the call fails.
 */
export class Settings {
  private table: Table | null;

  constructor(/** The image they are in. */ readonly image: Image) {
    this.table = image.tableOrNull("settings");
  }

  /** Whether there is such a setting, and it is not null. */
  has(path: string): bool {
    const column = this.column(path);
    return column != null && !(column.type == Type.String && !column.has(0));
  }

  /** A text; null where there is none. */
  text(path: string): string | null {
    const column = this.get(path, Type.String, "a text");
    return column ? (<StringColumn>column).at(0) : null;
  }

  /** A number. */
  number(path: string, otherwise: f64): f64 {
    const column = this.get(path, Type.Float64, "a number");
    return column ? (<NumberColumn<f64>>column).at(0) : otherwise;
  }

  /** True or false. */
  flag(path: string, otherwise: bool): bool {
    const column = this.get(path, Type.Bool, "true or false");
    return column ? (<BoolColumn>column).at(0) : otherwise;
  }

  /** A list of texts; null where there is none. */
  list(path: string): string[] | null {
    const column = this.get(path, Type.List, "a list of texts");
    if (!column) return null;
    const ids = (<ListColumn>column).at(0), texts: string[] = [];
    for (let i: u32 = 0; i < ids.length; i++) texts.push(this.image.string(ids[i]));
    return texts;
  }

  /** The length of a list that is not one of texts, or -1. Its elements are under the path and their number, from 0. */
  length(path: string): i32 {
    const column = this.get(path + ".length", Type.Int32, "a list");
    return column ? (<NumberColumn<i32>>column).at(0) : -1;
  }

  /** The rest of each path that begins with `path` and a dot, in order. */
  under(path: string): string[] {
    const rest: string[] = [], table = this.table, start = path + ".";
    if (!table) return rest;
    for (let i: u32 = 0; i < table.columns; i++) {
      const name = table.columnAt(i).name;
      if (name.startsWith(start)) rest.push(name.substring(start.length));
    }
    return rest;
  }

  private column(path: string): Column | null {
    const table = this.table;
    return table ? table.columnOrNull(path) : null;
  }

  private get(path: string, type: i32, what: string): Column | null {
    if (!this.has(path)) return null;
    const column = this.column(path);
    if (column && column.type == type) return column;
    fail(SDK_FAILURE, "setting " + path + ": must be " + what);
    return null;
  }
}
