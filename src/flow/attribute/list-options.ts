// The query of a list or watch -> the name that the authorizer sees, and whether it is a watch. As step 7 of
// NewRequestInfo, apiserver/pkg/endpoints/request/requestinfo.go v1.34 (the name since 1.11).
import { requiredName } from './field-selector.ts';
import { isInt64, isLabelSelector } from './label-selector.ts';
import { firstQueryValues } from './uri.ts';

/** The name that `fieldSelector` pins down; `''` when it names none or any parameter of the list cannot be decoded. */
export function nameOfListOptions(query: string): string {
  if (query === '') return '';
  const values = firstQueryValues(query);
  if (!isDecodable(values)) return '';
  const required = requiredName(values.get('fieldSelector') ?? '');
  if (required === undefined || !isPathSegment(required.name)) return '';
  return required.name;
}

/** Whether a GET without a name is a watch: any first value of `watch` but `0` and `false`, the empty one included. */
export function isWatch(query: string): boolean {
  const watch = firstQueryValues(query).get('watch');
  return watch !== undefined && watch !== '0' && watch.toLowerCase() !== 'false';
}

// The parameters of ListOptions that can fail to decode; the rest are strings and booleans, which take anything.
function isDecodable(values: ReadonlyMap<string, string>): boolean {
  const integers = [values.get('limit'), values.get('timeoutSeconds')];
  if (integers.some((value) => value !== undefined && !isInt64(value))) return false;
  return isLabelSelector(values.get('labelSelector') ?? '');
}

// As IsValidPathSegmentName, apimachinery/pkg/api/validation/path/name.go.
function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !name.includes('/') && !name.includes('%');
}
