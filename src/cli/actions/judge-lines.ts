// Requests as JSON lines -> answers as JSON lines, in the same order, as they come. A line that cannot be understood gets
// an answer that says so, and the lines after it their own.
import { exitCodes } from '../../base/errors.ts';
import type { Authorizer, UserIdentity } from '../../rbac/authorize.ts';
import type { Permission } from '../../rbac/permission.ts';
import type { Terminal } from '../terminal.ts';
import { answerDocument } from './grant-path.ts';

/** Characters of a line; a longer one is refused without being kept. Real requests have a few hundred. */
const longestLine = 1 << 20;

export interface LinesStatus {
  /** Whether any request was refused. */
  readonly refused: boolean;
  /** 0 when every line could be read, 1 when one could not. A refusal is an answer and no failure. */
  readonly code: number;
}

/** Answers every non-blank line of `input` on stdout: `{"allowed", "by"}`, or `{"error"}`. */
export async function answerLines(
  input: AsyncIterable<Uint8Array>,
  terminal: Terminal,
  authorizer: Authorizer,
): Promise<LinesStatus> {
  const status = { refused: false, code: exitCodes.done as number };
  const answer = (line: string): string => {
    const reply = answerLine(line, authorizer);
    if ('error' in reply) status.code = exitCodes.findings;
    else if (!reply.allowed) status.refused = true;
    return `${JSON.stringify(reply)}\n`;
  };
  for await (const lines of linesOf(input)) {
    terminal.out(
      lines
        .filter((line) => line.trim() !== '')
        .map(answer)
        .join(''),
    );
    await terminal.flushed();
  }
  return status;
}

/** The complete lines of each chunk, and at the end what is left without a line end. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    // One character past the bound is kept, so that the line is still seen to be too long.
    rest = (lines.pop() as string).slice(0, longestLine + 1);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

type Reply = { readonly error: string } | { readonly allowed: boolean; readonly by: string | null };

function answerLine(line: string, authorizer: Authorizer): Reply {
  if (line.length > longestLine) return { error: `the line is longer than ${longestLine} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: 'the line is not JSON' };
  }
  const request = requestOf(value);
  if (typeof request === 'string') return { error: request };
  return answerDocument(authorizer.authorize(request.user, request.permission));
}

interface LineRequest {
  readonly user: UserIdentity;
  readonly permission: Permission;
}

/** The request, or why there is none. Groups count as they are given: nothing is added. */
function requestOf(value: unknown): LineRequest | string {
  if (!isObject(value)) return 'the line is not a JSON object';
  const { user, attributes } = value;
  if (!isObject(user)) return 'user is missing';
  if (typeof user['name'] !== 'string') return 'user.name is not a string';
  const groups = user['groups'] ?? [];
  if (!Array.isArray(groups) || !groups.every((group) => typeof group === 'string')) {
    return 'user.groups is not a list of strings';
  }
  if (!isObject(attributes)) return 'attributes is missing';
  const permission = permissionOf(attributes);
  return typeof permission === 'string' ? permission : { user: { name: user['name'], groups }, permission };
}

const urlFields = ['verb', 'path'] as const;
const resourceFields = ['verb', 'apiGroup', 'resource', 'subresource', 'namespace', 'name'] as const;

/** Fields of authorizer.Attributes that RBAC never reads; all others that are not ours are mistakes, and named. */
const ignoredFields = new Set([
  'version',
  'apiVersion',
  'resourceRequest',
  'fieldSelector',
  'labelSelector',
  'readOnly',
]);

function permissionOf(attributes: Readonly<Record<string, unknown>>): Permission | string {
  const isUrl = attributes['resource'] === undefined && attributes['path'] !== undefined;
  const fields: readonly string[] = isUrl ? urlFields : resourceFields;
  for (const field of Object.keys(attributes)) {
    if (!fields.includes(field) && !ignoredFields.has(field) && !isEmpty(attributes[field])) {
      return `attributes.${field} does not belong in a request for a ${isUrl ? 'path' : 'resource'}`;
    }
  }
  const text = (field: string) => attributes[field] ?? '';
  const wrong = fields.find((field) => typeof text(field) !== 'string');
  if (wrong !== undefined) return `attributes.${wrong} is not a string`;
  if (attributes['verb'] === undefined) return 'attributes.verb is missing';
  if (!isUrl && text('resource') === '') return 'attributes has neither resource nor path';
  return Object.fromEntries(fields.map((field) => [field, text(field)])) as unknown as Permission;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
