// EKS: CloudWatch Logs exports and subscription messages -> the events inside. Each log event's `message` is one audit
// event as text; the cluster's log group also holds the streams of other components.
import { gunzipSync } from 'node:zlib';
import { arrayOf, fieldOf, isObject, type JsonObject, objectOf, stringOf } from '../../base/json-fields.ts';
import { parseMicros } from './parse-micros.ts';
import { type Part, skipped } from './parts.ts';

/** The streams that hold audit events; `kube-apiserver-<hex>` is the server's own log. */
export const auditStreamPrefix = 'kube-apiserver-audit';

/** A subscription message inflates to at most this: CloudWatch sends 1 MB at a time, so more is no such message. */
const largestSubscriptionBytes = 16 * 1024 * 1024;

/** The log events of a CloudWatch object, whatever wrote it; `undefined` when it is none. */
export function partsOfCloudWatch(object: JsonObject): readonly Part[] | undefined {
  const compressed = objectOf(object, 'awslogs');
  if (compressed !== undefined) return partsOfSubscriptionData(compressed);
  // Insights rows first: their columns are named by the user and may include any of the other keys.
  if (typeof fieldOf(object, '@message') === 'string') return [partOfInsightsRow(object)];
  const messageType = stringOf(object, 'messageType');
  const logEvents = arrayOf(object, 'logEvents');
  if (messageType === 'CONTROL_MESSAGE') return [skipped];
  if (logEvents !== undefined) return logEvents.map((event) => partOfLogEvent(event, stringOf(object, 'logStream')));
  const events = arrayOf(object, 'events');
  if (events !== undefined) return events.map((event) => partOfLogEvent(event, ''));
  const results = arrayOf(object, 'results');
  if (results !== undefined) return results.map(partOfInsightsResult);
  return isLogEvent(object) ? [partOfLogEvent(object, '')] : undefined;
}

function isLogEvent(object: JsonObject): boolean {
  if (typeof fieldOf(object, 'message') !== 'string') return false;
  return ['logStreamName', 'eventId', 'ingestionTime'].some((key) => Object.hasOwn(object, key));
}

function partOfLogEvent(value: unknown, streamOfBatch: string): Part {
  if (!isObject(value)) return skipped;
  const stream = stringOf(value, 'logStreamName') || streamOfBatch;
  if (stream !== '' && !stream.startsWith(auditStreamPrefix)) return skipped;
  const message = fieldOf(value, 'message');
  const micros = parseMicros(fieldOf(value, 'timestamp'));
  // Some exporters parse the message already. An `events` array of anything else ends here as well: skipped.
  if (isObject(message)) return { as: 'value', value: message, isAudit: stream !== '', micros };
  if (typeof message === 'string') return { as: 'text', text: message, isAudit: stream !== '', micros };
  return stream === '' ? { as: 'value', value, isAudit: false, micros } : { as: 'bad', reason: 'it has no message' };
}

/** `.awslogs.data` of a subscription: base64 of the gzipped batch, as a Lambda function gets it. */
function partsOfSubscriptionData(awslogs: JsonObject): readonly Part[] {
  const data = fieldOf(awslogs, 'data');
  if (typeof data !== 'string') return [{ as: 'bad', reason: 'awslogs has no data' }];
  try {
    const bytes = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: largestSubscriptionBytes });
    return [{ as: 'text', text: bytes.toString('utf8'), isAudit: true, micros: 0 }];
  } catch {
    return [{ as: 'bad', reason: 'awslogs.data cannot be inflated' }];
  }
}

/** `get-query-results` prints each row as a list of `{field, value}`. */
function partOfInsightsResult(row: unknown): Part {
  if (!Array.isArray(row)) return skipped;
  const cells = new Map<string, string>();
  for (const cell of row) if (isObject(cell)) cells.set(stringOf(cell, 'field'), stringOf(cell, 'value'));
  return partOfInsightsRow(Object.fromEntries(cells));
}

function partOfInsightsRow(row: JsonObject): Part {
  const stream = stringOf(row, '@logStream');
  if (stream !== '' && !stream.startsWith(auditStreamPrefix)) return skipped;
  const text = stringOf(row, '@message');
  if (text === '') return skipped;
  return { as: 'text', text, isAudit: stream !== '', micros: parseMicros(fieldOf(row, '@timestamp')) };
}
