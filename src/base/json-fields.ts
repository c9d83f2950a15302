// Reading fields of parsed JSON that nobody promised anything about: a field of the wrong type counts as absent, and a
// key such as `__proto__` or `constructor` is a key like any other.

/** A JSON object, as JSON.parse makes it. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own field; `undefined` when it has none, or is no object. */
export function fieldOf(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The value at a path of fields: `at(csr, 'spec', 'signerName')`. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = fieldOf(found, key);
  return found;
}

/** The text at a path of fields; `''` when there is none. */
export function stringAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The array at a path of fields; empty when there is none. */
export function arrayAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The strings of the array at a path of fields, in order; elements of other types are left out. */
export function stringsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return arrayAt(value, ...path).filter((element) => typeof element === 'string');
}

/** The field's text; `''` when it is absent or no string. */
export function stringOf(object: JsonObject, key: string): string {
  const value = fieldOf(object, key);
  return typeof value === 'string' ? value : '';
}

/** The field's object; `undefined` when it is absent or something else. */
export function objectOf(object: JsonObject, key: string): JsonObject | undefined {
  const value = fieldOf(object, key);
  return isObject(value) ? value : undefined;
}

/** The field's array; `undefined` when it is absent or something else. */
export function arrayOf(object: JsonObject, key: string): readonly unknown[] | undefined {
  const value = fieldOf(object, key);
  return Array.isArray(value) ? value : undefined;
}

/** The strings in the field's array, in order; elements of other types are left out. */
export function stringsOf(object: JsonObject, key: string): readonly string[] {
  return (arrayOf(object, key) ?? []).filter((element) => typeof element === 'string');
}
