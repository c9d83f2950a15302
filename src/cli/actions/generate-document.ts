// A run of `audicia generate` -> the document that `--output json` prints.
import { subjectBlindSpots } from '../../flow/aggregate/blind-spots.ts';
import { isProven, type ProvenPolicy } from '../../flow/derive-policies.ts';
import { describePermission } from '../../rbac/permission.ts';
import type { Generated } from './generate.ts';
import { runDocument } from './run-summary.ts';
import { requestsOf, windowDocument } from './usage-rows.ts';

export function generateDocument({ read, made, files, out, written }: Generated) {
  return {
    subjects: made.map(subjectDocument),
    files: files.map(({ path }) => path),
    out: out ?? null,
    written,
    run: runDocument(read.table, read.run),
  };
}

function subjectDocument(each: ProvenPolicy) {
  const { usage, policy, verification } = each;
  return {
    subject: usage.subject,
    requests: requestsOf(usage),
    permissions: usage.used.size,
    ...windowDocument(usage.observed),
    objects: policy.objects,
    omitted: policy.omitted.map((left) => ({ text: describePermission(left.permission), ...left })),
    inferred: policy.inferred.map((grant) => ({ text: describePermission(grant.permission), ...grant })),
    reasons: policy.reasons,
    warnings: policy.warnings,
    blindSpots: subjectBlindSpots(usage),
    verification: {
      verified: isProven(each),
      checked: verification.checked,
      missing: verification.missing.map(describePermission),
      unproven: verification.unproven.map(({ object, grant }) => ({ object, grant: describePermission(grant) })),
    },
  };
}
