import { describe, expect, test } from 'vitest';
import { optionsOf, usageOf } from '../../../test/make-usage.ts';
import { parseManifests } from '../../rbac/manifests.ts';
import { verify } from '../evaluate/verify.ts';
import { synthesise } from '../synthesise/synthesise.ts';
import type { PolicyStrategy, SubjectUsage } from '../types.ts';
import { buildReport } from './policy-report.ts';

const now = Date.UTC(2026, 10, 21) * 1000;

function reportOn(usage: SubjectUsage, strategy: Partial<PolicyStrategy> = {}, maxRules = 200) {
  const options = optionsOf(strategy);
  const policy = synthesise(usage, options);
  const proof = verify(policy.objects, usage, { ...options, omitted: policy.omitted });
  return { policy, report: buildReport(usage, policy, proof, { homeNamespace: 'home', maxRules, now }) };
}

function statusOf(report: ReturnType<typeof buildReport>): Record<string, string> {
  return Object.fromEntries(report.status.conditions.map(({ type, status }) => [type, status]));
}

const usage = usageOf({
  user: 'system:serviceaccount:my-team:backend',
  used: ['get pods in a p', 'list nodes', 'get /m'],
});

test('is called as kubectl users expect it, in the namespace of the service account', () => {
  const { report } = reportOn(usage);

  expect(report.metadata).toMatchObject({ name: 'report-backend', namespace: 'my-team' });
  expect(report.spec.subject).toEqual({ kind: 'ServiceAccount', namespace: 'my-team', name: 'backend' });
  expect(reportOn(usageOf({ user: 'alice', used: ['list nodes'] })).report.metadata).toMatchObject({
    name: 'report-user-alice',
    namespace: 'home',
  });
});

test('the manifests, joined as the jsonpath of the GitOps workflow joins them, are the policy', () => {
  const { policy, report } = reportOn(usage);

  const exported = report.status.suggestedPolicy.manifests.map((manifest) => `${manifest}\n---\n`).join('');

  expect(parseManifests(exported, 'x')).toEqual({ objects: policy.objects, ignored: 0, problems: [] });
});

test('each used permission is a row with its counts and dates', () => {
  const { report } = reportOn(usage);

  expect(report.status.observedRules[0]).toEqual({
    apiGroups: [''],
    resources: ['nodes'],
    verbs: ['list'],
    namespace: '',
    firstSeen: '2023-11-14T22:13:20Z',
    lastSeen: '2023-11-14T22:13:20Z',
    count: 1,
  });
  expect(report.status.observedRules).toHaveLength(3);
  expect(report.status.lastProcessedTime).toBe('2026-11-21T00:00:00Z');
});

describe('conditions', () => {
  test('hold for a whole policy', () => {
    expect(statusOf(reportOn(usage).report)).toEqual({
      Sound: 'True',
      Minimal: 'True',
      Complete: 'True',
      AllRulesShown: 'True',
    });
  });

  test('say that NamespaceStrict leaves something out, and why', () => {
    const { report } = reportOn(usage, { scopeMode: 'NamespaceStrict' });

    const complete = report.status.conditions.find(({ type }) => type === 'Complete');
    expect(complete).toMatchObject({
      status: 'False',
      message: expect.stringMatching(/^2 permissions .*NamespaceStrict/),
    });
  });

  test('say that rows were cut, while the policy is not', () => {
    const { report, policy } = reportOn(usage, {}, 1);

    expect(report.status.observedRules).toHaveLength(1);
    expect(statusOf(report)).toMatchObject({ AllRulesShown: 'False', Sound: 'True' });
    expect(report.status.suggestedPolicy.manifests).toHaveLength(policy.objects.length);
  });

  test('say when a policy refuses or grants what it should not', () => {
    const other = usageOf({ used: ['get secrets in a s'] });
    const policy = synthesise(other, optionsOf());
    const missing = verify([], other, optionsOf());
    const unproven = verify(policy.objects, usageOf({}), optionsOf());
    const options = { homeNamespace: 'home', maxRules: 200, now };

    expect(statusOf(buildReport(other, policy, missing, options))).toMatchObject({ Sound: 'False', Minimal: 'True' });
    expect(statusOf(buildReport(other, policy, unproven, options))).toMatchObject({ Sound: 'True', Minimal: 'False' });
  });
});
