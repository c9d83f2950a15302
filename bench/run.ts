// Measures, in one run and side by side: reading alone, JSON.parse per line, Audicia's decoder, and the whole
// `audicia generate` with one worker and with all. Every variant is a process of its own, start-up included; the rounds
// alternate the variants, so that a slow moment of the machine hits all of them; the median of the rounds is printed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateLog, type Profile } from './generate-log.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const usage = `npm run bench -- [flags]
  --size BYTES       size of each log, such as 200MB or 2GB (default 1GB)
  --rounds N         measurements per variant (default 3)
  --profile NAME     metadata, mixed or both (default both)
  --only NAMES       variants to measure, with commas between them
  --keep             leave the logs in bench/data/ for the next run`;

interface Variant {
  readonly name: string;
  /** Says what it does in the printed table. */
  readonly title: string;
  readonly command: (log: string, scratch: string) => string[];
}

interface Sample {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

interface Log {
  readonly profile: Profile;
  readonly path: string;
  readonly bytes: number;
  readonly events: number;
}

const cores = availableParallelism();
const program = join(root, 'bin/audicia');

const variants: readonly Variant[] = [
  own('read', 'plain read'),
  own('jsonParse', 'JSON.parse per line'),
  own('decode', 'decode only, one worker'),
  generate('generate-1', 'generate, one worker', 1),
  generate('generate-all', `generate, all cores (${cores})`, cores),
];

bench();

function bench(): void {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '1GB' },
      rounds: { type: 'string', default: '3' },
      profile: { type: 'string', default: 'both' },
      only: { type: 'string', default: variants.map((variant) => variant.name).join(',') },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const profiles: Profile[] = values.profile === 'both' ? ['metadata', 'mixed'] : [values.profile as Profile];
  const chosen = variants.filter((variant) => values.only.split(',').includes(variant.name));

  const data = join(root, 'bench/data');
  const scratch = mkdtempSync(join(tmpdir(), 'audicia-bench-'));
  try {
    mkdirSync(data, { recursive: true });
    console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cores} cores; Node ${process.version}`);
    for (const profile of profiles) {
      const log = prepareLog(data, profile, parseSize(values.size));
      printTable(log, measureAll(chosen, log, scratch, Number(values.rounds)));
      if (!values.keep) rmSync(log.path);
    }
    printStartUp(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function own(name: string, title: string): Variant {
  return { name, title, command: (log) => [process.execPath, join(root, 'bench/variants.ts'), name, log] };
}

function generate(name: string, title: string, jobs: number): Variant {
  return {
    name,
    title,
    command: (log, scratch) => [program, 'generate', log, '--jobs', String(jobs), '--out', join(scratch, 'out')],
  };
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(KB|MB|GB)?$/i.exec(text);
  if (!match) throw new Error(`not a size: ${text}\n${usage}`);
  const factor = { KB: 1e3, MB: 1e6, GB: 1e9 }[(match[2] ?? '').toUpperCase()] ?? 1;
  return Math.ceil(Number(match[1]) * factor);
}

/** The log of a profile and size; a kept one is used again, since the same seed would give the same bytes. */
function prepareLog(data: string, profile: Profile, sizeBytes: number): Log {
  const path = join(data, `${profile}-${sizeBytes}.log`);
  if (!existsSync(path)) generateLog(path, profile, sizeBytes);
  // Counting also reads the file once, so that the first variant finds it in memory as the others do.
  const counted = countLines(path);
  return { profile, path, ...counted };
}

function countLines(path: string): { bytes: number; events: number } {
  const answer = spawnSync(process.execPath, [join(root, 'bench/variants.ts'), 'lines', path], { encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(answer.stderr);
  return JSON.parse(answer.stdout) as { bytes: number; events: number };
}

function measureAll(chosen: readonly Variant[], log: Log, scratch: string, rounds: number): Map<Variant, Sample> {
  const samples = new Map<Variant, Sample[]>(chosen.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of chosen) samples.get(variant)?.push(measure(variant.command(log.path, scratch), scratch));
  }
  return new Map([...samples].map(([variant, list]) => [variant, medianOf(list)]));
}

/** Runs a program to its end and measures it from outside, but for memory and CPU time, which it tells by itself. */
function measure(command: readonly string[], scratch: string): Sample {
  const file = join(scratch, 'usage.json');
  rmSync(file, { force: true });
  rmSync(join(scratch, 'out'), { recursive: true, force: true });
  const start = performance.now();
  const result = spawnSync(command[0] as string, command.slice(1), {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      AUDICIA_BENCH_USAGE: file,
      NODE_OPTIONS: `--require ${JSON.stringify(join(root, 'bench/report-usage.cjs'))}`,
    },
  });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== 0) throw new Error(`${command.join(' ')} ended with ${result.status}\n${result.stderr}`);
  const used = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ResourceUsage;
  return {
    seconds,
    cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
    peakBytes: used.maxRSS * 1024,
  };
}

function medianOf(samples: readonly Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number): number =>
    samples.map(pick).sort((a, b) => a - b)[Math.floor(samples.length / 2)] as number;
  return {
    seconds: middle((sample) => sample.seconds),
    cpuSeconds: middle((sample) => sample.cpuSeconds),
    peakBytes: middle((sample) => sample.peakBytes),
  };
}

function printTable(log: Log, samples: ReadonlyMap<Variant, Sample>): void {
  const size = `${(log.bytes / 1e9).toFixed(2)} GB, ${log.events} events, ${(log.bytes / log.events).toFixed(0)} B each`;
  const base = [...samples].find(([variant]) => variant.name === 'jsonParse')?.[1].seconds;
  console.log(`\n${log.profile}: ${size}`);
  printRow(['', 'seconds', 'MB/s', 'events/s', 'x JSON.parse', 'CPU s', 'peak MB']);
  for (const [variant, sample] of samples) {
    printRow([
      variant.title,
      sample.seconds.toFixed(2),
      (log.bytes / 1e6 / sample.seconds).toFixed(0),
      (log.events / sample.seconds).toFixed(0),
      base === undefined ? '' : (base / sample.seconds).toFixed(1),
      sample.cpuSeconds.toFixed(2),
      (sample.peakBytes / 1e6).toFixed(0),
    ]);
  }
}

function printRow([title = '', ...figures]: readonly string[]): void {
  console.log(title.padEnd(28) + figures.map((figure) => figure.padStart(13)).join(''));
}

function printStartUp(scratch: string): void {
  const samples = Array.from({ length: 11 }, () => measure([program, '--help'], scratch));
  const { cpuSeconds, seconds } = medianOf(samples);
  console.log(
    `\naudicia --help: ${(cpuSeconds * 1000).toFixed(0)} ms of CPU, ${(seconds * 1000).toFixed(0)} ms from start to end`,
  );
}
