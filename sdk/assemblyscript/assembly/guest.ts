import { Answer } from "./answer";
import { Ask } from "./ask";
import { Image } from "./image";
import { Settings } from "./settings";

/**
 * A guest: what it makes of the snapshot and its settings before it is asked anything, and what it answers.
 *
 * Before every hook the host brings the guest back to what `configure` left. So a hook may write to its guest, but no
 * other call sees it. A guest exports the hooks it overrides, and its manifest lists them.
 */
export abstract class Guest {
  /**
   * Takes the settings, looks at the snapshot, and prepares. The snapshot stays for good: columns of it can be opened here
   * once and kept. The settings are gone afterwards.
   */
  configure(snapshot: Image, settings: Settings): void {}

  /** Judges sites: rows of the snapshot's table `sites`, those of `ask` and no other. */
  site(ask: Ask, answer: Answer): void {
    unreachable();
  }

  /** Judges paths: rows of the request's table `paths`. */
  path(ask: Ask, answer: Answer): void {
    unreachable();
  }

  /** Judges placements, each in each scenario: rows of the request's table `placements`. */
  placement(ask: Ask, answer: Answer): void {
    unreachable();
  }
}

let registered: Guest | null = null;

/** Names the guest that the exports of `abi.ts` ask. Call it once, where the module begins. */
export function register(guest: Guest): void {
  registered = guest;
}

/** The guest that was named. */
export function theGuest(): Guest {
  return registered!;
}
