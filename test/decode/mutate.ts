// Records of the corpora, damaged at random but repeatably: the same seed gives the same records.

/** A generator of random numbers (mulberry32): fast, and the same on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

type Mutation = (record: Buffer, random: Random, records: readonly Buffer[]) => Buffer;

const structural = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  ' ',
  '\t',
  '\n',
  '\r',
  '\u0000',
  '\ufeff',
  '?',
  '&',
  '%',
  '/',
];

const pieces = [
  'null',
  'true',
  '-1',
  '1e3',
  '0',
  '{}',
  '[]',
  '""',
  '"x"',
  '\\u0041',
  '\\ud800',
  '\\"',
  '\\u0026',
  '\\n',
  ',"verb":"get"',
  '"verb":',
  '"user":{"username":"eve"},',
  ',"code":200',
  '"__proto__":{"a":1},',
  '?fieldSelector=metadata.name%3Dx',
  '?watch=1',
  '"kind":"EventList",',
  ',"auditID":""',
  'é',
  '\u2028',
  '\u007f',
  '"requestObject":{"metadata":{"ownerReferences":[{"name":"o"}]}},',
  '"stage":"RequestReceived",',
];

const keys = [
  'kind',
  'apiVersion',
  'level',
  'auditID',
  'stage',
  'requestURI',
  'verb',
  'user',
  'username',
  'groups',
  'uid',
  'extra',
  'impersonatedUser',
  'userAgent',
  'objectRef',
  'responseStatus',
  'code',
  'message',
  'requestObject',
  'responseObject',
  'annotations',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'authorization.k8s.io/decision',
  'authorization.k8s.io/reason',
  'metadata',
  'ownerReferences',
  'resource',
  'x',
  '',
];

const mutations: readonly Mutation[] = [
  flipBit,
  changeByte,
  deleteBytes,
  insertStructural,
  insertPiece,
  swapBytes,
  splice,
  changeDigit,
  changeLetter,
  changeLetter,
  renameKey,
  repeatKey,
  truncate,
  repeatBytes,
];

/** One record, changed in one to four ways. */
export function mutate(random: Random, records: readonly Buffer[]): Buffer {
  let record = random.oneOf(records);
  for (let changes = 1 + random.below(4) * random.below(2); changes > 0; changes--) {
    record = random.oneOf(mutations)(record, random, records);
  }
  return record;
}

function replaced(record: Buffer, from: number, to: number, by: string | Buffer): Buffer {
  return Buffer.concat([record.subarray(0, from), Buffer.from(by as string), record.subarray(to)]);
}

function place(record: Buffer, random: Random): number {
  return random.below(record.length + 1);
}

function flipBit(record: Buffer, random: Random): Buffer {
  const at = place(record, random);
  const byte = (record[at] ?? 0) ^ (1 << random.below(8));
  return replaced(record, at, at + 1, Buffer.from([byte]));
}

function changeByte(record: Buffer, random: Random): Buffer {
  const at = place(record, random);
  return replaced(record, at, at + 1, Buffer.from([random.below(256)]));
}

function deleteBytes(record: Buffer, random: Random): Buffer {
  const at = place(record, random);
  return replaced(record, at, at + 1 + random.below(random.oneOf([1, 8, 200])), '');
}

function insertStructural(record: Buffer, random: Random): Buffer {
  const at = place(record, random);
  return replaced(record, at, at, random.oneOf(structural));
}

/** Where it is likely to stay JSON, half of the time. */
function insertPiece(record: Buffer, random: Random): Buffer {
  const near = record.indexOf(random.oneOf([',"', '{"', '":', '"']), place(record, random));
  const at = near < 0 ? place(record, random) : near + random.below(3);
  return replaced(record, at, at, random.oneOf(pieces));
}

function swapBytes(record: Buffer, random: Random): Buffer {
  const at = random.below(Math.max(1, record.length - 1));
  return replaced(record, at, at + 2, Buffer.from([record[at + 1] ?? 0, record[at] ?? 0]));
}

/** The front of one record and the back of another, as when two processes write at once. */
function splice(record: Buffer, random: Random, records: readonly Buffer[]): Buffer {
  const other = random.oneOf(records);
  const from = place(record, random);
  return Buffer.concat([record.subarray(0, from), other.subarray(random.below(2) === 0 ? from : place(other, random))]);
}

function changeDigit(record: Buffer, random: Random): Buffer {
  const start = place(record, random);
  for (let at = start; at < Math.min(record.length, start + 400); at++) {
    const byte = record[at] as number;
    if (byte >= 0x30 && byte <= 0x39) return replaced(record, at, at + 1, `${random.below(10)}`);
  }
  return record;
}

/** Stays as plain as it was: what the scanner reads, and must tell from what it has seen. */
function changeLetter(record: Buffer, random: Random): Buffer {
  const start = place(record, random);
  for (let at = start; at < Math.min(record.length, start + 400); at++) {
    if (!/[A-Za-z0-9]/.test(String.fromCharCode(record[at] as number))) continue;
    return replaced(record, at, at + 1, random.oneOf(['a', 'Z', '0', '-', '.', ':']));
  }
  return record;
}

function keyNear(record: Buffer, at: number): [from: number, to: number] | undefined {
  const to = record.indexOf('":', at);
  const from = to < 1 ? -1 : record.lastIndexOf('"', to - 1);
  return from < 0 ? undefined : [from + 1, to];
}

function renameKey(record: Buffer, random: Random): Buffer {
  const found = keyNear(record, place(record, random));
  return found === undefined ? record : replaced(record, ...found, random.oneOf(keys));
}

function repeatKey(record: Buffer, random: Random): Buffer {
  const found = keyNear(record, place(record, random));
  if (found === undefined) return record;
  const value = random.oneOf(['"y"', 'null', '{"username":"eve"}', '7', '[]']);
  const at = found[0] - 1;
  return replaced(record, at, at, `"${record.toString('utf8', ...found)}":${value},`);
}

function truncate(record: Buffer, random: Random): Buffer {
  return record.subarray(0, place(record, random));
}

function repeatBytes(record: Buffer, random: Random): Buffer {
  const at = place(record, random);
  const end = at + random.below(200);
  return replaced(record, at, at, record.subarray(at, end));
}
