// EventList (what the audit webhook sends) and v1 List (what kubectl prints) -> their items.
import { arrayOf, fieldOf, type JsonObject, stringOf } from '../../base/json-fields.ts';
import type { Part } from './parts.ts';

/** The items of a list object; `undefined` when it is none. Items of an audit EventList carry no kind or apiVersion. */
export function partsOfList(object: JsonObject): readonly Part[] | undefined {
  const kind = stringOf(object, 'kind');
  if (kind !== 'EventList' && kind !== 'List') return undefined;
  const apiVersion = stringOf(object, 'apiVersion');
  const isAudit = kind === 'EventList' && (apiVersion === '' || apiVersion.startsWith('audit.k8s.io/'));
  // Go writes an empty list as null.
  const items = fieldOf(object, 'items') === null ? [] : arrayOf(object, 'items');
  return items?.map((value) => ({ as: 'value', value, isAudit, micros: 0 }));
}
