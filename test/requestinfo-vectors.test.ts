// Requests whose attributes the real NewRequestInfo told, odd ones above all: ours must be the same, told from the method as
// a client sends it and from the verb as the log has it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attributesOfRequest, type LoggedRequest, type SentRequest } from '../src/flow/attribute/request.ts';
import { isUrlPermission } from '../src/rbac/permission.ts';

/** `[method, uri]` and what came of it: verb and path, or verb, group, resource, subresource, namespace and name. */
type Vector = readonly [method: string, uri: string, ...attributes: string[]];

const file = new URL('corpus/requestinfo-vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

/** As in a vector; empty where the server refuses the request before anything is logged. */
function attributesOf(request: SentRequest | LoggedRequest): string[] {
  const told = attributesOfRequest(request);
  if ('problem' in told) return [];
  const { permission } = told;
  if (isUrlPermission(permission)) return [permission.verb, permission.path];
  const { verb, apiGroup, resource, subresource, namespace, name } = permission;
  return [verb, apiGroup, resource, subresource, namespace, name];
}

test('requests as clients send them', () => {
  const told = vectors.map(([method, uri]) => [method, uri, ...attributesOf({ method, uri })]);

  expect(told).toEqual(vectors);
});

test('requests as the log has them', () => {
  const told = vectors.map(([method, uri, verb = '']) => [method, uri, ...attributesOf({ verb, uri })]);

  expect(told).toEqual(vectors);
});
