// Which requests were counted already, so that stages, retried batches, a second copy of a file and an aggregated server's
// own log count each request once. The plain JavaScript of it, for decoding without the scanner.
import type { Micros, ObjectRef } from '../types.ts';
import type { DecodedEvent } from './event.ts';

/**
 * Copies of one request carry the same time; a client that sends its own Audit-ID twice does not do it within a second.
 * Counted as the scanner's request set counts it (wasm/requests.ts): times at most 15 units of 65.536 ms apart.
 */
const microsPerUnit = 65_536;
const mostUnitsApart = 15;

/** Requests remembered at most: the last half of this, or more. About 100 MB at its fullest. */
const mostRequests = 1 << 18;

/** What identifies a request, beside its time: none of them alone. */
export interface RequestIdentity {
  /** `''` when the feed has none: then nothing tells a copy from a repetition. */
  readonly auditId: string;
  readonly verb: string;
  /** Without the query. */
  readonly path: string;
  /** The effective user's: an aggregated API server logs the impersonated user as the user. */
  readonly username: string;
}

export function identityOf({ auditId, event, path }: DecodedEvent): RequestIdentity {
  const { verb, objectRef, user, impersonatedUser } = event;
  const target = path === '' && objectRef !== undefined ? pathOfObject(objectRef) : path;
  return { auditId, verb, path: target, username: impersonatedUser?.username ?? user.username };
}

/** Stands for the path where a feed carries none. */
function pathOfObject(ref: ObjectRef): string {
  return [ref.apiGroup, ref.resource, ref.subresource, ref.namespace, ref.name].join('/');
}

/** Remembers requests, the latest ones when there are too many. */
export class RequestIdentities {
  // Two generations: when the young one is full, the old one is forgotten. The keys hold the time in steps of 16 units, so
  // that what is near lies in one of three; two in one step would be one request.
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** Enters a request; false when it had been entered before. */
  enter({ auditId, verb, path, username }: RequestIdentity, receivedMicros: Micros): boolean {
    const unit = Math.floor(receivedMicros / microsPerUnit);
    const step = Math.floor(unit / (mostUnitsApart + 1));
    // NUL stands in none of them, unless someone forged it.
    const identity = `${auditId}\u0000${verb}\u0000${path}\u0000${username}\u0000`;
    for (const near of [step, step - 1, step + 1]) {
      const before = this.#young.get(identity + near) ?? this.#old.get(identity + near);
      if (before !== undefined && Math.abs(before - unit) <= mostUnitsApart) return false;
    }
    if (this.#young.size >= mostRequests / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(identity + step, unit);
    return true;
  }
}
