// What a guest exports. A plugin exports these again: the first three always, and the hooks that its manifest lists.
import { Answer } from "./answer";
import { Ask } from "./ask";
import { finish } from "./failure";
import { theGuest } from "./guest";
import { Image } from "./image";
import { Settings } from "./settings";

const pageSize: u32 = 65536;

// Hooks find this much memory without growing it: an instance whose hook grows its memory is thrown away.
const spare: u32 = 16 * pageSize;

/** The version of the ABI this package is written for: major × 65536 + minor. */
export function bailiwick_abi(): i32 {
  return 0x10000;
}

/** Gives room to the host for good, through the allocator, which so knows of it. */
export function bailiwick_reserve(bytes: u32): usize {
  const at = heap.alloc(bytes + pageSize);
  heap.free(heap.alloc(spare));
  return (at + pageSize - 1) & ~(<usize>pageSize - 1);
}

/** Configures the guest. */
export function bailiwick_configure(block: usize): i32 {
  theGuest().configure(new Image(load<u32>(block, 8)), new Settings(new Image(load<u32>(block, 16))));
  return finish(block + 24);
}

/** Asks the guest about sites. */
export function bailiwick_site(block: usize): i32 {
  const answer = new Answer(block);
  theGuest().site(new Ask(block), answer);
  answer.finish();
  return finish(block + 80);
}

/** Asks the guest about paths. */
export function bailiwick_path(block: usize): i32 {
  const answer = new Answer(block);
  theGuest().path(new Ask(block), answer);
  answer.finish();
  return finish(block + 80);
}

/** Asks the guest about placements. */
export function bailiwick_placement(block: usize): i32 {
  const answer = new Answer(block);
  theGuest().placement(new Ask(block), answer);
  answer.finish();
  return finish(block + 80);
}
