// Policy + proof -> conditions, in the form that every Kubernetes object has them (metav1.Condition).
import { formatMicros } from '../../base/time.ts';
import type { Micros, Policy, Verification } from '../types.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  /** One word, CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/**
 * `Sound` and `Minimal` (the proof), `Complete` (nothing left out), `AllRulesShown` (observedRules is not cut).
 * All four are always there, so that their absence never means anything.
 */
export function conditionsOf(
  policy: Policy,
  proof: Verification,
  rules: { readonly shown: number; readonly of: number },
  now: Micros,
): Condition[] {
  const lastTransitionTime = formatMicros(now);
  const condition = (type: string, holds: boolean, reasons: readonly [string, string], message: string): Condition => {
    const status = holds ? 'True' : 'False';
    return { type, status, reason: holds ? reasons[0] : reasons[1], message, lastTransitionTime };
  };
  const missing = proof.missing.length;
  const unproven = proof.unproven.length;
  const omitted = policy.omitted.length;
  return [
    condition('Sound', missing === 0, ['Proven', 'RequestsRefused'], soundMessage(proof)),
    condition(
      'Minimal',
      unproven === 0,
      ['Proven', 'GrantsWithoutEvidence'],
      unproven === 0 ? 'Every grant has evidence.' : `${unproven} grants have no evidence.`,
    ),
    condition('Complete', omitted === 0, ['NothingLeftOut', 'LeftOut'], completeMessage(policy)),
    condition(
      'AllRulesShown',
      rules.shown === rules.of,
      ['WithinLimit', 'MaxRulesPerReport'],
      `${rules.shown} of ${rules.of} observed rules are shown; the suggested policy holds all.`,
    ),
  ];
}

function soundMessage(proof: Verification): string {
  if (proof.missing.length > 0)
    return `${proof.missing.length} of ${proof.checked} observed requests would be refused.`;
  if (proof.omitted.length === 0) return `All ${proof.checked} observed requests are allowed.`;
  return `All observed requests are allowed but for ${proof.omitted.length} of ${proof.checked}, which are left out.`;
}

function completeMessage(policy: Policy): string {
  if (policy.omitted.length === 0) return 'Nothing is left out.';
  const reasons = [...new Set(policy.omitted.map(({ reason }) => reason))];
  const more = reasons.length > 3 ? ' There are further reasons.' : '';
  return `${policy.omitted.length} permissions are left out. ${reasons.slice(0, 3).join(' ')}${more}`;
}
