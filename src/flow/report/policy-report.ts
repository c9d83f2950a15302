// Usage + policy + proof -> AudiciaPolicyReport (audicia.io/v1alpha1), the object that a cluster and a reviewer look at.
// Counts and dates live here, never in the manifests.
import { formatMicros } from '../../base/time.ts';
import { stringifyYaml } from '../../base/write-yaml.ts';
import { objectName } from '../../rbac/names.ts';
import { homeOf } from '../../rbac/subject-home.ts';
import type { Micros, Policy, SubjectUsage, Verification } from '../types.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import { type ObservedRule, observedRules } from './observed-rules.ts';

export interface AudiciaPolicyReport {
  readonly apiVersion: 'audicia.io/v1alpha1';
  readonly kind: 'AudiciaPolicyReport';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly subject: { readonly kind: string; readonly name: string; readonly namespace?: string };
  };
  readonly status: {
    readonly observedRules: readonly ObservedRule[];
    /** Audit events of the subject, every stage and copy. */
    readonly eventsProcessed: number;
    readonly lastProcessedTime: string;
    /** YAML strings, each one complete object that ends in a line break. */
    readonly suggestedPolicy: { readonly manifests: readonly string[] };
    readonly conditions: readonly Condition[];
  };
}

export interface ReportOptions {
  /** Namespace of reports on users and groups. */
  readonly homeNamespace: string;
  /** `limits.maxRulesPerReport`: what is shown of the observed rules. The suggested policy is never cut. */
  readonly maxRules: number;
  /** When the report is made. */
  readonly now: Micros;
}

/** The report on one subject. A service account's lies in its own namespace, so that its owners may read it. */
export function buildReport(
  usage: SubjectUsage,
  policy: Policy,
  proof: Verification,
  options: ReportOptions,
): AudiciaPolicyReport {
  const { subject } = usage;
  const namespace = homeOf(subject, options.homeNamespace);
  const rules = observedRules(usage);
  const shown = rules.slice(0, options.maxRules);
  return {
    apiVersion: 'audicia.io/v1alpha1',
    kind: 'AudiciaPolicyReport',
    metadata: {
      name: objectName({ prefix: 'report', subject, namespace }),
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'audicia' },
    },
    spec: { subject },
    status: {
      observedRules: shown,
      eventsProcessed: [...usage.observed.stages.values()].reduce((sum, count) => sum + count, 0),
      lastProcessedTime: formatMicros(options.now),
      suggestedPolicy: { manifests: policy.objects.map((object) => stringifyYaml(object)) },
      conditions: conditionsOf(policy, proof, { shown: shown.length, of: rules.length }, options.now),
    },
  };
}
