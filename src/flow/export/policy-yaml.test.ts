import { expect, test } from 'vitest';
import { optionsOf, usageOf } from '../../../test/make-usage.ts';
import { parseManifests } from '../../rbac/manifests.ts';
import { synthesise } from '../synthesise/synthesise.ts';
import { policyFiles } from './policy-files.ts';
import { fileMark, policyToYaml } from './policy-yaml.ts';

const used = ['get pods in a p', 'list nodes', 'get /metrics'];

test('the stream reads back as the objects, behind a header that says what it is', () => {
  const policy = synthesise(usageOf({ used }), optionsOf());

  const text = policyToYaml(policy);

  expect(parseManifests(text, 'x')).toEqual({ objects: policy.objects, ignored: 0, problems: [] });
  expect(text.startsWith(`${fileMark} what ServiceAccount a/sa was seen to do`)).toBe(true);
  expect(text).toContain('# ClusterRole for list nodes: the resource is cluster-scoped.\n');
});

test('what is left out, inferred and warned of stands in the header', () => {
  const usage = usageOf({
    user: 'admin',
    groups: ['system:masters'],
    used,
    inferred: [['bind', 'bind roles.x in a view']],
  });
  const policy = synthesise(usage, optionsOf({ scopeMode: 'NamespaceStrict' }));

  const text = policyToYaml(policy, {
    bind: { title: 'bind behind a binding', reason: 'Because.', source: 'there.go' },
  });

  expect(text).toContain('# INCOMPLETE: this was seen as authorised and is not granted here:\n#   list nodes\n');
  expect(text).toContain(
    '#   bind behind a binding (bind)\n#     Because.\n#     Source: there.go\n#     bind roles.x in a (view)\n',
  );
  expect(text).toContain('# Warning: User admin was a member of system:masters');
});

test('text from the log cannot leave its comment', () => {
  const evil = 'x\nkind: ClusterRoleBinding\u2028---\u0085apiVersion: v1\r\t\u0000\ud800';
  const usage = usageOf({ user: evil, used: [`get /${evil}`, 'list nodes'] });
  const policy = synthesise(usage, optionsOf());

  const text = policyToYaml(policy);

  const header = text.slice(0, text.indexOf('\n---\n'));
  expect(header.split(/[\n\r\u2028\u2029\u0085]/).every((line) => line.startsWith('#'))).toBe(true);
  expect(parseManifests(text, 'x').objects).toEqual(policy.objects);
});

test('counts, dates and names that decide nothing never show', () => {
  const once = usageOf({ used, inferred: [['create-on-update', 'create pods in a p']] });
  const often = usageOf({
    used: [...used, ...used, 'get pods in a q'],
    inferred: [['create-on-update', 'create pods in a q']],
  });

  expect(policyToYaml(synthesise(often, optionsOf()))).toBe(policyToYaml(synthesise(once, optionsOf())));
});

test('a policy with nothing to say is no file', () => {
  const nothing = synthesise(usageOf({ used: ['get /healthz'] }), optionsOf());

  expect(policyFiles([nothing], { homeNamespace: 'home' })).toEqual([]);
});

test('files lie where the GitOps workflow looks for them, and no name leads out of the folder', () => {
  const users = [
    'system:serviceaccount:my-team:backend',
    'alice',
    '../../etc/passwd',
    'system:serviceaccount:..:x',
    'ALICE',
  ];
  const policies = users.map((user) => synthesise(usageOf({ user, used }), optionsOf()));

  const paths = policyFiles(policies, { homeNamespace: 'home' }).map(({ path }) => path);

  expect(paths).toContain('rbac/my-team/backend-rbac.yaml');
  expect(paths).toContain('rbac/home/user-alice-rbac.yaml');
  for (const path of paths) expect(path).toMatch(/^rbac\/[a-z0-9-]+\/[a-z0-9.-]+\.yaml$/);
  expect(new Set(paths).size).toBe(users.length);
});

test('a header stays short, however much there is to say, and says that it was cut', () => {
  const many = Array.from({ length: 500 }, (_, i) => `list things${i}`);

  const text = policyToYaml(synthesise(usageOf({ used: many }), optionsOf()));

  expect(text.slice(0, text.indexOf('\n---\n')).split('\n').length).toBeLessThan(60);
  expect(text).toContain('... and more: audicia explain lists them all.');
});
