// Reading fields of parsed JSON that nobody promised anything about: a field of the wrong type counts as absent, and a
// key such as `__proto__` or `constructor` is a key like any other.

/** A JSON object, as JSON.parse makes it. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own field; `undefined` when it has none. */
export function fieldOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
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
