import { expect, test } from 'vitest';
import { holdsRuleLists } from './held-rules.ts';

const held = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
const getPods = JSON.stringify([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
const getSecrets = JSON.stringify([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);

test.each<[string, string[], boolean]>([
  ['rules that are covered', [getPods], true],
  ['an empty role', ['[]'], true],
  ['one list of two that is not covered', [getPods, getSecrets], false],
  ['no list at all', [], false],
  ['text that is no JSON', ['[{'], false],
  ['JSON that is no list of rules', ['{"verbs":["get"]}', '[{"verbs":"get"}]', '[null]'], false],
])('%s', (_title, lists, expected) => {
  expect(holdsRuleLists(held, lists)).toBe(expected);
});
