// Pub/Sub messages, pushed or pulled -> the log entry inside: base64 of one JSON object.
import { fieldOf, type JsonObject, objectOf } from '../../base/json-fields.ts';
import type { Part } from './parts.ts';

/** The entry of `{"message": {"data": …}}`; `undefined` when the object is something else. */
export function partsOfPubSub(object: JsonObject): readonly Part[] | undefined {
  const message = objectOf(object, 'message');
  const data = message === undefined ? undefined : fieldOf(message, 'data');
  if (typeof data !== 'string') return undefined;
  return [{ as: 'text', text: Buffer.from(data, 'base64').toString('utf8'), isAudit: false, micros: 0 }];
}
