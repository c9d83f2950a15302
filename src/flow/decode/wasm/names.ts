// The names of each class: pairs of a class and a part, each once. All of them are kept, so that which ones are shown later
// does not depend on their order.
import { NAME_BITS, NAME_LIMIT, PENDING_LENGTH, nameList, nameTable } from './layout';
import { finish, mix } from './text';

// A slot of the table is the pair itself: part u32, class u32; 0 when it is free. A class's names are chained: part u32,
// the next one u32.
const TABLE_MASK: u32 = ((<u32>1) << NAME_BITS) - 1;

let nameCount: u32 = 0;

/** Forgets all names. */
export function clearNames(): void {
  nameCount = 0;
  memory.fill(nameTable, 0, (<usize>8) << NAME_BITS);
}

/** Whether the names of all events that may wait will find room. */
// @ts-ignore: decorator
@inline
export function namesHaveRoom(): bool {
  return nameCount + PENDING_LENGTH <= NAME_LIMIT;
}

// @ts-ignore: decorator
@inline
function slotOf(pair: u64): usize {
  return nameTable + (<usize>(<u32>finish(mix(0, pair)) & TABLE_MASK) << 3);
}

// @ts-ignore: decorator
@inline
function pairOf(owner: usize, name: u32): u64 {
  return <u64>name | ((<u64>owner) << 32);
}

/** Touches the place of the pair, so that it is in the cache when it is looked up. */
// @ts-ignore: decorator
@inline
export function touchName(owner: usize, name: u32): u64 {
  return load<u64>(slotOf(pairOf(owner, name)));
}

/** Adds a name to those of the class, unless it has it. `chain` is where the class holds the last one that was added. */
// @ts-ignore: decorator
@inline
export function addName(owner: usize, name: u32, chain: usize): void {
  const pair = pairOf(owner, name);
  const last = nameTable + (<usize>TABLE_MASK << 3);
  let at = slotOf(pair);
  while (true) {
    const found = load<u64>(at);
    if (found == pair) return;
    if (found == 0) break;
    at = at == last ? nameTable : at + 8;
  }
  store<u64>(at, pair);
  const link = nameList + (<usize>nameCount << 3);
  nameCount++;
  store<u32>(link, name);
  store<u32>(link, load<u32>(chain), 4);
  store<u32>(chain, <u32>link);
}
