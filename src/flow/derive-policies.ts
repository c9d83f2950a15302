// The order of the stages behind the usage table: synthesise -> evaluate, subject by subject. Apart from pipeline.ts, since
// the threads that count events have no use for it.
import { AudiciaError } from '../base/errors.ts';
import { nameObject } from '../rbac/objects.ts';
import { describeSubject } from '../rbac/subject.ts';
import { verify } from './evaluate/verify.ts';
import { synthesise } from './synthesise/synthesise.ts';
import type { Policy, SubjectUsage, SynthesisOptions, Verification } from './types.ts';

/** A policy with its proof, or with what it fails by: then it is a defect of Audicia's own. */
export interface ProvenPolicy {
  readonly usage: SubjectUsage;
  readonly policy: Policy;
  readonly verification: Verification;
}

/** Whether everything used is granted, but for what the policy says it leaves out, and everything granted was used. */
export function isProven({ verification }: ProvenPolicy): boolean {
  return verification.missing.length === 0 && verification.unproven.length === 0;
}

/**
 * Suggests and verifies the policy of each subject, in the order given; lazily, so that the caller can be interrupted between
 * two. Throws AudiciaError `internal` when two policies hold an object of the same name.
 */
export function* derivePolicies(
  subjects: Iterable<SubjectUsage>,
  options: SynthesisOptions,
): Generator<ProvenPolicy, void, undefined> {
  const writerByObject = new Map<string, Policy>();
  for (const usage of subjects) {
    const policy = synthesise(usage, options);
    refuseClash(policy, writerByObject);
    yield { usage, policy, verification: verify(policy.objects, usage, { ...options, omitted: policy.omitted }) };
  }
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
