// What was typed, and the AudiciaSource it names -> what was meant: the one place where flags become options. Flags win
// over the manifest, the manifest over the defaults.
import { AudiciaError } from '../base/errors.ts';
import type { AudiciaSource } from '../crd/audicia-source.ts';
import { type KubernetesVersion, parseKubernetesVersion } from '../flow/attribute/options.ts';
import type { StageOptions } from '../flow/pipeline.ts';
import { defaultPolicyStrategy, type SynthesisOptions } from '../flow/types.ts';
import { readText } from './actions/read-text.ts';
import { inferencesOf } from './infer-kinds.ts';
import type { PolicyFlags } from './policy-flags.ts';
import type { ReadFlags } from './read-flags.ts';

/**
 * The AudiciaSource that `--source` names, if any. Its schema is loaded only then: it takes longer to load than a small
 * log to read. Throws AudiciaError `bad-config` or `unreadable-input`.
 */
export async function loadSource(flags: Pick<ReadFlags, 'source'>): Promise<AudiciaSource | undefined> {
  if (flags.source === undefined) return undefined;
  const { parseSource } = await import('../crd/parse-source.ts');
  return parseSource(readText(flags.source), flags.source);
}

/** The logs to read: those that were named, else where the source says they are. */
export function logsOf(
  named: readonly string[],
  flags: ReadFlags,
  source: AudiciaSource | undefined,
): readonly string[] {
  if (named.length > 0 || flags.usage !== undefined) return named;
  if (source === undefined) {
    throw new AudiciaError('bad-flag', 'No audit log was given.', {
      hint: 'Name files, folders or quoted globs, - for standard input; or --usage FILE, or --source FILE.',
    });
  }
  const { sourceType, location } = source.spec;
  if (sourceType === 'K8sAuditLog' && location !== undefined) return [location.path];
  const why =
    sourceType === 'K8sAuditLog'
      ? 'has no spec.location.path'
      : `has sourceType ${sourceType}, which is received by the operator and is no file`;
  throw new AudiciaError(
    'bad-config',
    `AudiciaSource ${source.metadata.name} in ${flags.source} ${why}, so there is no log to read.`,
    {
      hint: 'Name audit logs as arguments; the other settings of the manifest hold for them as well.',
    },
  );
}

export function stageOptionsOf(flags: ReadFlags, source: AudiciaSource | undefined): StageOptions {
  return {
    attribute: { trustSuccess: flags.trustSuccess, targetVersion: versionOf(flags) },
    filters: {
      ignoreSystemUsers: flags.includeSystemUsers ? false : (source?.spec.ignoreSystemUsers ?? true),
      filters: source?.spec.filters ?? [],
    },
  };
}

function versionOf({ targetVersion }: ReadFlags): KubernetesVersion | undefined {
  if (targetVersion === undefined) return undefined;
  const version = parseKubernetesVersion(targetVersion);
  if (version !== undefined) return version;
  throw new AudiciaError('bad-flag', `--target-version: "${targetVersion}" is not a Kubernetes version.`, {
    hint: 'Write it as 1.35 or v1.35.2.',
  });
}

export function synthesisOptionsOf(flags: PolicyFlags, source: AudiciaSource | undefined): SynthesisOptions {
  const strategy = source?.spec.policyStrategy ?? defaultPolicyStrategy;
  return {
    strategy: {
      scopeMode: flags.scopeMode ?? strategy.scopeMode,
      verbMerge: flags.verbMerge ?? strategy.verbMerge,
      wildcards: flags.wildcards ?? strategy.wildcards,
      resourceNames: flags.resourceNames ?? strategy.resourceNames,
    },
    inferences: inferencesOf(flags.infer, flags.noInfer),
    assumeDefaults: flags.assumeDefaults,
    includeDenied: flags.includeDenied,
    shareRoles: flags.shareRoles,
    homeNamespace: flags.homeNamespace ?? source?.metadata.namespace ?? 'default',
  };
}
