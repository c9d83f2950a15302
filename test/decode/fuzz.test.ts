// Damaged records: the fast decoder, the exact one and the reference must read the same out of them, and end.
// AUDICIA_FUZZ_RECORDS sets how many (the full run is 1,000,000), AUDICIA_FUZZ_SEED where to begin.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differences, LogReader } from './decode-log.ts';
import { mutate, Random } from './mutate.ts';
import { ReferenceDecoder } from './reference.ts';

const wanted = Number(process.env.AUDICIA_FUZZ_RECORDS ?? 50_000);
const firstSeed = Number(process.env.AUDICIA_FUZZ_SEED ?? 1);
/** Decoded in one go: a damaged record then has neighbours to damage. */
const recordsPerInput = 1000;
/** One decoder for so many inputs, so that what it learned of one can go wrong in the next. */
const inputsPerDecoder = 20;
const longestRecord = 20_000;
const newline = Buffer.from('\n');

const corpus = new URL('../corpus/', import.meta.url);
const linesOf = (name: string): string[] => readFileSync(new URL(name, corpus), 'utf8').split(/\r?\n/);
const names = readdirSync(corpus);

const eventFiles = names.filter((name) =>
  /apiserver|immudb|audit2rbac|falco-k8s|auditgen|kubesplaining-[lm]|panther-eks/.test(name),
);
/** Every log has its share, however long another one is. */
const events = eventFiles.flatMap((name) => records(linesOf(name)).slice(0, 350));
const containers = names
  .filter((name) => /^(aks|gke|kubesplaining-eks|panther-kub)/.test(name))
  .flatMap((name) => records(name.endsWith('.jsonl') ? linesOf(name) : [oneLine(name)]));

function records(lines: readonly string[]): Buffer[] {
  return lines.filter((line) => line !== '' && line.length <= longestRecord).map((line) => Buffer.from(line));
}

function oneLine(name: string): string {
  return JSON.stringify(JSON.parse(readFileSync(new URL(name, corpus), 'utf8').replace(/^\ufeff/, '')));
}

function makeInput(seed: number, from: readonly Buffer[]): Buffer {
  const random = new Random(seed);
  const lines: Buffer[] = [];
  for (let i = 0; i < recordsPerInput; i++) {
    lines.push(mutate(random, from), newline);
    // Records that are whole show whether the damaged ones left something behind.
    if (random.below(3) === 0) lines.push(random.oneOf(from), newline);
  }
  return Buffer.concat(lines);
}

/** The first record at which the decoders part, by halving the input; for the message. */
function explain(seed: number, input: Buffer, disagree: (bytes: Buffer) => string[]): string {
  let lines = input.toString('latin1').split('\n');
  for (let size = lines.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= lines.length && lines.length > size; ) {
      const fewer = [...lines.slice(0, at), ...lines.slice(at + size)];
      if (disagree(Buffer.from(fewer.join('\n'), 'latin1')).length > 0) lines = fewer;
      else at += size;
    }
  }
  const smallest = Buffer.from(lines.join('\n'), 'latin1');
  return `seed ${seed}: ${disagree(smallest).join('\n')}\n${JSON.stringify(smallest.toString('latin1'))}`;
}

const fastAndExact = (bytes: Buffer): string[] => {
  const [fast, exact] = [new LogReader('fast').decode(bytes), new LogReader('exact').decode(bytes)];
  const counts = JSON.stringify(fast.counts) === JSON.stringify(exact.counts) ? [] : ['the counts differ'];
  const bad = JSON.stringify(fast.badRecords) === JSON.stringify(exact.badRecords) ? [] : ['the bad records differ'];
  return [...differences(fast, exact), ...counts, ...bad];
};

const exactAndReference = (bytes: Buffer): string[] =>
  differences(new LogReader('exact').decode(bytes), new ReferenceDecoder().decode(bytes));

test(`${wanted} damaged events are read alike by the fast, the exact and the reference decoder`, () => {
  const inputs = Math.ceil(wanted / recordsPerInput);
  const seen = { records: 0, events: 0, bad: 0, scanned: 0 };
  let [fast, exact, reference] = [new LogReader('fast'), new LogReader('exact'), new ReferenceDecoder()];
  for (let i = 0; i < inputs; i++) {
    if (i % inputsPerDecoder === 0) {
      [fast, exact, reference] = [new LogReader('fast'), new LogReader('exact'), new ReferenceDecoder()];
    }
    const input = makeInput(firstSeed + i, events);
    const [a, b, c] = [fast.decode(input), exact.decode(input), reference.decode(input)];
    const isSame = JSON.stringify([a.counts, a.badRecords]) === JSON.stringify([b.counts, b.badRecords]);
    if (!isSame || differences(a, b).length > 0) {
      expect.fail(explain(firstSeed + i, input, fastAndExact) + differences(a, b).join('\n').slice(0, 2000));
    }
    if (differences(b, c).length > 0) {
      expect.fail(explain(firstSeed + i, input, exactAndReference) + differences(b, c).join('\n').slice(0, 2000));
    }
    seen.records += recordsPerInput;
    seen.events += b.counts.events;
    seen.bad += b.counts.badRecords;
    seen.scanned += a.scanned;
  }
  console.log(
    `compared ${seen.records} records (seeds ${firstSeed} to ${firstSeed + inputs - 1}): ` +
      `${seen.events} events, ${seen.bad} bad records; ${seen.scanned} events were scanned`,
  );
  // Damage must leave enough of both.
  expect(seen.events).toBeGreaterThan(seen.records / 10);
  expect(seen.bad).toBeGreaterThan(seen.records / 10);
  expect(seen.scanned).toBeGreaterThan(seen.records / 10);
}, 3_600_000);

test('damaged exports of the clouds are read alike by the fast and the exact decoder', () => {
  const inputs = Math.ceil(wanted / recordsPerInput / 20);
  for (let i = 0; i < inputs; i++) {
    const input = makeInput(firstSeed + i, [...containers, ...events.slice(0, containers.length / 3)]);
    const found = fastAndExact(input);
    if (found.length > 0) expect.fail(explain(firstSeed + i, input, fastAndExact));
  }
  console.log(`compared ${inputs * recordsPerInput} records of exports`);
}, 3_600_000);
