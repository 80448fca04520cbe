// A plugin of Bailiwick that refuses placements at fewer sites than are wanted, whatever fails.
import { Answer, Ask, Guest, Image, Settings, fail, register } from "./bailiwick";

// A reason of plugin.yaml.
const TOO_FEW: u16 = 1;

class Enough extends Guest {
  // How many sites have to be left.
  least: f64 = 0;

  /** Reads the settings. It is called once. */
  configure(snapshot: Image, settings: Settings): void {
    this.least = settings.number("sites", 2);
    if (this.least < 1) fail(2, "setting sites: must not be less than 1");
  }

  /**
   * Is asked about all placements in one call, each as it is and in every scenario that leaves something: rows of the
   * request's table placements.
   */
  placement(ask: Ask, answer: Answer): void {
    const survivors = ask.request.table("placements").relation("survivors");
    for (let row = ask.first(); row >= 0; row = ask.next(row)) {
      const left = survivors.at(row).length;
      if (<f64>left < this.least) answer.deny(row, TOO_FEW).integer(left).number(this.least);
    }
  }
}

register(new Enough());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_placement } from "./bailiwick/abi";
