// responseStatus: the code, and where its message is.
import { MAX_KEYS, keys } from './layout';
import { QUOTE, plainEnd, same16, same32 } from './text';
import { tCode, tMessage, tStatus } from './texts';
import { keyCount, skipRecorded } from './validate';

export let code: u32 = 0;
/** The JSON string; 0: none. */
export let messageAt: usize = 0;

export function clearStatus(): void {
  code = 0;
  messageAt = 0;
}

export function readStatus(p: usize): usize {
  if (same32(p, tStatus, 22)) {
    const end = readCode(p + 22);
    if (end == 0) return 0;
    if (load<u8>(end) == 0x7d) return end + 1;
    code = 0;
  }
  if (load<u8>(p) != 0x7b) return 0;
  const end = skipRecorded(p);
  if (end == 0 || keyCount > MAX_KEYS) return 0;
  let hasCode = false;
  for (let i: u32 = 0; i < keyCount; i++) {
    const key = <usize>load<u32>(keys + ((<usize>i) << 2));
    const keyEnd = plainEnd(key);
    if (keyEnd == 0) return 0;
    if (same16(key, tCode, 5)) {
      if (hasCode || readCode(keyEnd + 2) == 0) return 0;
      hasCode = true;
    } else if (same16(key, tMessage, 8)) {
      if (messageAt != 0 || load<u8>(keyEnd, 2) != QUOTE) return 0;
      messageAt = keyEnd + 2;
    }
  }
  return end;
}

/** A whole number of up to three digits, and what may follow it. */
function readCode(p: usize): usize {
  let value = <u32>load<u8>(p) - 0x30;
  if (value > 9) return 0;
  let end = p + 1;
  if (value != 0) {
    for (let i = 0; i < 2; i++) {
      const digit = <u32>load<u8>(end) - 0x30;
      if (digit > 9) break;
      value = value * 10 + digit;
      end++;
    }
  }
  const c = load<u8>(end);
  if (c != 0x2c && c != 0x7d) return 0;
  code = value;
  return end;
}
