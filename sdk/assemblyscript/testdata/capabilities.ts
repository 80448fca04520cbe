// Uses all capabilities there are: see TestCapabilities.
import { Answer, Ask, Guest, log, random, register, time } from "./bailiwick";

class Capable extends Guest {
  site(ask: Ask, answer: Answer): void {
    const bytes = new Uint8Array(4);
    random(bytes);
    log("it is " + time().toString());
    for (let row = ask.first(); row >= 0; row = ask.next(row)) answer.warn(row, 1).integer(bytes[0]).integer(time());
  }
}

register(new Capable());

export { bailiwick_abi, bailiwick_configure, bailiwick_reserve, bailiwick_site } from "./bailiwick/abi";
