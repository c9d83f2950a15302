// Where everything lies in one worker's region ("arena") of the shared memory. The arena is managed by hand: no
// allocator, no garbage collector, fixed bounds. All lengths in bytes.

/** Values longer than this are not interned; the line takes the exact path. */
export const LONGEST_PART: u32 = 65536;
/** Loads may reach this far beyond the last byte in use. */
const PAD: usize = 256;

/** Most depth-1 keys that are remembered of one object. */
export const MAX_KEYS: u32 = 64;
/** Events whose look-ups wait, so that the cache misses overlap. */
export const PENDING_LENGTH: u32 = 64;
export const PENDING_SIZE: usize = 160;
/** Longer paths, and URIs whose query may decide something, take the exact path: what waits must find room later. */
export const LONGEST_URI: u32 = 2048;
/** Room in the heap that is kept for them. */
export const PENDING_ROOM: usize = <usize>PENDING_LENGTH * (<usize>LONGEST_URI + 128);
/** Entries of the predictor: a guess which part comes next. */
export const PREDICTOR_BITS: u32 = 13;
/** Slots of the intern table, of the class index and of the names; each is full at 5/8 of them. */
export const PART_BITS: u32 = 18;
export const PART_LIMIT: u32 = 160000;
export const CLASS_BITS: u32 = 17;
export const CLASS_LIMIT: u32 = 80000;
export const NAME_BITS: u32 = 18;
export const NAME_LIMIT: u32 = 160000;
export const CLASS_SIZE: usize = 192;
/** Minutes of which activity is remembered: 2^20, almost two years. */
export const MINUTE_BITS: u32 = 20;

/** Longer bodies are not remembered. */
export const LONGEST_BODY: u32 = 262144;
/** Remembered bodies, and (of each of three tables) the slots that lead to them. */
export const BODY_ROOM: usize = 8 * 1024 * 1024;
export const BODY_BITS: u32 = 11;

const MASKS_SIZE: usize = <usize>LONGEST_BODY >> 3;
const BODY_SLOTS_SIZE: usize = (<usize>24) << BODY_BITS;
export const TEXTS_SIZE: usize = 4096;
const SPLATS_SIZE: usize = 256;
const KEYS_SIZE: usize = 1024;
const WAITING_SIZE: usize = <usize>PENDING_LENGTH * PENDING_SIZE;
const PREDICTOR_SIZE: usize = (<usize>4) << PREDICTOR_BITS;
const MINUTES_SIZE: usize = (<usize>1) << (MINUTE_BITS - 3);
const URI_ROOM: usize = <usize>LONGEST_URI + PAD;
const SLASH_MASKS_SIZE: usize = (<usize>LONGEST_URI >> 3) + 64;
const PART_TABLE_SIZE: usize = (<usize>8) << PART_BITS;
const CLASS_TABLE_SIZE: usize = (<usize>8) << CLASS_BITS;
const CLASSES_SIZE: usize = <usize>CLASS_LIMIT * CLASS_SIZE;
const NAME_TABLE_SIZE: usize = (<usize>8) << NAME_BITS;
const NAME_LIST_SIZE: usize = <usize>NAME_LIMIT << 3;
/** Where JavaScript leaves texts to be hashed. */
export const SCRATCH_SIZE: usize = 65536;

export let splats: usize = 0;
export let texts: usize = 0;
export let keys: usize = 0;
export let pending: usize = 0;
export let predictor: usize = 0;
export let minutes: usize = 0;
export let scratch: usize = 0;
export let uriRoom: usize = 0;
export let slashMasks: usize = 0;
export let partTable: usize = 0;
export let classTable: usize = 0;
export let classes: usize = 0;
export let nameTable: usize = 0;
export let nameList: usize = 0;
export let stringMasks: usize = 0;
export let bodySlots: usize = 0;
export let bodies: usize = 0;
export let window: usize = 0;
export let heap: usize = 0;
export let heapEnd: usize = 0;

/** Divides the arena. Returns false when it is too small to be of use. The arena must be zeroed. */
export function divide(base: usize, size: usize, windowSize: usize): bool {
  let at = (base + 63) & ~(<usize>63);
  splats = at;
  texts = at += SPLATS_SIZE;
  keys = at += TEXTS_SIZE;
  pending = at += KEYS_SIZE;
  predictor = at += WAITING_SIZE;
  minutes = at += PREDICTOR_SIZE;
  scratch = at += MINUTES_SIZE;
  uriRoom = at += SCRATCH_SIZE + PAD;
  slashMasks = at += URI_ROOM;
  partTable = at += SLASH_MASKS_SIZE;
  classTable = at += PART_TABLE_SIZE;
  classes = at += CLASS_TABLE_SIZE;
  nameTable = at += CLASSES_SIZE;
  nameList = at += NAME_TABLE_SIZE;
  stringMasks = at += NAME_LIST_SIZE;
  bodySlots = at += MASKS_SIZE;
  bodies = at += BODY_SLOTS_SIZE;
  window = at += BODY_ROOM + PAD;
  heap = at += windowSize + PAD;
  heapEnd = base + size - PAD;
  return heap + 4 * <usize>LONGEST_PART < heapEnd;
}
