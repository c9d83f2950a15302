// Usage of subjects -> their policies with proofs, one after the other and not deaf to Ctrl-C meanwhile.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudiciaError } from '../../base/errors.ts';
import { derivePolicies, type ProvenPolicy } from '../../flow/derive-policies.ts';
import type { SubjectUsage, SynthesisOptions } from '../../flow/types.ts';

/** Suggests and verifies the policy of each subject, in the order given. Throws AudiciaError `interrupted` when aborted. */
export async function makePolicies(
  subjects: readonly SubjectUsage[],
  options: SynthesisOptions,
  signal: AbortSignal,
): Promise<ProvenPolicy[]> {
  const made: ProvenPolicy[] = [];
  await letInterrupt(signal);
  for (const one of derivePolicies(subjects, options)) {
    made.push(one);
    await letInterrupt(signal);
  }
  return made;
}

/** Between two pieces of computing: lets Ctrl-C be heard. Throws AudiciaError `interrupted` when it was. */
export async function letInterrupt(signal: AbortSignal): Promise<void> {
  await nextTurn();
  if (signal.aborted) throw new AudiciaError('interrupted', 'Interrupted; nothing was written.');
}
