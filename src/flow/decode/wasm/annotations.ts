// The annotations that say what the authorizer decided, and why.
import { ADMIT_POLICY, REASON } from './kinds';
import { partLength, recognise } from './parts';
import { QUOTE, mix, plainEnd, same16, same32, same64 } from './text';
import { tAdmitPolicy, tAllow, tDecision, tForbid, tReason } from './texts';
import { user } from './users';
import { skipValue } from './validate';

export const ALLOW: u32 = 1;
const FORBID: u32 = 2;

// Those that have been seen: of two, JSON.parse takes the last.
const DECISION: u32 = 1;
const REASON_SEEN: u32 = 2;
const ADMIT_SEEN: u32 = 4;
let seen: u32 = 0;

export let decision: u32 = 0;
/** Parts; 0: none. */
export let reason: u32 = 0;
export let admitPolicy: u32 = 0;

export function clearAnnotations(): void {
  seen = 0;
  decision = 0;
  reason = 0;
  admitPolicy = 0;
}

export function readAnnotations(p: usize): usize {
  if (load<u8>(p) != 0x7b) return 0;
  p++;
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    p = readAnnotation(p);
    if (p == 0) return 0;
    const c = load<u8>(p);
    if (c == 0x7d) return p + 1;
    if (c != 0x2c) return 0;
    p++;
  }
}

function readAnnotation(p: usize): usize {
  if (same64(p, tDecision, 33)) {
    if ((seen & DECISION) != 0) return 0;
    seen |= DECISION;
    return readDecision(p + 33);
  }
  if (same32(p, tReason, 31)) {
    if ((seen & REASON_SEEN) != 0) return 0;
    seen |= REASON_SEEN;
    p += 30;
    if (load<u16>(p) == 0x2222) return p + 2;
    reason = recognise(REASON, mix(<u64>user, load<u64>(p + 40)), p);
    return reason == 0 ? 0 : p + <usize>partLength(reason);
  }
  if (load<u8>(p) != QUOTE) return 0;
  const end = plainEnd(p + 1);
  if (end == 0 || load<u8>(end, 1) != 0x3a) return 0;
  // The known ones, with something else than text.
  if (same32(p, tDecision, 31) || same32(p, tReason, 29)) return 0;
  if (!same64(p, tAdmitPolicy, 46)) return skipValue(end + 2);
  if ((seen & ADMIT_SEEN) != 0 || load<u8>(end, 2) != QUOTE) return 0;
  seen |= ADMIT_SEEN;
  admitPolicy = recognise(ADMIT_POLICY, 0, end + 2);
  return admitPolicy == 0 ? 0 : end + 2 + <usize>partLength(admitPolicy);
}

function readDecision(p: usize): usize {
  if (same16(p, tAllow, 6)) {
    decision = ALLOW;
    return p + 6;
  }
  decision = FORBID;
  return same16(p, tForbid, 7) ? p + 7 : 0;
}
