// Runs `audicia can-i`: manifests and one request (or a stream of them) -> yes or no, and by which binding.
import { AudiciaError, exitCodes } from '../../base/errors.ts';
import { Authorizer, type Decision } from '../../rbac/authorize.ts';
import { defaultObjects } from '../../rbac/defaults.ts';
import { describePermission, type Permission } from '../../rbac/permission.ts';
import type { CanIFlags } from '../commands/can-i.ts';
import type { CliContext } from '../context.ts';
import { identityOf } from '../identity.ts';
import { permissionOfWords } from '../permission-words.ts';
import { printable } from '../printable.ts';
import { answerDocument, describePath } from './grant-path.ts';
import { answerLines } from './judge-lines.ts';
import { readRbac, reportManifests } from './read-rbac.ts';

export async function canI(this: CliContext, flags: CanIFlags, ...words: string[]): Promise<void> {
  const asked = flags.stdin ? undefined : requestOf(flags, words);
  if (flags.stdin && words.length > 0) throw misuse('--stdin takes no request on the command line.');
  const rbac = readRbac(flags.rbac);
  reportManifests(rbac, this.terminal);
  const objects = flags.assumeDefaults ? [...defaultObjects, ...rbac.objects] : rbac.objects;
  const authorizer = new Authorizer(objects);
  const status = asked
    ? answer(this, flags, asked, authorizer)
    : await answerLines(this.stdin, this.terminal, authorizer);
  this.process.exitCode = status.refused && rbac.broken > 0 && status.code <= 1 ? exitCodes.usage : status.code;
}

interface Asked {
  readonly user: string;
  readonly groups: readonly string[];
  readonly permission: Permission;
}

function requestOf(flags: CanIFlags, words: readonly string[]): Asked {
  if (flags.as === undefined) throw misuse('--as is missing: whose request is it?');
  const typed = flags.path === undefined ? words : [...words, flags.path];
  if (flags.path !== undefined && (words.length !== 1 || !flags.path.startsWith('/'))) {
    throw misuse('--path takes a path that starts with "/", and beside it only a verb: can-i get --path /metrics.');
  }
  const { namespace, subresource } = flags;
  return {
    user: flags.as,
    groups: flags.asGroup ?? [],
    permission: permissionOfWords(typed, { namespace, subresource }),
  };
}

function answer(context: CliContext, flags: CanIFlags, asked: Asked, authorizer: Authorizer) {
  const decision = authorizer.authorize(identityOf(asked.user, asked.groups), asked.permission);
  if (!flags.quiet) context.terminal.out(`${answerText(context, flags, asked, decision)}\n`);
  return { refused: !decision.allowed, code: decision.allowed ? exitCodes.done : exitCodes.findings };
}

function answerText(context: CliContext, flags: CanIFlags, asked: Asked, decision: Decision): string {
  if (flags.output === 'json') return JSON.stringify(answerDocument(decision));
  const { terminal } = context;
  if (decision.allowed)
    return `${terminal.paint('stdout', 'green', 'yes')} - allowed by ${printable(describePath(decision))}`;
  const request = `${describePermission(asked.permission)} by ${asked.user}`;
  const lines = [`${terminal.paint('stdout', 'red', 'no')} - nothing allows ${printable(request)}`];
  for (const sentence of decision.unresolved) lines.push(`     ${printable(sentence)}`);
  return lines.join('\n');
}

function misuse(message: string): AudiciaError {
  return new AudiciaError('bad-flag', message, { hint: 'See audicia can-i --help.' });
}
