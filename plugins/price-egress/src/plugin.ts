// Judges and scores placements by what they cost a month: copies by the price index of their sites, and the traffic
// between components by the prices of egress.
import { Answer, Ask, Guest, Image, NONE, NumberColumn, RefColumn, Settings, StringColumn, fail, register } from "../../../sdk/assemblyscript/assembly";

// Codes of the manifest's reasons.
const OVER_BUDGET: u16 = 1;
const OVER_BUDGET_AT_LEAST: u16 = 2;
const UNKNOWN_PRICE: u16 = 3;
const UNKNOWN_EGRESS: u16 = 4;

// Status of failures.
const BAD_SETTINGS: i32 = 2;

// Sums are of whole millionths of a dollar, so that their order does not matter.
const perDollar: f64 = 1e6;
// No single amount is counted as more than a billion dollars, and no budget is larger.
const most: f64 = 1e15;

/** What is known of a placement's cost, in millionths of a dollar. */
@unmanaged
class Bill {
  copies: i64;
  traffic: i64;
  site: u32; // the first whose price is unknown; NONE: all are known
  from: u32; // of the first traffic whose price is unknown, or NONE
  to: u32;
}

class PriceEgress extends Guest {
  usdPerIndexUnit: f64 = 0;
  budget: f64 = 0; // millionths
  withinRegion: f64 = -1; // US dollars a gigabyte; less than 0: unknown
  elsewhere: f64 = -1;

  // The snapshot's.
  index!: NumberColumn<f64>; // of sites
  region!: RefColumn;
  ids!: StringColumn;
  to!: StringColumn; // of egress
  usdPerGB!: NumberColumn<f64>;
  first!: StaticArray<u32>; // where a site's rows of egress begin in `order`, and behind the last site where they end
  order!: StaticArray<u32>;

  configure(snapshot: Image, settings: Settings): void {
    this.usdPerIndexUnit = settings.number("usdPerIndexUnit", 0);
    this.budget = settings.number("budgetUSD", 0) * perDollar;
    this.withinRegion = settings.number("withinRegionUSDPerGB", -1);
    this.elsewhere = settings.number("elsewhereUSDPerGB", -1);
    if (this.usdPerIndexUnit <= 0) fail(BAD_SETTINGS, "setting usdPerIndexUnit: must be above 0");
    if (this.budget <= 0 || this.budget > most) fail(BAD_SETTINGS, "setting budgetUSD: must be above 0 and at most 1000000000");

    const sites = snapshot.table("sites"), egress = snapshot.table("egress");
    this.index = sites.float64s("price.index");
    this.region = sites.refs("region");
    this.ids = sites.strings("id");
    this.to = egress.strings("to");
    this.usdPerGB = egress.float64s("usdPerGB");

    // Sorts the rows of egress by the site they start from.
    const from = egress.refs("from"), n = this.ids.rows, rows = from.rows;
    const first = new StaticArray<u32>(n + 2), order = new StaticArray<u32>(rows);
    for (let i: u32 = 0; i < rows; i++) first[from.at(i) + 2]++;
    for (let s: u32 = 2; s < n + 2; s++) first[s] += first[s - 1];
    for (let i: u32 = 0; i < rows; i++) order[first[from.at(i) + 1]++] = i;
    this.first = first;
    this.order = order;
  }

  placement(ask: Ask, answer: Answer): void {
    const bills = this.bills(ask);
    for (let row = ask.first(); row >= 0; row = ask.next(row)) {
      const bill = changetype<Bill>(bills + row * offsetof<Bill>());
      const cost = <f64>(bill.copies + bill.traffic), unsure = bill.site != NONE || bill.from != NONE;
      const dollars = cost / perDollar, budget = this.budget / perDollar;
      if (cost > this.budget) {
        answer.deny(row, unsure ? OVER_BUDGET_AT_LEAST : OVER_BUDGET)
          .number(dollars).number(<f64>bill.copies / perDollar).number(<f64>bill.traffic / perDollar).number(budget);
      } else if (bill.site != NONE) {
        answer.unknown(row, UNKNOWN_PRICE).site(bill.site).number(dollars).number(budget);
      } else if (bill.from != NONE) {
        answer.unknown(row, UNKNOWN_EGRESS).site(bill.from).site(bill.to).number(dollars).number(budget);
      }
      if (!unsure) answer.score(row, 100 * max(0, 1 - cost / this.budget));
    }
  }

