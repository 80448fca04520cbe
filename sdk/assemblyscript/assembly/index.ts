// Guests of Bailiwick, ABI bailiwick/1. README.md has a complete example.
export { Answer } from "./answer";
export { Ask } from "./ask";
export { log, random, time } from "./capability";
export {
  BitsColumn, BoolColumn, Column, ListColumn, Matrix, NumberColumn, RefColumn, RelationColumn, StringColumn,
} from "./column";
export { fail } from "./failure";
export { Guest, register } from "./guest";
export { Image, NONE, Table } from "./image";
export { Request } from "./request";
export { Rtt, RttTable } from "./rtt";
export { Rows, Set } from "./set";
export { Settings } from "./settings";
export { State, Type } from "./state";
