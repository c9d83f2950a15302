import { describe, expect, test } from 'vitest';
import { optionsOf, permission, usageOf } from '../../../test/make-usage.ts';
import { describePermission } from '../../rbac/permission.ts';
import { synthesise } from '../synthesise/synthesise.ts';
import { explainPermission, explainPolicy } from './explain.ts';

const usage = usageOf({
  used: ['get pods in a p', 'list pods in a', 'watch pods in a', 'list nodes', 'get /livez/a', 'get /livez/b'],
  denied: ['get secrets in a s'],
  inferred: [['create-on-update', 'create configmaps in a c']],
});
const options = optionsOf({ scopeMode: 'NamespaceStrict' }, { inferences: new Set(['create-on-update']) });
const policy = synthesise(usage, options);

function explain(words: string) {
  const explained = explainPermission(permission(words), policy, usage, options);
  const nearest = explained.nearest.map((row) => `${describePermission(row.usage.permission)}: ${row.differs.join()}`);
  return { verdict: explained.verdict, evidence: explained.evidence.map(({ how }) => how), nearest };
}

test('every rule comes with the rows that it allows', () => {
  const explained = explainPolicy(policy, usage).map(({ object, scopes, rule, evidence }) => {
    return [object, scopes, rule.resources, evidence.map((row) => describePermission(row.usage.permission))];
  });

  expect(explained).toEqual([
    ['Role a/audicia-sa', ['a'], ['configmaps'], ['create configmaps in a']],
    ['Role a/audicia-sa', ['a'], ['pods'], ['get pods in a', 'list pods in a', 'watch pods in a']],
  ]);
});

test('a rule that an informer needs is explained by its watch', () => {
  const watcher = usageOf({ used: ['watch pods in a'] });
  const withInformers = synthesise(watcher, optionsOf({ verbMerge: 'Exact' }, { inferences: new Set(['informer']) }));

  const rules = explainPolicy(withInformers, watcher).map(({ rule, evidence }) => [rule.verbs, evidence[0]?.how]);

  expect(rules).toEqual([
    [['get'], 'informer'],
    [['list'], 'informer'],
    [['watch'], 'used'],
  ]);
});

describe('one permission', () => {
  test.each([
    ['get pods in a p', 'granted', ['used']],
    ['get /healthz', 'default', []],
    ['list nodes', 'omitted', ['used']],
    ['get secrets in a s', 'denied', ['denied']],
    ['get pods in b p', 'never-seen', []],
  ])('%s: %s', (words, verdict, evidence) => {
    expect(explain(words)).toMatchObject({ verdict, evidence });
  });

  test('an inference that is off is proposed', () => {
    const off = synthesise(usage, optionsOf({}, { inferences: new Set() }));

    expect(explainPermission(permission('create configmaps in a c'), off, usage, options).verdict).toBe('proposed');
  });

  test('the nearest rows say what sets them apart', () => {
    expect(explain('get pods in b p').nearest[0]).toBe('get pods in a: namespace');
    expect(explain('delete pods in a p').nearest).toHaveLength(3);
    expect(explain('get /livez/c').nearest).toEqual(['get /livez/a: path', 'get /livez/b: path']);
    expect(explain('delete widgets.example.com in z').nearest).toEqual([]);
  });
});
