// The knobs of a policy, as flags. Values are those of spec.policyStrategy of an AudiciaSource.
import { choiceFlag, switchFlag, textFlag } from './common-flags.ts';

export interface PolicyFlags {
  readonly scopeMode?: 'ClusterScopeAllowed' | 'NamespaceStrict';
  readonly verbMerge?: 'Smart' | 'Exact';
  readonly wildcards?: 'Forbidden' | 'Safe';
  readonly resourceNames?: 'Omit' | 'Explicit';
  readonly infer?: readonly string[];
  readonly noInfer: boolean;
  readonly includeDenied: boolean;
  readonly assumeDefaults: boolean;
  readonly shareRoles: boolean;
  readonly homeNamespace?: string;
}

export const policyFlags = {
  scopeMode: choiceFlag(
    ['ClusterScopeAllowed', 'NamespaceStrict'],
    'Whether what no Role can grant gets a ClusterRole, or is left out and listed (default ClusterScopeAllowed)',
  ),
  verbMerge: choiceFlag(
    ['Smart', 'Exact'],
    'Whether verbs of the same resource share a rule, or each has its own (default Smart)',
  ),
  wildcards: choiceFlag(
    ['Forbidden', 'Safe'],
    'Whether a wildcard may stand where it is proven to reach nothing beyond what was observed (default Forbidden)',
  ),
  resourceNames: choiceFlag(
    ['Omit', 'Explicit'],
    'Whether rules name the objects that were used, wherever the authorizer sees a name (default Omit)',
  ),
  infer: {
    kind: 'parsed',
    optional: true,
    variadic: ',',
    placeholder: 'KIND,...|all|none',
    brief: 'Which permissions that never show as a request are granted, by kind of inference; others are only proposed',
    parse: String,
    proposeCompletions: async () => (await import('./infer-kinds.ts')).inferWords(),
  },
  noInfer: switchFlag('The same as --infer none'),
  includeDenied: switchFlag('Grant what was asked for and refused as well'),
  assumeDefaults: {
    kind: 'boolean',
    default: true,
    brief: 'Leave out what every authenticated identity may do by default (discovery and self reviews)',
  },
  shareRoles: switchFlag('Write one ClusterRole with a RoleBinding per namespace where namespaces need the same rules'),
  homeNamespace: textFlag(
    'NAMESPACE',
    'Namespace under which policies of users and groups are filed (default: that of the AudiciaSource, else default)',
  ),
} as const;
