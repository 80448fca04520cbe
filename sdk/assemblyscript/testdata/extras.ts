// Tells what the SDK makes of things that the probe does not ask it for: see TestExtras.
import { Answer, Ask, Guest, Image, RttTable, Settings, register } from "./bailiwick";

class Extras extends Guest {
  rtt!: RttTable;
  text: string = "";
  missing: string = "";
  nothing: f64 = 0;
  flag: bool = false;
  list: string = "";
  under: string = "";
  rows: i32 = 0;
  element: f64 = 0;
  tooMany: bool = false;

  configure(snapshot: Image, settings: Settings): void {
    this.rtt = new RttTable(snapshot);
    const text = settings.text("text"), missing = settings.text("missing"), list = settings.list("list");
    this.text = text ? text : "none";
    this.missing = missing ? missing : "none";
    this.nothing = settings.number("null", -1);
    this.flag = settings.flag("flag", false);
    if (list) this.list = list[list.length - 1] + (list.includes("b") ? " has b" : "") + (list.includes("c") ? " has c" : "");
    const under = settings.under("weights");
    for (let i = 0; i < under.length; i++) this.under += "/" + under[i];
    this.rows = settings.length("rows");
    this.element = settings.number("rows.10", -1);
    this.tooMany = settings.flag("tooMany", false);
  }

  site(ask: Ask, answer: Answer): void {
    const first = ask.first(), rtt = this.rtt, r = ask.request;
    if (first < 0) return;
    for (let site = first; site >= 0; site = ask.next(site)) {
      const time = rtt.between(first, site);
      answer.warn(site, 1).integer(time.micros).integer(time.measured ? 1 : 0);
    }
    answer.warn(first, 2).text(this.text).text(this.missing).number(this.nothing).integer(this.flag ? 1 : 0)
      .text(this.list).text(this.under).integer(this.rows).number(this.element);
    answer.warn(first, 3).text(r.name).text(r.at).text(r.day).integer(r.assumesUnknown ? 1 : 0)
      .text(r.carbonBasis == "" ? "none" : r.carbonBasis)
      .number(isFinite(r.carbonCeiling) ? r.carbonCeiling : -1).number(isFinite(r.costCeiling) ? r.costCeiling : -1);
    let a: i64 = 0, b: i64 = 0, sum: i64 = 0;
    for (let i: u32 = 0; i < rtt.spans; i++) {
      a += rtt.spanStart(i);
      b += rtt.spanEnd(i);
      sum += rtt.spanMicros(i);
    }
    answer.warn(first, 4).integer(rtt.spans).integer(a).integer(b).integer(sum);
    if (this.tooMany) {
      answer.oblige(first, 5);
      for (let i = 0; i < 9; i++) answer.integer(0);
    }
  }
}

register(new Extras());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_site } from "./bailiwick/abi";
