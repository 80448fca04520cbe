import { BitsColumn, Matrix, NumberColumn, RefColumn } from "./column";
import { Image } from "./image";

/** A round-trip time between two sites. */
export class Rtt {
  /** Whole microseconds; -1 where the snapshot does not have it. */
  micros: i32 = -1;
  /** Whether it was measured; else a model fills it in. */
  measured: bool = false;
}

const enum SiteKind {
  Region = 0,
  AvailabilityZone = 1,
  RegionalEdgeCache = 6,
}

/**
 * Round-trip times between sites, as the snapshot has them. Make one in `configure`. The times a decision goes by are the
 * host's, and stand in the request; this is for what is not asked about there.
 */
export class RttTable {
  private kind: NumberColumn<u8>; // of sites
  private region: RefColumn; // of sites
  private site: RefColumn; // of regions, ascending
  private rtt: Matrix;
  private measured: BitsColumn;
  private linkFrom: RefColumn; // links are sorted by from, then to
  private linkTo: RefColumn;
  private link: NumberColumn<i32>;
  private spanFrom: RefColumn;
  private spanTo: RefColumn;
  private span: NumberColumn<i32>;

  constructor(snapshot: Image) {
    const sites = snapshot.table("sites"), regions = snapshot.table("regions");
    const links = snapshot.table("links"), backbone = snapshot.table("backbone");
    this.kind = sites.uint8s("kind");
    this.region = sites.refs("region");
    this.site = regions.refs("site");
    this.rtt = regions.matrix("rtt");
    this.measured = regions.bits("measured");
    this.linkFrom = links.refs("from");
    this.linkTo = links.refs("to");
    this.link = links.int32s("rtt");
    this.spanFrom = backbone.refs("from");
    this.spanTo = backbone.refs("to");
    this.span = backbone.int32s("rtt");
  }

  /**
   * The time from one site to another, both rows of `sites`: what a link between the two says, else that between their
   * regions, with a link's from a Local Zone, Wavelength Zone or Outpost to its region on top. Where there is none, the
   * host may still model such a time from a distance.
   */
  between(from: u32, to: u32): Rtt {
    const answer = new Rtt(), linked = this.linked(from, to);
    if (linked >= 0) {
      answer.micros = linked;
      answer.measured = true;
      return answer;
    }
    const home = this.region.orNone(from), away = this.region.orNone(to);
    const a = this.site.search(home), b = this.site.search(away);
    if (a < 0 || b < 0) return answer;
    const micros = this.rtt.at(a, b), leave = this.leg(from, home), arrive = this.leg(to, away);
    if (micros < 0 || leave < 0 || arrive < 0) return answer;
    answer.micros = micros + leave + arrive;
    answer.measured = this.measured.at(a).has(b) && (a != b || from == to);
    return answer;
  }

  /** How many pairs of regions are taken to be joined directly. */
  get spans(): u32 {
    return this.span.rows;
  }

  /** One end of such a pair, a row of `sites`. */
  spanStart(number: u32): u32 {
    return this.site.at(this.spanFrom.at(number));
  }

  /** Its other end, a row of `sites`. */
  spanEnd(number: u32): u32 {
    return this.site.at(this.spanTo.at(number));
  }

  /** The mean of its two measured times, in whole microseconds. */
  spanMicros(number: u32): i32 {
    return this.span.at(number);
  }

  /** The time between a site and its region: nothing for those that stand on its ground; -1 if there is none. */
  private leg(site: u32, region: u32): i32 {
    switch (<i32>this.kind.or(site, 255)) {
      case SiteKind.Region:
      case SiteKind.AvailabilityZone:
      case SiteKind.RegionalEdgeCache:
        return 0;
    }
    return this.linked(site, region);
  }

  private linked(from: u32, to: u32): i32 {
    let low: u32 = 0, high = this.link.rows;
    while (low < high) {
      const middle = low + (high - low) / 2;
      const a = this.linkFrom.orNone(middle), b = this.linkTo.orNone(middle);
      if (a == from && b == to) return this.link.or(middle, -1);
      if (a < from || (a == from && b < to)) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}
