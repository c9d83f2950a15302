// Usage of subjects -> their policies, each with its proof. What does not prove itself is kept apart: it is a defect of
// Audicia's own, and is never written.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudiciaError } from '../../base/errors.ts';
import { verify } from '../../flow/evaluate/verify.ts';
import { synthesise } from '../../flow/synthesise/synthesise.ts';
import type { Policy, SubjectUsage, SynthesisOptions, Verification } from '../../flow/types.ts';
import { nameObject } from '../../rbac/objects.ts';
import { describeSubject } from '../../rbac/subject.ts';

export interface ProvenPolicy {
  readonly usage: SubjectUsage;
  readonly policy: Policy;
  readonly verification: Verification;
}

/** Whether everything used is granted, but for what the policy says it leaves out, and everything granted was used. */
export function isProven({ verification }: ProvenPolicy): boolean {
  return verification.missing.length === 0 && verification.unproven.length === 0;
}

/** Suggests and verifies the policy of each subject, in the order given. Throws AudiciaError `interrupted` when aborted. */
export async function makePolicies(
  subjects: readonly SubjectUsage[],
  options: SynthesisOptions,
  signal: AbortSignal,
): Promise<ProvenPolicy[]> {
  const made: ProvenPolicy[] = [];
  const writerByObject = new Map<string, Policy>();
  for (const usage of subjects) {
    await letInterrupt(signal);
    const policy = synthesise(usage, options);
    refuseClash(policy, writerByObject);
    made.push({ usage, policy, verification: verify(policy.objects, usage, { ...options, omitted: policy.omitted }) });
  }
  return made;
}

/** Between two pieces of computing: lets Ctrl-C be heard. Throws AudiciaError `interrupted` when it was. */
export async function letInterrupt(signal: AbortSignal): Promise<void> {
  await nextTurn();
  if (signal.aborted) throw new AudiciaError('interrupted', 'Interrupted; nothing was written.');
}

/** Two policies that wrote one object would each undo the other. Names exclude it; this holds them to it. */
function refuseClash(policy: Policy, writerByObject: Map<string, Policy>): void {
  for (const object of policy.objects) {
    const name = nameObject(object);
    const other = writerByObject.get(name);
    if (other !== undefined) {
      const both = `${describeSubject(other.subject)} and ${describeSubject(policy.subject)}`;
      throw new AudiciaError('internal', `The policies of ${both} both hold ${name}.`, { hint: 'Please report it.' });
    }
    writerByObject.set(name, policy);
  }
}
