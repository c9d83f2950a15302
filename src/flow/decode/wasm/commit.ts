// The fields of an event -> its class's key, and what identifies its request. Names are folded here: events that differ in
// nothing but the name of their object are one class.
import { ALLOW, admitPolicy, decision, reason } from './annotations';
import { hasRoom, takeName, takeUri, useUri, wait } from './classes';
import {
  RECEIVED_STAGE,
  auditId,
  auditIdLength,
  hasBodies,
  isComplete,
  level,
  micros,
  stage,
  verbAt,
  verbHigh,
  verbLength,
  verbLow,
} from './event';
import { MESSAGE, OWNERS, PATH, PREFIX, SUFFIX, URI } from './kinds';
import { uriRoom } from './layout';
import { asksUnsafeDelete, namesReadGroup, objectRefAt, objectRefEnd, ownersAt } from './objects';
import { canonicalOf, identityOf, intern, recognise, setFull } from './parts';
import { reduceUri } from './query';
import { code, messageAt } from './status';
import { finish, hashBytes, mix } from './text';
import { tCreate, tDelete, tDeleteCollection, tPatch, tProxy, tUpdate } from './texts';
import { day, noteMinute } from './time';
import { keepsQuery, nameAt, nameEnd, objectEnd, pathEnd, pathHash, uriAt, uriEnd } from './uri';
import { authentication, impersonated, user, userAgent } from './users';

/** Counts the event that was read; false when it needs the exact path, or there is no room (`full`). */
export function commit(): bool {
  if (!isComplete()) return false;
  let owners: u32 = 0;
  if (hasBodies()) {
    if (isWrite()) {
      if (namesReadGroup(uriAt, pathEnd)) return false;
      if (objectRefAt != 0 && namesReadGroup(objectRefAt, objectRefEnd)) return false;
      if (ownersAt != 0) {
        owners = recognise(OWNERS, 0, ownersAt);
        if (owners == 0) return false;
      }
    } else if (asksUnsafeDelete && isDelete()) {
      return false;
    }
  }
  let message: u32 = 0;
  if (code == 403 && decision == ALLOW && messageAt != 0) {
    message = recognise(MESSAGE, 0, messageAt);
    if (message == 0) return false;
  }
  if (!hasRoom()) {
    setFull();
    return false;
  }
  if (!takePath(owners) || !noteMinute()) return false;
  wait(
    verbLow,
    verbHigh,
    <u64>canonicalOf(user) | ((<u64>impersonated) << 32),
    userAgent,
    <u64>reason | ((<u64>admitPolicy) << 32),
    <u64>message | ((<u64>owners) << 32),
    <u64>authentication | ((<u64>(<u32>day)) << 32),
    code | (decision << 16) | (level << 20) | (stage << 24),
    auditId,
    auditIdLength,
    stage == RECEIVED_STAGE ? 0 : requestHash(),
    micros,
  );
  return true;
}

/**
 * Takes what is reported of the URI (relevant-uri.ts), without the name where attribution takes names from nowhere else:
 * not where somebody was impersonated, nor beside owners or an admitting policy. False when there is no room.
 */
// @ts-ignore: decorator
@inline
function takePath(owners: u32): bool {
  if (keepsQuery) return takeQuery();
  // A proxied request has no subresource.
  const isProxy = verbLow == load<u64>(tProxy) && verbHigh == 0;
  const end = isProxy ? pathEnd : objectEnd;
  if (nameAt == 0 || isProxy || verbLow == 0 || (impersonated | authentication | owners | admitPolicy) != 0) {
    const length = <u32>(end - uriAt);
    takeUri(PATH, uriAt, length, end == pathEnd ? pathHash : hashBytes(uriAt, length));
    return true;
  }
  const suffix = nameEnd == end ? 0 : intern(SUFFIX, nameEnd, end);
  if (suffix == 0 && nameEnd != end) return false;
  const prefixLength = <u32>(nameAt - uriAt);
  takeUri(PREFIX, uriAt, prefixLength, hashBytes(uriAt, prefixLength));
  const nameLength = <u32>(nameEnd - nameAt);
  takeName(nameAt, nameLength, hashBytes(nameAt, nameLength), suffix);
  return true;
}

function takeQuery(): bool {
  const end = reduceUri(uriAt, pathEnd, uriEnd);
  const uri = end == 0 ? intern(URI, uriAt, uriEnd) : intern(URI, uriRoom, end);
  if (uri == 0) return false;
  useUri(uri);
  return true;
}

function requestHash(): u64 {
  return combine(
    hashBytes(auditId, auditIdLength),
    hashBytes(verbAt, verbLength),
    pathHash,
    identityOf(impersonated != 0 ? impersonated : user),
  );
}

/** What identifies a request, beside its time; never 0. */
export function combine(auditIdHash: u64, verbHash: u64, pathHash: u64, usernameHash: u64): u64 {
  const hash = finish(mix(mix(mix(auditIdHash, verbHash), pathHash), usernameHash));
  return hash == 0 ? 1 : hash;
}

function isWrite(): bool {
  return verbHigh == 0 && (verbLow == load<u64>(tUpdate) || verbLow == load<u64>(tPatch) || verbLow == load<u64>(tCreate));
}

function isDelete(): bool {
  if (verbLow == load<u64>(tDelete)) return verbHigh == 0;
  return verbLow == load<u64>(tDeleteCollection) && verbHigh == load<u64>(tDeleteCollection, 8);
}
