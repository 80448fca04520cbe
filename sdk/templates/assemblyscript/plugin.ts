// A plugin of Bailiwick that refuses sites whose electricity emits too much.
import { Answer, Ask, Guest, Image, NumberColumn, Settings, State, fail, register } from "./bailiwick";

// A reason of plugin.yaml.
const TOO_MUCH: u16 = 1;

class Grids extends Guest {
  // What configure leaves to judge.
  ceiling: f64 = 0;
  grid!: NumberColumn<f64>;

  /** Reads the settings and finds the columns of the snapshot. It is called once. */
  configure(snapshot: Image, settings: Settings): void {
    this.ceiling = settings.number("ceiling", 300);
    if (this.ceiling < 0) fail(2, "setting ceiling: must not be less than 0");
    this.grid = snapshot.table("sites").float64s("carbon.gridGramsPerKWh");
  }

  /** Is asked about all candidates in one call, and finds what configure left. */
  site(ask: Ask, answer: Answer): void {
    const grid = this.grid, ceiling = this.ceiling;
    for (let site = ask.first(); site >= 0; site = ask.next(site)) {
      const state = grid.state(site);
      if (state == State.Unknown) {
        answer.doubt(site);
      } else if (state == State.Value) {
        const grams = grid.at(site);
        if (grams > ceiling) answer.deny(site, TOO_MUCH).site(site).number(grams).number(ceiling);
      }
    }
  }
}

register(new Grids());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_site } from "./bailiwick/abi";
