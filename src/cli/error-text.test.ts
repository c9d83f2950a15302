import { describe, expect, it } from 'vitest';
import { AudiciaError } from '../base/errors.ts';
import { errorText, exitCodeOf } from './error-text.ts';
import type { Terminal } from './terminal.ts';

function terminal(options: Partial<Terminal> = {}): Terminal {
  return { json: false, verbose: false, paint: (_stream, _style, text) => text, ...options } as Terminal;
}

const noEvents = new AudiciaError('no-events', 'x.log holds no audit events.', { hint: 'Look elsewhere.' });

describe('errorText', () => {
  it('is one sentence and a hint', () => {
    expect(errorText(noEvents, terminal())).toBe('error: x.log holds no audit events.\nhint: Look elsewhere.');
  });

  it('is a line of JSON for machines', () => {
    expect(errorText(noEvents, terminal({ json: true, verbose: true }))).toBe(
      '{"error":{"code":"no-events","message":"x.log holds no audit events.","hint":"Look elsewhere."}}',
    );
  });

  it('shows the chain of causes to whoever asks, and survives a ring of them', () => {
    const inner = new Error('disk is on fire');
    const outer = new AudiciaError('unreadable-input', 'Cannot read x.', { cause: inner });
    inner.cause = outer;

    expect(errorText(outer, terminal())).not.toContain('fire');
    expect(errorText(outer, terminal({ verbose: true }))).toContain('caused by: Error: disk is on fire');
  });

  it('takes anything unknown for a defect of ours, and makes it safe to show', () => {
    expect(errorText(new TypeError('x is \u001b[31m undefined'), terminal())).toMatch(
      /^error: A defect in audicia: x is \\u\{1b\}\[31m undefined\nhint: Please report it/,
    );
  });
});

describe('exitCodeOf', () => {
  it.each([
    [noEvents, 4],
    [new AudiciaError('bad-flag', ''), 2],
    [new AudiciaError('interrupted', ''), 130],
    [new DOMException('aborted', 'AbortError'), 130],
    [new TypeError('x'), 70],
    ['thrown text', 70],
  ])('%s', (thrown, code) => {
    expect(exitCodeOf(thrown)).toBe(code);
  });
});
