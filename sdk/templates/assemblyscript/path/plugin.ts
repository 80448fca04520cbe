// A plugin of Bailiwick that refuses paths which leave the provider's own network.
import { Answer, Ask, Guest, Image, Settings, State, register } from "./bailiwick";

// A reason of plugin.yaml.
const PUBLIC: u16 = 1;

class Paths extends Guest {
  // A setting: such paths are warned of and not refused.
  warnOnly: bool = false;

  /** Reads the settings. It is called once. */
  configure(snapshot: Image, settings: Settings): void {
    this.warnOnly = settings.flag("warnOnly", false);
  }

  /** Is asked about all paths in one call: rows of the request's table paths. */
  path(ask: Ask, answer: Answer): void {
    const paths = ask.request.table("paths");
    const from = paths.refs("from"), to = paths.refs("to"), own = paths.bools("private");
    for (let row = ask.first(); row >= 0; row = ask.next(row)) {
      const state = own.state(row);
      if (state == State.Unknown) {
        const said = this.warnOnly ? answer.possibleWarning(row, PUBLIC) : answer.unknown(row, PUBLIC);
        said.site(from.at(row)).site(to.at(row));
      } else if (state == State.Value && !own.at(row)) {
        const said = this.warnOnly ? answer.warn(row, PUBLIC) : answer.deny(row, PUBLIC);
        said.site(from.at(row)).site(to.at(row));
      }
    }
  }
}

register(new Paths());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_path } from "./bailiwick/abi";
