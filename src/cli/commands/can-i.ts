// `audicia can-i`: would these manifests allow this request? Flags and docs; the action is in ../actions/can-i.ts.
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, switchFlag, textFlag, textsFlag } from '../common-flags.ts';
import type { CliContext } from '../context.ts';

export interface CanIFlags extends CommonFlags {
  readonly rbac: readonly string[];
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly namespace?: string;
  readonly subresource?: string;
  readonly path?: string;
  readonly stdin: boolean;
  readonly assumeDefaults: boolean;
  readonly quiet: boolean;
}

export const canICommand = buildCommand<CanIFlags, string[], CliContext>({
  loader: async () => (await import('../actions/can-i.ts')).canI,
  parameters: {
    flags: {
      rbac: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        placeholder: 'DIR|FILE',
        brief: 'RBAC manifests to judge by: folders (read with their subfolders) or files; may be repeated',
      },
      as: textFlag('USER', 'User that asks, for example system:serviceaccount:web:backend'),
      asGroup: textsFlag('GROUP', 'Group of that user; may be repeated'),
      namespace: textFlag('NAMESPACE', 'Namespace of the request; without it the request is cluster-wide'),
      subresource: textFlag('NAME', 'Subresource, where it is not written as RESOURCE/SUBRESOURCE'),
      path: textFlag('PATH', 'Ask for a path that is no resource, for example /metrics'),
      stdin: switchFlag('Read requests from stdin, one JSON object per line, and answer each with a line'),
      assumeDefaults: switchFlag('Let the roles that every authenticated identity has by default count as well'),
      quiet: switchFlag('Print nothing; the exit status is the answer'),
      ...commonFlags,
    },
    aliases: { n: 'namespace', q: 'quiet', ...commonAliases },
    positional: {
      kind: 'array',
      parameter: {
        brief: 'VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME], or VERB /path',
        parse: String,
        placeholder: 'REQUEST',
      },
      maximum: 3,
    },
  },
  docs: {
    brief: 'Ask whether RBAC manifests allow a request, without a cluster',
    fullDescription: [
      "Judges a request by the RBAC manifests in a folder, with the rules of the API server's own authorizer.",
      'Prints yes or no, and the binding and role that allow it. Only the given manifests count.',
    ].join('\n'),
    customUsage: [
      'VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] --rbac DIR --as USER [-n NAMESPACE]',
      'VERB /path --rbac DIR --as USER',
      '--rbac DIR --stdin < requests.jsonl',
    ],
  },
});
