// An AudiciaSource manifest instead of flags.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { apiServerLog, audicia, makeFolder } from './run-audicia.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

function source(name: string, spec: string): string {
  const path = join(folder.path, name);
  const head = 'apiVersion: audicia.io/v1alpha1\nkind: AudiciaSource\nmetadata: {name: s, namespace: team}\nspec:\n';
  writeFileSync(path, head + spec);
  return path;
}

describe('--source', () => {
  const spec = `  sourceType: K8sAuditLog
  location: {path: ${JSON.stringify(apiServerLog)}}
  policyStrategy: {scopeMode: NamespaceStrict}
  filters:
  - {action: Deny, userPattern: ^admin$}
`;

  it('names the log, the filters, the mode and the home of users; flags win', async () => {
    const path = source('source.yaml', spec);

    const fromSource = await audicia(['generate', '--source', path, '-o', 'json']);
    const overruled = await audicia([
      'generate',
      '--source',
      path,
      '-o',
      'json',
      '--scope-mode',
      'ClusterScopeAllowed',
    ]);
    const kinds = (stdout: string) =>
      JSON.parse(stdout).subjects.flatMap((each: { objects: { kind: string }[] }) =>
        each.objects.map(({ kind }) => kind),
      );
    const document = JSON.parse(fromSource.stdout);

    expect(document.subjects.map((each: { subject: { name: string } }) => each.subject.name)).not.toContain('admin');
    expect(kinds(fromSource.stdout)).not.toContain('ClusterRole');
    expect(kinds(overruled.stdout)).toContain('ClusterRole');
    expect(document.files.some((file: string) => file.startsWith('rbac/team/'))).toBe(true);
  });

  it('a log that is named wins over spec.location.path', async () => {
    const path = source('elsewhere.yaml', '  sourceType: K8sAuditLog\n  location: {path: /no/such.log}\n');

    expect((await audicia(['generate', '--source', path, apiServerLog])).code).toBe(0);
    expect((await audicia(['generate', '--source', path])).code).toBe(3);
  });

  it('a source that is no file says so', async () => {
    const { code, stderr } = await audicia(['generate', '--source', source('hook.yaml', '  sourceType: Webhook\n')]);

    expect(code).toBe(2);
    expect(stderr).toContain('sourceType Webhook');
  });

  it('a wrong field is named with its value, what is allowed, and its line', async () => {
    const path = source('wrong.yaml', '  sourceType: K8sAuditLog\n  policyStrategy:\n    scopeMode: Cluster\n');

    const { code, stderr } = await audicia(['generate', '--source', path]);

    expect(code).toBe(2);
    expect(stderr).toContain(
      `spec.policyStrategy.scopeMode: "Cluster" is not one of ClusterScopeAllowed, NamespaceStrict (${path} line 7)`,
    );
  });

  it('a pattern that is no regular expression is named', async () => {
    const path = source('pattern.yaml', `  sourceType: K8sAuditLog\n  filters: [{action: Deny, userPattern: "(("}]\n`);

    const { code, stderr } = await audicia(['generate', '--source', path, apiServerLog]);

    expect(code).toBe(2);
    expect(stderr).toContain('filters[0].userPattern');
  });
});
