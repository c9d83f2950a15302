import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { audiciaSourceSpec } from './audicia-source.ts';
import { parseSource } from './parse-source.ts';

const head = 'apiVersion: audicia.io/v1alpha1\nkind: AudiciaSource\nmetadata:\n  name: s\nspec:\n';
const parse = (spec: string) => parseSource(head + spec, 's.yaml');
const file = '  sourceType: K8sAuditLog\n';

describe('parseSource', () => {
  it('fills in the published defaults, but for the sound scopeMode', () => {
    expect(parse(file).spec).toEqual({
      sourceType: 'K8sAuditLog',
      policyStrategy: {
        scopeMode: 'ClusterScopeAllowed',
        verbMerge: 'Smart',
        wildcards: 'Forbidden',
        resourceNames: 'Omit',
      },
      ignoreSystemUsers: true,
      filters: [],
      checkpoint: { intervalSeconds: 30, batchSize: 500 },
      limits: { maxRulesPerReport: 200, retentionDays: 30 },
    });
  });

  it('takes every field of the published object', () => {
    const { spec } = parse(`  sourceType: CloudAuditLog
  location: {path: /var/log/audit.log}
  webhook: {tlsSecretName: t, clientCASecretName: c}
  cloud:
    provider: AzureEventHub
    clusterIdentity: prod
    azure: {eventHubNamespace: n, eventHubName: h, storageAccountURL: u, storageContainerName: s}
    aws: {logGroupName: g, logStreamPrefix: p, region: r}
    gcp: {projectID: p, subscriptionID: s}
  policyStrategy: {scopeMode: NamespaceStrict, verbMerge: Exact, wildcards: Safe, resourceNames: Explicit}
  ignoreSystemUsers: false
  filters: [{action: Deny, userPattern: a}, {action: Allow, namespacePattern: b}]
  checkpoint: {intervalSeconds: 5, batchSize: 1}
  limits: {maxRulesPerReport: 1, retentionDays: 1}
`);

    expect(spec.webhook).toMatchObject({ port: 8443, rateLimitPerSecond: 100, maxRequestBodyBytes: 1_048_576 });
    expect(spec.cloud?.azure?.consumerGroup).toBe('$Default');
    expect(spec.policyStrategy.scopeMode).toBe('NamespaceStrict');
  });

  it('finds the object among others, and takes null for absent', () => {
    const text = `kind: Namespace\n---\n${head}${file}  filters: null\n---\n# nothing\n`;

    expect(parseSource(text, 's.yaml').spec.filters).toEqual([]);
  });

  it.each([
    ['  policyStrategy: {}\n', 'spec.sourceType is missing; it must be one of K8sAuditLog, Webhook, CloudAuditLog'],
    [
      `${file}  limits:\n    retentionDays: 0\n`,
      'spec.limits.retentionDays: 0 is less than 1, the smallest value allowed (s.yaml line 8)',
    ],
    [`${file}  checkpoint: {intervalSeconds: 1.5}\n`, 'spec.checkpoint.intervalSeconds: 1.5 is not a whole number'],
    [`${file}  ignoreSystemUsers: "yes"\n`, 'spec.ignoreSystemUsers: "yes" is not true or false (s.yaml line 7)'],
    [
      `${file}  filters:\n  - action: Drop\n`,
      'spec.filters[0].action: "Drop" is not one of Allow, Deny (s.yaml line 8)',
    ],
    [`${file}  filter: []\n`, 'spec.filter is not a field of AudiciaSource; did you mean filters? (s.yaml line 7)'],
    [`${file}  location: audit.log\n`, 'spec.location: "audit.log" is not a mapping of fields'],
    [`${file}  location: {path: ""}\n`, 'spec.location.path: "" must not be empty'],
    [`${file}  webhook: {port: 70000}\n`, 'spec.webhook.port: 70000 is more than 65535, the largest value allowed'],
    [`${file}  sourceType: Webhook\n`, 'is not YAML'],
  ])('refuses %j', (spec, sentence) => {
    expect(() => parse(spec)).toThrow(
      expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(sentence) }),
    );
  });

  it.each([
    ['', 'holds no AudiciaSource'],
    ['kind: Namespace\n', 'holds no AudiciaSource'],
    [`${head}${file}---\n${head}${file}`, 'holds 2 AudiciaSource'],
    ['a: [', 'is not YAML'],
    [`${head.replace('v1alpha1', 'v1')}${file}`, 'apiVersion: "audicia.io/v1" is not audicia.io/v1alpha1'],
    [`${head}${file}__proto__: {x: 1}\n`, '__proto__ is not a field of AudiciaSource'],
  ])('refuses the file %j', (text, sentence) => {
    expect(() => parseSource(text, 's.yaml')).toThrow(sentence);
  });
});

describe('the schema', () => {
  it('can become a CustomResourceDefinition: nothing that is not structural', () => {
    const schema = JSON.stringify(z.toJSONSchema(audiciaSourceSpec, { io: 'input', target: 'openapi-3.0' }));

    for (const word of ['oneOf', 'anyOf', 'allOf', '$ref', 'const']) expect(schema).not.toContain(`"${word}":`);
  });
});
