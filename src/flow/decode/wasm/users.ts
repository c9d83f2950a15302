// The user, the impersonated user and how the request was authenticated -> parts.
import { AUTHENTICATION, IMPERSONATED, PLAIN_USER, USER, USER_AGENT } from './kinds';
import { MAX_KEYS, keys } from './layout';
import { ENTRY_HEAD, canonicalOf, intern, partLength, recognise, setCanonical, setIdentity } from './parts';
import { QUOTE, hashBytes, isAscii, plainEnd, same16 } from './text';
import { tExtra, tUsername } from './texts';
import { keyCount, skipRecorded } from './validate';

/** Parts; 0: none. */
export let user: u32 = 0;
export let impersonated: u32 = 0;
export let authentication: u32 = 0;
export let userAgent: u32 = 0;

export function clearUsers(): void {
  user = 0;
  impersonated = 0;
  authentication = 0;
  userAgent = 0;
}

export function readUser(p: usize): usize {
  if (load<u8>(p) != 0x7b) return 0;
  user = recognise(USER, hashBytes(p + 13, 32), p);
  if (user == 0) return 0;
  if (canonicalOf(user) == 0 && !examineUser(user, true)) return 0;
  return p + <usize>partLength(user);
}

export function readImpersonated(p: usize): usize {
  if (load<u8>(p) != 0x7b) return 0;
  impersonated = recognise(IMPERSONATED, hashBytes(p + 13, 32), p);
  if (impersonated == 0) return 0;
  if (canonicalOf(impersonated) == 0 && !examineUser(impersonated, false)) return 0;
  return p + <usize>partLength(impersonated);
}

/**
 * Finds the username of a new user. Its `extra` holds what differs in every token and is not reported, so where it comes
 * last, users that differ in nothing else are one.
 */
function examineUser(entry: u32, dropsExtra: bool): bool {
  const at = <usize>(entry + ENTRY_HEAD);
  if (skipRecorded(at) == 0 || keyCount == 0 || keyCount > MAX_KEYS) return false;
  let found = false;
  let last: usize = 0;
  for (let i: u32 = 0; i < keyCount; i++) {
    last = <usize>load<u32>(keys + ((<usize>i) << 2));
    const end = plainEnd(last);
    if (end == 0) return false;
    if (!same16(last, tUsername, 9)) continue;
    if (found || load<u8>(end, 2) != QUOTE) return false;
    const nameEnd = plainEnd(end + 3);
    if (nameEnd == 0 || !isAscii(end + 3, nameEnd)) return false;
    setIdentity(entry, hashBytes(end + 3, <u32>(nameEnd - end - 3)));
    found = true;
  }
  if (!found) return false;
  const endsWithExtra = dropsExtra && keyCount > 1 && same16(last, tExtra, 6);
  // Without the closing brace, or without `,"extra":{…}}`.
  const plain = dropsExtra
    ? intern(PLAIN_USER, at, endsWithExtra ? last - 2 : at + <usize>partLength(entry) - 1)
    : entry;
  setCanonical(entry, plain);
  return plain != 0;
}

export function readAuthentication(p: usize): usize {
  if (load<u8>(p) != 0x7b) return 0;
  authentication = recognise(AUTHENTICATION, 0, p);
  return authentication == 0 ? 0 : p + <usize>partLength(authentication);
}

export function readUserAgent(p: usize): usize {
  userAgent = recognise(USER_AGENT, <u64>user, p);
  return userAgent == 0 ? 0 : p + <usize>partLength(userAgent);
}
