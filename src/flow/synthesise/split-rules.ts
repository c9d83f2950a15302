// The rules of one role -> as many roles as `kubectl apply` can take: it repeats the whole object in an annotation, and the
// API server refuses more than 262,144 bytes of those (ValidateAnnotationsSize, apimachinery/pkg/api/validation, v1.34).
// Nothing is widened to make it fit: what does not fit moves to a further role.
import type { PolicyRule } from '../../rbac/objects.ts';

/** Bytes of JSON that the rules of one role may take: what remains for its metadata is far more than it needs. */
export const roleBytesBound = 200_000;

/** The rules in order, in as few consecutive lists as fit the bound. One list, the very same, as a rule. */
export function splitRules(rules: readonly PolicyRule[]): PolicyRule[][] {
  if (mostBytes(rules) <= roleBytesBound) return rules.length === 0 ? [] : [[...rules]];
  const lists: PolicyRule[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const rule of rules.flatMap(splitLists)) {
    const size = jsonBytes(rule) + 1;
    if (bytes + size > roleBytesBound) {
      lists.push([]);
      bytes = 0;
    }
    lists.at(-1)?.push(rule);
    bytes += size;
  }
  return lists;
}

/** A rule that alone is too long for a role, by halves of its longest list: together they grant exactly the same. */
function splitLists(rule: PolicyRule): PolicyRule[] {
  if (jsonBytes(rule) <= roleBytesBound) return [rule];
  const [field, list] = longestList(rule);
  if (list.length < 2) return [rule];
  const half = list.length >> 1;
  return [list.slice(0, half), list.slice(half)].flatMap((part) => splitLists({ ...rule, [field]: part }));
}

function longestList(rule: PolicyRule): readonly [string, readonly string[]] {
  const { resourceNames = [], resources = [], nonResourceURLs = [] } = rule;
  const lists = Object.entries({ resourceNames, resources, nonResourceURLs });
  return lists.reduce((a, b) => (b[1].length > a[1].length ? b : a));
}

/** No fewer than `jsonBytes` of all of them, and enough to see that most roles are small. */
function mostBytes(rules: readonly PolicyRule[]): number {
  let bytes = 0;
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
    bytes += 100; // brackets and the names of the fields
    for (const list of [verbs, apiGroups, resources, resourceNames, nonResourceURLs]) {
      // A code unit takes at most six bytes, as an escape; quotes and a comma come around each text.
      if (list !== undefined) for (const text of list) bytes += 6 * text.length + 3;
    }
  }
  return bytes;
}

/** As UTF-8. What YAML and indentation add does not count: the annotation is compact JSON. */
function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
