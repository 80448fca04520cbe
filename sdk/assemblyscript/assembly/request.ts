import { Image } from "./image";

/** The request that a hook is asked about: an image, whose tables docs/abi.md lists, with its one row of general facts. */
export class Request extends Image {
  /** Its name. */
  get name(): string {
    return this.text("name");
  }

  /** The decision time, RFC 3339. */
  get at(): string {
    return this.text("at");
  }

  /** The day of the decision in UTC, such as `2026-11-01`. */
  get day(): string {
    return this.text("day");
  }

  /** Whether sites whose verdict hangs on an unknown fact may be chosen all the same. */
  get assumesUnknown(): bool {
    return this.text("unknown") == "assume";
  }

  /** `location` or `market`; empty if the request does not speak of carbon. */
  get carbonBasis(): string {
    return this.text("carbon.basis");
  }

  /** The most grams of CO2 equivalent a kilowatt-hour; infinite without a ceiling. */
  get carbonCeiling(): f64 {
    return this.number("carbon.maxGramsPerKWh");
  }

  /** The largest price index; infinite without a ceiling. */
  get costCeiling(): f64 {
    return this.number("cost.maxIndex");
  }

  private text(name: string): string {
    const column = this.table("request").strings(name);
    return column.rows > 0 && column.has(0) ? column.at(0) : "";
  }

  private number(name: string): f64 {
    const column = this.table("request").float64s(name);
    return column.rows > 0 ? column.or(0, Infinity) : Infinity;
  }
}
