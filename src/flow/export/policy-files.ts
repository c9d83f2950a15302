// Policies -> files in the layout of the GitOps workflow: rbac/<namespace>/<subject>-rbac.yaml.
import { byCodeUnit } from '../../base/order.ts';
import { directoryName, fileName } from '../../rbac/names.ts';
import type { Subject } from '../../rbac/subject.ts';
import { homeOf } from '../../rbac/subject-home.ts';
import type { Policy } from '../types.ts';
import { type InferenceTexts, policyToYaml } from './policy-yaml.ts';

export interface OutputFile {
  /** Relative, with `/`; of lower-case letters, digits, `-` and `.` only, and never `..`. */
  readonly path: string;
  readonly content: string;
}

/** One file for each policy that has anything to say, in the order of paths. No two subjects share a file. */
export function policyFiles(
  policies: readonly Policy[],
  options: { readonly homeNamespace: string; readonly texts?: InferenceTexts },
): OutputFile[] {
  const files: OutputFile[] = [];
  for (const policy of policies) {
    const content = policyToYaml(policy, options.texts);
    if (content !== '') files.push({ path: policyPath(policy.subject, options.homeNamespace), content });
  }
  return files.sort((a, b) => byCodeUnit(a.path, b.path));
}

/** Where the policy of a subject is filed: a service account's under its own namespace, others' under the one given. */
export function policyPath(subject: Subject, homeNamespace: string): string {
  const namespace = homeOf(subject, homeNamespace);
  return `rbac/${directoryName(namespace)}/${fileName(subject, namespace)}`;
}
