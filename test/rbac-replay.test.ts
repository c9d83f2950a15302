// Replays a real API server's log against our authorizer: the RBAC objects as the log shows them written, and after each
// write the server's own decisions on the requests that followed. What it decided and whom it credited must be ours.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Authorizer } from '../src/rbac/authorize.ts';
import { defaultGrants } from '../src/rbac/defaults.ts';
import { parseManifests } from '../src/rbac/manifests.ts';
import { ruleAllows } from '../src/rbac/match.ts';
import type { RbacObject } from '../src/rbac/objects.ts';
import { nameObject } from '../src/rbac/objects.ts';
import { describePermission, type Permission } from '../src/rbac/permission.ts';

interface LoggedUser {
  readonly username: string;
  readonly groups?: readonly string[];
}

interface LoggedEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: LoggedUser;
  readonly impersonatedUser?: LoggedUser;
  readonly objectRef?: {
    readonly resource: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly responseObject?: { readonly kind?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const events = readFileSync(new URL('corpus/apiserver-v1.37.1.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as LoggedEvent);

/** The request's attributes, as far as this log needs NewRequestInfo: no other prefixes, verbs or selectors occur in it. */
function permissionOf(event: LoggedEvent): Permission {
  const url = new URL(event.requestURI, 'http://x');
  const path = decodeURIComponent(url.pathname);
  const parts = path.replace(/^\/+|\/+$/g, '').split('/');
  const isCore = parts[0] === 'api' && parts.length >= 3;
  if (!isCore && !(parts[0] === 'apis' && parts.length >= 4)) return { verb: event.verb, path };
  const apiGroup = isCore ? '' : (parts[1] as string);
  let rest = parts.slice(isCore ? 2 : 3);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && rest[2] !== 'finalize' && rest[2] !== 'status') rest = rest.slice(2);
  }
  const [resource = '', named = '', subresource = ''] = rest;
  const selected = /(?:^|,)metadata\.name==?([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? '';
  const name = named || (['list', 'watch'].includes(event.verb) ? selected : '');
  return { verb: event.verb, apiGroup, resource, subresource, namespace, name };
}

function applyWrite(objects: Map<string, RbacObject>, event: LoggedEvent): void {
  const { objectRef, responseStatus, verb } = event;
  if (objectRef?.apiGroup !== 'rbac.authorization.k8s.io' || event.stage !== 'ResponseComplete') return;
  if ((responseStatus?.code ?? 0) >= 300) return;
  if (verb === 'delete') {
    const kind = { roles: 'Role', rolebindings: 'RoleBinding' }[objectRef.resource] as string;
    const { name = '', namespace = '' } = objectRef;
    objects.delete(nameObject({ kind, metadata: { name, namespace } }));
    return;
  }
  if (event.responseObject === undefined || !['create', 'update', 'patch'].includes(verb)) return;
  const parsed = parseManifests(JSON.stringify(event.responseObject), 'log');
  expect(parsed.problems).toEqual([]);
  for (const object of parsed.objects) objects.set(nameObject(object), object);
}

/** `forbid`, or the bindings through which the request is allowed. */
function judge(objects: Iterable<RbacObject>, user: LoggedUser, permission: Permission): string[] {
  const identity = { name: user.username, groups: user.groups ?? [] };
  const authorizer = new Authorizer([...defaultGrants('1.37'), ...objects]);
  const namespace = 'path' in permission ? '' : permission.namespace;
  const ways = [...authorizer.rulesFor(identity, namespace)].filter((way) => ruleAllows(way.rule, permission));
  expect(authorizer.authorize(identity, permission).allowed).toBe(ways.length > 0);
  return ways.length === 0 ? ['forbid'] : [...new Set(ways.map((way) => nameObject(way.binding)))];
}

/** `forbid`, or the one binding that the reason credits; it writes name/namespace. */
function serverDecision(event: LoggedEvent): string | undefined {
  const { 'authorization.k8s.io/decision': decision, 'authorization.k8s.io/reason': reason = '' } =
    event.annotations ?? {};
  if (decision !== 'allow') return decision;
  const [, kind, name = ''] = /^RBAC: allowed by (\w+) "([^"]*)"/.exec(reason) ?? [];
  // Without a reason it was another authorizer: system:masters, or the Node authorizer.
  return kind === undefined ? undefined : `${kind} ${name.split('/').reverse().join('/')}`;
}

describe('Authorizer, held against a real API server', () => {
  it('decides as the server did, and allows by the binding that the server credits', () => {
    const objects = new Map<string, RbacObject>();
    const differences: string[] = [];
    let judged = 0;
    for (const event of events) {
      const theirs = serverDecision(event);
      if (theirs !== undefined) {
        const permission = permissionOf(event);
        const user = event.impersonatedUser ?? event.user;
        const ours = judge(objects.values(), user, permission);
        if (!ours.includes(theirs)) {
          differences.push(`${user.username} ${describePermission(permission)}: ${theirs}, not ${ours.join(', ')}`);
        }
        judged += 1;
      }
      applyWrite(objects, event);
    }

    expect(differences).toEqual([]);
    expect(judged).toBe(76);
  });
});
