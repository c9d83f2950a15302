// AKS: Azure Monitor's records, as Event Hubs, storage accounts and Log Analytics hold them -> the events inside.
import { arrayOf, fieldOf, isObject, type JsonObject, objectOf, stringOf } from '../../base/json-fields.ts';
import { parseMicros } from './parse-micros.ts';
import { type Part, skipped } from './parts.ts';

/** The categories that hold audit events; the others are logs of the control plane's components. */
const auditCategories = new Set(['kube-audit', 'kube-audit-admin']);

/** Columns of the tables AKSAudit and AKSAuditAdmin, and the field of the event that each holds. */
const columns: readonly (readonly [column: string, field: string])[] = [
  ['AuditId', 'auditID'],
  ['Level', 'level'],
  ['Stage', 'stage'],
  ['RequestUri', 'requestURI'],
  ['Verb', 'verb'],
  ['User', 'user'],
  ['ImpersonatedUser', 'impersonatedUser'],
  ['UserAgent', 'userAgent'],
  ['ObjectRef', 'objectRef'],
  ['ResponseStatus', 'responseStatus'],
  ['RequestObject', 'requestObject'],
  ['ResponseObject', 'responseObject'],
  ['RequestReceivedTime', 'requestReceivedTimestamp'],
  ['StageReceivedTime', 'stageTimestamp'],
  ['Annotations', 'annotations'],
];

/** Columns that are objects in the event; some exports write them as text. */
const objectFields = new Set([
  'user',
  'impersonatedUser',
  'objectRef',
  'responseStatus',
  'requestObject',
  'responseObject',
  'annotations',
]);

/** The records of an Azure Monitor object; `undefined` when it is none. */
export function partsOfAks(object: JsonObject): readonly Part[] | undefined {
  const records = arrayOf(object, 'records');
  if (records !== undefined) return records.map((value) => ({ as: 'value', value, isAudit: false, micros: 0 }));
  const properties = objectOf(object, 'properties');
  if (properties !== undefined && Object.hasOwn(object, 'category')) return [partOfRecord(object, properties)];
  if (typeof fieldOf(object, 'log_s') === 'string') return [partOfDiagnosticsRow(object)];
  const isTableRow = typeof fieldOf(object, 'AuditId') === 'string' && Object.hasOwn(object, 'Verb');
  return isTableRow ? [partOfTableRow(object)] : undefined;
}

/** An Event Hubs record, or a line of a storage account's PT1H.json: the event is text, with a line end behind it. */
function partOfRecord(object: JsonObject, properties: JsonObject): Part {
  if (!isAuditCategory(stringOf(object, 'category'))) return skipped;
  const log = fieldOf(properties, 'log');
  const micros = parseMicros(fieldOf(object, 'time'));
  if (isObject(log)) return { as: 'value', value: log, isAudit: true, micros };
  if (typeof log !== 'string') return { as: 'bad', reason: 'it has no properties.log' };
  return { as: 'text', text: log, isAudit: true, micros };
}

/** A row of Log Analytics' AzureDiagnostics. */
function partOfDiagnosticsRow(row: JsonObject): Part {
  const category = stringOf(row, 'Category');
  if (category !== '' && !isAuditCategory(category)) return skipped;
  const micros = parseMicros(fieldOf(row, 'TimeGenerated'));
  return { as: 'text', text: stringOf(row, 'log_s'), isAudit: category !== '', micros };
}

function isAuditCategory(category: string): boolean {
  return auditCategories.has(category.toLowerCase());
}

function partOfTableRow(row: JsonObject): Part {
  const event: Record<string, unknown> = { kind: 'Event', apiVersion: 'audit.k8s.io/v1' };
  for (const [column, field] of columns) {
    const cell = fieldOf(row, column);
    event[field] = objectFields.has(field) && typeof cell === 'string' ? parsedCell(cell) : cell;
  }
  return { as: 'value', value: event, isAudit: true, micros: parseMicros(fieldOf(row, 'TimeGenerated')) };
}

/** A dynamic column exported as text; what is no JSON (`skipped-too-big-size-object`) counts as absent. */
function parsedCell(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}
