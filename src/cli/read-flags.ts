// The flags of every command that reads audit logs, and what they mean together with an AudiciaSource.
import { switchFlag, textFlag, textsFlag, wholeFlag } from './common-flags.ts';

export interface ReadFlags {
  readonly usage?: readonly string[];
  readonly source?: string;
  readonly jobs?: number;
  readonly strict: boolean;
  readonly trustSuccess: boolean;
  readonly targetVersion?: string;
  readonly includeSystemUsers: boolean;
  readonly progress: boolean;
}

export const readFlags = {
  usage: {
    kind: 'parsed',
    optional: true,
    variadic: true,
    parse: String,
    placeholder: 'FILE',
    brief: 'Start from usage that "audicia usage --save" wrote, instead of (or beside) logs; may be repeated',
  },
  source: textFlag('FILE', 'Take settings from an AudiciaSource manifest; flags win over it'),
  jobs: wholeFlag(1, 'N', 'Threads that read and decode; by default one per core'),
  strict: switchFlag('Exit 1 when any record of a log could not be read'),
  trustSuccess: switchFlag('Take success as authorised where events carry no decision (stripped by a collector)'),
  targetVersion: textFlag('1.N', 'Kubernetes version that the policy is for; without it every version is allowed for'),
  includeSystemUsers: switchFlag(
    'Include the users of the control plane and nodes (system:...), which are left out by default',
  ),
  progress: {
    kind: 'boolean',
    default: true,
    brief: 'Show a progress bar on a terminal',
  },
} as const;

/** Choosing subjects by name, as `chooseSubjects` understands it. */
export const subjectFlag = textsFlag('NAME', 'Only this subject; * stands for any characters; may be repeated');

/** Logs as arguments. */
export const logArguments = {
  kind: 'array',
  parameter: {
    brief: 'Audit logs: files, folders, quoted globs, - for stdin; .gz and .zst are unpacked',
    parse: String,
    placeholder: 'LOG',
  },
} as const;
