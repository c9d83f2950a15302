// What happens to a policy that does not prove itself, which no log can provoke.
import { describe, expect, it } from 'vitest';
import { newSubjectUsage } from '../../flow/aggregate/usage-builder.ts';
import { isProven, type ProvenPolicy } from '../../flow/derive-policies.ts';
import type { Verification } from '../../flow/types.ts';
import type { Subject } from '../../rbac/subject.ts';
import type { Terminal } from '../terminal.ts';
import { reportFailures } from './generate-text.ts';

const subject: Subject = { kind: 'User', name: 'alice' };

function policyWith(flaws: Partial<Verification>): ProvenPolicy {
  const verification = { subject, missing: [], omitted: [], unproven: [], unprovenMore: false, checked: 1, ...flaws };
  const policy = { subject, objects: [], omitted: [], inferred: [], reasons: [], warnings: [] };
  return { usage: newSubjectUsage(subject), policy, verification };
}

function told(made: readonly ProvenPolicy[]): string {
  let text = '';
  const terminal = {
    paint: (_stream: string, _style: string, part: string) => part,
    err: (part: string) => (text += part),
  };
  reportFailures(made, terminal as unknown as Terminal);
  return text;
}

describe('a policy', () => {
  const lacking = policyWith({ missing: [{ verb: 'get', path: '/metrics' }] });
  const excessive = policyWith({ unproven: [{ object: 'ClusterRole x', grant: { verb: 'get', path: '/x' } }] });
  const sound = policyWith({ omitted: [{ verb: 'get', path: '/left-out' }] });

  it('is proven when nothing is missing, but for what it says it leaves out, and nothing is without evidence', () => {
    expect([lacking, excessive, sound].map(isProven)).toEqual([false, false, true]);
  });

  it('that is not is told with what is wrong', () => {
    const text = told([lacking, excessive, sound]);

    expect(text.match(/The policy of User alice does not verify and was not written\./g)).toHaveLength(2);
    expect(text).toContain('  missing: get /metrics\n');
    expect(text).toContain('  without evidence: get /x in ClusterRole x\n');
  });
});