  /** Adds up every placement of the request; the first of as many bills as there are placements. */
  private bills(ask: Ask): usize {
    const n = ask.selection.over, bills = heap.alloc(n * offsetof<Bill>());
    for (let row: u32 = 0; row < n; row++) {
      const bill = changetype<Bill>(bills + row * offsetof<Bill>());
      bill.copies = 0;
      bill.traffic = 0;
      bill.site = NONE;
      bill.from = NONE;
      bill.to = NONE;
    }
    const request = ask.request;
    const copies = request.table("copies"), units = request.table("components").float64s("units");
    const placed = copies.refs("placement"), component = copies.refs("component"), site = copies.refs("site");
    for (let i: u32 = 0; i < placed.rows; i++) {
      const bill = changetype<Bill>(bills + placed.at(i) * offsetof<Bill>());
      const amount = units.at(component.at(i)), at = site.at(i);
      if (amount == 0) continue;
      if (this.index.has(at)) bill.copies += parts(this.index.at(at) * amount * this.usdPerIndexUnit);
      else if (bill.site == NONE) bill.site = at;
    }

    const traffic = request.table("traffic"), gigabytes = request.table("dependencies").float64s("trafficGB");
    const placement = traffic.refs("placement"), dependency = traffic.refs("dependency");
    const from = traffic.refs("from"), to = traffic.refs("to");
    const pairs = heap.alloc(4 * n * gigabytes.rows); // of each placement and dependency
    memory.fill(pairs, 0, 4 * n * gigabytes.rows);
    for (let i: u32 = 0; i < placement.rows; i++) {
      const count = pairs + 4 * (placement.at(i) * gigabytes.rows + dependency.at(i));
      store<u32>(count, load<u32>(count) + 1);
    }
    for (let i: u32 = 0; i < placement.rows; i++) {
      const p = placement.at(i), d = dependency.at(i), a = from.at(i), b = to.at(i), amount = gigabytes.at(d);
      if (amount == 0 || a == b) continue;
      const bill = changetype<Bill>(bills + p * offsetof<Bill>()), price = this.price(a, b);
      if (price >= 0) {
        bill.traffic += parts((price * amount) / <f64>load<u32>(pairs + 4 * (p * gigabytes.rows + d)));
      } else if (bill.from == NONE) {
        bill.from = a;
        bill.to = b;
      }
    }
    return bills;
  }

  /** US dollars for a gigabyte from one site to another; less than 0 where it is unknown. */
  private price(from: u32, to: u32): f64 {
    let price = this.stated(from, to);
    if (price >= 0) return price;
    const home = this.region.orNone(from), away = this.region.orNone(to);
    if (home == NONE || away == NONE) return this.elsewhere;
    price = this.stated(home, away);
    if (price >= 0) return price;
    return home == away ? this.withinRegion : this.elsewhere;
  }

  /** What the snapshot states of exactly these two sites; -1 if it states nothing. */
  private stated(from: u32, to: u32): f64 {
    const id = this.ids.id(to);
    for (let i = this.first[from], end = this.first[from + 1]; i < end; i++) {
      const row = this.order[i];
      if (this.to.id(row) == id) return this.usdPerGB.or(row, -1);
    }
    return -1;
  }
}

/** Dollars in whole millionths. */
function parts(dollars: f64): i64 {
  return <i64>nearest<f64>(min(dollars * perDollar, most));
}

register(new PriceEgress());

export { bailiwick_abi, bailiwick_configure, bailiwick_placement, bailiwick_reserve } from "../../../sdk/assemblyscript/assembly/abi";
