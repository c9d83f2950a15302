// The schema of AudiciaSource (audicia.io/v1alpha1): fields, defaults and bounds of the published API. No unions and no
// constants, so that a CustomResourceDefinition can be made from it (those are not structural).
import { z } from 'zod';
import { defaultPolicyStrategy } from '../flow/types.ts';

const policyStrategy = z.strictObject({
  scopeMode: z.enum(['ClusterScopeAllowed', 'NamespaceStrict']).default(defaultPolicyStrategy.scopeMode),
  verbMerge: z.enum(['Smart', 'Exact']).default(defaultPolicyStrategy.verbMerge),
  wildcards: z.enum(['Forbidden', 'Safe']).default(defaultPolicyStrategy.wildcards),
  resourceNames: z.enum(['Omit', 'Explicit']).default(defaultPolicyStrategy.resourceNames),
});

const webhook = z.strictObject({
  port: z.int().min(1).max(65_535).default(8443),
  tlsSecretName: z.string().optional(),
  clientCASecretName: z.string().optional(),
  rateLimitPerSecond: z.int().min(1).default(100),
  maxRequestBodyBytes: z.int().min(1).default(1_048_576),
});

const cloud = z.strictObject({
  provider: z.enum(['AzureEventHub', 'AWSCloudWatch', 'GCPPubSub']),
  clusterIdentity: z.string().optional(),
  azure: z
    .strictObject({
      eventHubNamespace: z.string().optional(),
      eventHubName: z.string().optional(),
      consumerGroup: z.string().default('$Default'),
      storageAccountURL: z.string().optional(),
      storageContainerName: z.string().optional(),
    })
    .optional(),
  aws: z
    .strictObject({
      logGroupName: z.string().optional(),
      logStreamPrefix: z.string().optional(),
      region: z.string().optional(),
    })
    .optional(),
  gcp: z.strictObject({ projectID: z.string().optional(), subscriptionID: z.string().optional() }).optional(),
});

const filter = z.strictObject({
  action: z.enum(['Allow', 'Deny']),
  userPattern: z.string().optional(),
  namespacePattern: z.string().optional(),
});

export const audiciaSourceSpec = z.strictObject({
  sourceType: z.enum(['K8sAuditLog', 'Webhook', 'CloudAuditLog']),
  location: z.strictObject({ path: z.string().min(1) }).optional(),
  webhook: webhook.optional(),
  cloud: cloud.optional(),
  policyStrategy: policyStrategy.prefault({}),
  ignoreSystemUsers: z.boolean().default(true),
  filters: z.array(filter).default([]),
  checkpoint: z
    .strictObject({ intervalSeconds: z.int().min(5).default(30), batchSize: z.int().min(1).default(500) })
    .prefault({}),
  limits: z
    .strictObject({ maxRulesPerReport: z.int().min(1).default(200), retentionDays: z.int().min(1).default(30) })
    .prefault({}),
});

/** The whole object as a manifest carries it. What the API server adds to metadata and status is let through unread. */
export const audiciaSource = z.strictObject({
  apiVersion: z.enum(['audicia.io/v1alpha1']),
  kind: z.enum(['AudiciaSource']),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
  spec: audiciaSourceSpec,
  status: z.looseObject({}).optional(),
});

export type AudiciaSourceSpec = z.infer<typeof audiciaSourceSpec>;
export type AudiciaSource = z.infer<typeof audiciaSource>;
