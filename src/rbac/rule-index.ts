// A list of rules -> those that can concern a request, so that thousands of rules are not read through for each of thousands
// of requests. It only narrows: whether a rule allows is match.ts's to say.
import type { PolicyRule } from './objects.ts';
import type { Permission } from './permission.ts';
import { isUrlPermission, ruleResource } from './permission.ts';

/** Up to so many rules, reading them all is no slower than looking them up. */
const readAllUpTo = 4;

const none: readonly number[] = [];

export class RuleIndex {
  /** All of few rules; `undefined` for more. */
  readonly #all: readonly number[] | undefined;
  readonly #byResource = new Map<string, number[]>();
  /** Whether a rule is for a subresource of every resource. */
  #hasSubresourceStar = false;
  readonly #byPath = new Map<string, number[]>();
  /** Rules with a pattern of URLs. */
  readonly #patterns: number[] = [];

  constructor(rules: readonly PolicyRule[]) {
    this.#all = rules.length <= readAllUpTo ? [...rules.keys()] : undefined;
    if (this.#all !== undefined) return;
    for (let index = 0; index < rules.length; index += 1) {
      const { resources = [], nonResourceURLs = [] } = rules[index] as PolicyRule;
      for (const resource of resources) {
        append(this.#byResource, resource, index);
        if (resource.startsWith('*/')) this.#hasSubresourceStar = true;
      }
      for (const path of nonResourceURLs) {
        if (!path.endsWith('*')) append(this.#byPath, path, index);
        else if (this.#patterns.at(-1) !== index) this.#patterns.push(index);
      }
    }
  }

  /** Indices of all rules that may allow the request, and perhaps of others; ascending, each once. */
  candidates(permission: Permission): readonly number[] {
    if (this.#all !== undefined) return this.#all;
    if (isUrlPermission(permission)) return united(this.#byPath.get(permission.path), this.#patterns);
    if (this.#byResource.size === 0) return none;
    const named = united(this.#byResource.get('*'), this.#byResource.get(ruleResource(permission)));
    if (!this.#hasSubresourceStar) return named;
    return united(named, this.#byResource.get(`*/${permission.subresource}`));
  }
}

/** Both lists in one, ascending, each index once: the very list where the other is empty. */
function united(a: readonly number[] = none, b: readonly number[] = none): readonly number[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** Indices come in ascending order; a rule may name a resource twice. */
function append(lists: Map<string, number[]>, key: string, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else if (list.at(-1) !== index) list.push(index);
}
