// The rules of one role -> those that can concern a request, so that a role of thousands of rules is not read through for
// each of thousands of requests. It only narrows: whether a rule allows is match.ts's to say.
import type { PolicyRule } from './objects.ts';
import type { Permission } from './permission.ts';
import { isUrlPermission, ruleResource } from './permission.ts';

/** Up to so many rules, reading them all is no slower than looking them up. */
const readAllUpTo = 16;

export class RuleIndex {
  readonly #rules: readonly PolicyRule[];
  readonly #byResource = new Map<string, number[]>();
  readonly #byPath = new Map<string, number[]>();
  /** Rules with a pattern of URLs. */
  readonly #patterns: number[] = [];

  constructor(rules: readonly PolicyRule[]) {
    this.#rules = rules;
    if (rules.length <= readAllUpTo) return;
    for (const [index, rule] of rules.entries()) {
      for (const resource of new Set(rule.resources)) append(this.#byResource, resource, index);
      const paths = new Set(rule.nonResourceURLs);
      for (const path of paths) if (!path.endsWith('*')) append(this.#byPath, path, index);
      if ([...paths].some((path) => path.endsWith('*'))) this.#patterns.push(index);
    }
  }

  /** Indices of all rules that may allow the request, and perhaps of others; ascending, each once. */
  candidates(permission: Permission): Iterable<number> {
    if (this.#rules.length <= readAllUpTo) return this.#rules.keys();
    const lists = isUrlPermission(permission)
      ? [this.#byPath.get(permission.path), this.#patterns]
      : ['*', ruleResource(permission), `*/${permission.subresource}`].map((key) => this.#byResource.get(key));
    const found = lists.filter((list) => list !== undefined && list.length > 0) as number[][];
    if (found.length <= 1) return found[0] ?? [];
    return [...new Set(found.flat())].sort((a, b) => a - b);
  }
}

function append(lists: Map<string, number[]>, key: string, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
}
