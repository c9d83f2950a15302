// The commands put together, and the words for a command line that cannot be understood. Nothing heavy is imported here:
// a command's action, and all that it needs, is loaded when the command runs, so that --help and completion start fast.
import {
  type Application,
  type ApplicationText,
  ArgumentParseError,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  type Command,
  EnumValidationError,
  FlagNotFoundError,
  type RouteMap,
  type StricliIntegration,
  text_en,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
  version,
} from '@stricli/core';
import packageJson from '../../package.json' with { type: 'json' };
import { AudiciaError } from '../base/errors.ts';
import { kebab } from './command-reference.ts';
import { canICommand } from './commands/can-i.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { explainCommand } from './commands/explain.ts';
import { generateCommand } from './commands/generate.ts';
import { usageCommands } from './commands/usage.ts';
import { verifyCommand } from './commands/verify.ts';
import type { CliContext } from './context.ts';
import { errorText, exitCodeOf } from './error-text.ts';
import { groupHelpText, helpText } from './help-text.ts';
import type { Terminal } from './terminal.ts';

/** All commands. Apart from the application, so that documentation and tests can walk it. */
export const routes = buildRouteMap<string, CliContext>({
  routes: {
    generate: generateCommand,
    usage: usageCommands,
    explain: explainCommand,
    verify: verifyCommand,
    diff: diffCommand,
    canI: canICommand,
    completion: completionCommand,
    __complete: completeCommand,
  },
  docs: {
    hideRoute: { __complete: true },
    brief: 'Least-privilege Kubernetes RBAC from audit logs',
    fullDescription: [
      'Reads Kubernetes audit logs and writes, for every subject in them, the smallest RBAC that keeps it working.',
      'Begin with: audicia generate audit.log',
    ].join('\n'),
  },
});

export function buildAudicia(terminal: Terminal): Application<CliContext> {
  return buildApplication(
    routes,
    {
      name: 'audicia',
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      localization: { text: textFor(terminal) },
      determineExitCode: exitCodeOf,
    },
    {
      help: helpIntegration(terminal),
      version: version({ brief: 'Print the version and exit', info: { currentVersion: packageJson.version } }),
    },
  );
}

/** `--help` of every command and group, in our own layout: Stricli's shows no placeholders and wraps nothing. */
function helpIntegration(terminal: Terminal): StricliIntegration<CliContext> {
  const heading = (text: string) => terminal.paint('stdout', 'bold', text);
  return {
    flag: {
      brief: 'Print help and exit',
      aliases: ['h'],
      global: true,
      defaultForRouteMap: true,
      run(_app, { text, result: { target, prefix } }) {
        const options = { prefix, text, columns: terminal.columns, heading };
        terminal.out(isCommand(target) ? helpText(target, options) : groupHelpText(target, options));
      },
    },
  };
}

function isCommand(target: Command<CliContext> | RouteMap<CliContext>): target is Command<CliContext> {
  return 'parameters' in target;
}

/** Stricli's texts, with every error in the one form that errors have here. */
function textFor(terminal: Terminal): ApplicationText {
  const misuse = (message: string, hint = 'Run the command with --help to see what it takes.') =>
    errorText(new AudiciaError('bad-flag', message, { hint }), terminal);
  return {
    ...text_en,
    briefs: { ...text_en.briefs, argumentEscapeSequence: 'Take everything after this as an argument' },
    noCommandRegisteredForInput({ input, corrections }) {
      if (input.startsWith('-')) return misuse(`Unknown flag ${input}.`, 'Flags of a command go after its name.');
      const meant = corrections.map((name) => name.replaceAll('`', '')).join(' or ');
      const hint = meant === '' ? 'Run audicia --help to see the commands.' : `Did you mean ${meant}?`;
      return misuse(`There is no command "${input}".`, hint);
    },
    exceptionWhileParsingArguments: (exc) =>
      exc instanceof ArgumentScannerError ? describeMisuse(exc, misuse) : errorText(exc, terminal),
    exceptionWhileLoadingCommandFunction: (exc) => errorText(exc, terminal),
    exceptionWhileLoadingCommandContext: (exc) => errorText(exc, terminal),
    exceptionWhileRunningCommand: (exc) => errorText(exc, terminal),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => errorText(exception, terminal),
    exceptionWhileRunningIntegrationHook: ({ exception }) => errorText(exception, terminal),
    commandErrorResult: (exc) => errorText(exc, terminal),
  };
}

/** A wrong argument in our words. By class rather than by the class's name, which a bundler may change. */
function describeMisuse(error: ArgumentScannerError, misuse: (message: string, hint?: string) => string): string {
  if (error instanceof FlagNotFoundError) {
    const meant = error.corrections.map((name) => `--${kebab(name)}`).join(' or ');
    const flag = `Unknown flag --${error.input}.`;
    return meant === '' ? misuse(flag) : misuse(flag, `Did you mean ${meant}?`);
  }
  if (error instanceof EnumValidationError) {
    return misuse(`--${error.externalFlagName}: "${error.input}" is not one of ${error.values.join(', ')}.`);
  }
  if (error instanceof ArgumentParseError) return misuse(describeParseError(error));
  if (error instanceof UnsatisfiedFlagError) return misuse(`--${error.externalFlagName} needs a value.`);
  if (error instanceof UnexpectedFlagError) return misuse(`--${error.externalFlagName} can be given only once.`);
  if (error instanceof UnexpectedPositionalError) return misuse(`Unexpected argument "${error.input}".`);
  if (error instanceof UnsatisfiedPositionalError) return misuse(`${error.placeholder} is missing.`);
  return misuse(`${error.message}.`);
}

function describeParseError(error: ArgumentParseError): string {
  const { exception, externalFlagNameOrPlaceholder: name } = error;
  const why = exception instanceof Error ? exception.message : String(exception);
  // Placeholders of positional arguments are upper-case here, flags lower-case.
  const what = name === name.toLowerCase() ? `--${name}` : name;
  return `${what}: "${error.input}" ${why}.`;
}
