// Laws of the usage table: order never shows, the same bytes never count twice, bounds never lose a permission.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourcePermission } from '../../rbac/permission.ts';
import type { Subject } from '../../rbac/subject.ts';
import type { Access, Attribution, AuditEvent, Tally, Usage, UsageTable } from '../types.ts';
import { blindSpots, subjectBlindSpots } from './blind-spots.ts';
import { coverageBound, gaps, uniteMinutes } from './coverage.ts';
import { diffUsage } from './diff-usage.ts';
import { evidenceBounds } from './evidence.ts';
import { addTable, mergeUsage, newTable, totalOf } from './merge-usage.ts';
import { usageFromJson, usageToJson } from './saved-usage.ts';
import { UsageBuilder } from './usage-builder.ts';

const day = 86_400_000_000;
const start = 20_000 * day;

const sa: Subject = { kind: 'ServiceAccount', namespace: 'a', name: 'sa' };
const user: Subject = { kind: 'User', name: 'alice' };

interface Sample {
  readonly attribution: Attribution;
  readonly event: AuditEvent;
  readonly tally: Tally;
}

const samples: fc.Arbitrary<Sample> = fc
  .record({
    subject: fc.constantFrom(sa, user),
    verb: fc.constantFrom('get', 'list', 'create'),
    name: fc.constantFrom('', 'x', 'y', 'z'),
    namespace: fc.constantFrom('', 'a', 'b'),
    verdict: fc.constantFrom('allowed' as const, 'denied' as const),
    inferred: fc.constantFrom(undefined, undefined, 'bind' as const),
    unlessHeld: fc.constantFrom(undefined, [], [{ verbs: ['get'] }]),
    groups: fc.constantFrom(['g1', 'g2'], ['g1'], []),
    count: fc.nat(3),
    time: fc.constantFrom(0, start, start + 5, start + day, start + 3 * day),
    id: fc.constantFrom('', 'id-1', 'id-2'),
    agent: fc.constantFrom('', 'kubectl', 'controller'),
  })
  .map((value) => {
    const access: Access = {
      subject: value.subject,
      groups: value.groups,
      permission: {
        verb: value.verb,
        apiGroup: '',
        resource: 'pods',
        subresource: '',
        namespace: value.namespace,
        name: value.name,
      },
      verdict: value.verdict,
      ...(value.inferred === undefined ? {} : { inferred: value.inferred }),
      ...(value.unlessHeld === undefined ? {} : { unlessHeld: value.unlessHeld }),
    };
    const attribution: Attribution = {
      subject: value.subject,
      groups: value.groups,
      accesses: [access],
      notes: [],
      grantedBy: undefined,
    };
    const tally: Tally = {
      count: value.count,
      events: value.count + 1,
      firstSeen: value.time,
      lastSeen: value.time,
      sampleAuditId: value.id,
    };
    return { attribution, event: eventOf(value.verb, value.agent), tally };
  });

function eventOf(verb: string, userAgent: string): AuditEvent {
  return {
    origin: 'audit',
    level: 'Metadata',
    stage: 'ResponseComplete',
    verb,
    requestUri: '/',
    user: { username: 'u', uid: '', groups: [], extra: {} },
    impersonatedUser: undefined,
    impersonationConstraint: '',
    userAgent,
    objectRef: undefined,
    code: 200,
    message: '',
    decision: 'allow',
    reason: '',
    admitPolicy: '',
    requestObject: undefined,
    responseObject: undefined,
    ownerReferences: [],
  };
}

function tableOf(all: readonly Sample[]): UsageTable {
  const builder = new UsageBuilder();
  for (const { attribution, event, tally } of all) builder.add(attribution, event, tally);
  return builder.table();
}

function usageOf(source: string, to: number, all: readonly Sample[]): Usage {
  return { parts: [{ segments: [{ source, path: source, from: 0, to }], table: tableOf(all) }] };
}

const text = (usage: Usage) => JSON.stringify(usageToJson(usage));
const textOf = (table: UsageTable) => text({ parts: [{ segments: [], table }] });

describe('a usage table', () => {
  it('does not depend on the order of events, nor on how they were shared out', () => {
    fc.assert(
      fc.property(fc.array(samples, { maxLength: 12 }), fc.nat(), (all, cut) => {
        const at = all.length === 0 ? 0 : cut % all.length;
        const parted = newTable();
        addTable(parted, tableOf(all.slice(at).reverse()));
        addTable(parted, tableOf(all.slice(0, at)));
        expect(textOf(parted)).toBe(textOf(tableOf(all)));
      }),
    );
  });

  it('takes the names of a group as if each had come by itself', () => {
    fc.assert(
      fc.property(
        samples,
        samples,
        fc.uniqueArray(fc.constantFrom('x', 'y', '__proto__', 'ü'), { minLength: 1 }),
        (one, two, names) => {
          const { attribution, event, tally } = one;
          const [first] = attribution.accesses as [Access];
          const rename = (name: string): Attribution => {
            return {
              ...attribution,
              accesses: [{ ...first, permission: { ...(first.permission as ResourcePermission), name } }],
            };
          };
          const isNamed = (first.permission as ResourcePermission).name !== '';
          const apart = names.map((name, i) => {
            const part = i === 0 ? tally : { ...tally, count: 0, events: 0 };
            return { attribution: isNamed ? rename(name) : attribution, event, tally: part };
          });
          const attributed = isNamed ? rename(names.at(-1) as string) : attribution;
          const united = { attribution: attributed, event, tally: { ...tally, names } };
          expect(textOf(tableOf([two, united]))).toBe(textOf(tableOf([two, ...apart])));
        },
      ),
    );
  });

  it('survives being saved and loaded', () => {
    fc.assert(
      fc.property(fc.array(samples, { maxLength: 12 }), (all) => {
        const usage = usageOf('log', 100, all);
        expect(text(usageFromJson(text(usage), 'f'))).toBe(text(usage));
        expect(diffUsage(totalOf(usageFromJson(text(usage), 'f')), totalOf(usage))).toEqual([]);
      }),
    );
  });

  it('keeps a permission whose names exceed the bound, and says that names are missing', () => {
    const builder = new UsageBuilder();
    for (let i = 0; i <= evidenceBounds.names; i++) {
      const permission = {
        verb: 'get',
        apiGroup: '',
        resource: 'pods',
        subresource: '',
        namespace: 'a',
        name: `p${i}`,
      };
      const access: Access = { subject: sa, groups: [], permission, verdict: 'allowed' };
      builder.add(
        { subject: sa, groups: [], accesses: [access], notes: [], grantedBy: undefined },
        eventOf('get', ''),
        { count: 1, events: 1, firstSeen: start, lastSeen: start, sampleAuditId: '' },
      );
    }
    const [entry] = [...(builder.table().subjects.get('system:serviceaccount:a:sa')?.used.values() ?? [])];
    expect(entry?.names.size).toBe(evidenceBounds.names);
    expect(entry?.names.more).toBe(true);
    expect(entry?.evidence.count).toBe(evidenceBounds.names + 1);
  });

  it('credits the audit reason to the requestor alone, not to the impersonator', () => {
    const builder = new UsageBuilder();
    const impersonate = {
      verb: 'impersonate',
      apiGroup: '',
      resource: 'users',
      subresource: '',
      namespace: '',
      name: 'alice',
    };
    const get = { verb: 'get', apiGroup: '', resource: 'pods', subresource: '', namespace: 'a', name: 'p' };
    builder.add(
      {
        subject: user,
        groups: ['g'],
        accesses: [
          { subject: sa, groups: [], permission: impersonate, verdict: 'allowed' },
          { subject: user, groups: ['g'], permission: get, verdict: 'allowed' },
        ],
        notes: [],
        grantedBy: {
          bindingKind: 'ClusterRoleBinding',
          bindingName: 'x',
          bindingNamespace: '',
          roleKind: 'ClusterRole',
          roleName: 'y',
        },
      },
      eventOf('get', ''),
      { count: 1, events: 2, firstSeen: start, lastSeen: start, sampleAuditId: 'i' },
    );
    const { subjects } = builder.table();
    const grants = (key: string) =>
      [...(subjects.get(key)?.used.values() ?? [])].flatMap((entry) => entry.evidence.grantedBy.sorted());
    expect(grants('alice')).toEqual(['ClusterRoleBinding x -> ClusterRole y']);
    expect(grants('system:serviceaccount:a:sa')).toEqual([]);
  });
});

describe('merging usage', () => {
  const one = fc.array(samples, { maxLength: 5 });

  it('is associative, commutative and idempotent', () => {
    fc.assert(
      fc.property(one, one, one, (x, y, z) => {
        const a = usageOf('a', 10, x);
        const b = usageOf('b', 10, y);
        const c = usageOf('c', 10, z);
        const left = mergeUsage([mergeUsage([a, b]), c]);
        expect(text(mergeUsage([a, mergeUsage([b, c])]))).toBe(text(left));
        expect(text(mergeUsage([c, b, a]))).toBe(text(left));
        expect(text(mergeUsage([left, a, left]))).toBe(text(left));
      }),
    );
  });

  it('lets a longer reading of the same log replace the shorter one', () => {
    fc.assert(
      fc.property(one, one, (first, second) => {
        const short = usageOf('log', 10, first);
        const long = usageOf('log', 20, [...first, ...second]);
        expect(text(mergeUsage([short, long]))).toBe(text(long));
        expect(text(mergeUsage([long, short]))).toBe(text(long));
      }),
    );
  });

  it('refuses tables that share a log but not all of it', () => {
    const segments = (...sources: string[]) =>
      sources.map((source) => ({ source, path: `${source}.log`, from: 0, to: 9 }));
    const ab: Usage = { parts: [{ segments: segments('a', 'b'), table: newTable() }] };
    const bc: Usage = { parts: [{ segments: segments('b', 'c'), table: newTable() }] };
    expect(() => mergeUsage([ab, bc])).toThrow(/b\.log/);
  });
});

describe('a file that is no usage table', () => {
  it.each([
    ['not json', 'nothing'],
    ['{}', 'format'],
    ['{"format":"audicia.io/usage/v1","parts":[{}]}', 'wrong type'],
    ['{"format":"audicia.io/usage/v9","parts":[]}', 'format'],
  ])('%s is refused by name', (content) => {
    expect(() => usageFromJson(content, 'my.json')).toThrow(/my\.json is not a usage table/);
  });

  it('is refused when a count is not a number', () => {
    const broken = text(usageOf('l', 1, [])).replace('"requests":0', '"requests":"0"');
    expect(() => usageFromJson(broken, 'my.json')).toThrow(/wrong type/);
  });
});

describe('coverage', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(500), fc.nat(20)).map(([first, length]) => [first, first + length] as const),
    { maxLength: 20 },
  );

  it('unites ranges like sets of minutes', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const minutes = new Set<number>();
        for (const [first, last] of [...a, ...b]) for (let m = first; m <= last; m++) minutes.add(m);
        const united = uniteMinutes(a, b);
        const back = united.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        expect(back).toEqual([...minutes].sort((x, y) => x - y));
      }),
    );
  });

  it('stays within its bound and keeps the largest hole', () => {
    const many = Array.from({ length: coverageBound * 2 }, (_, i) => [i * 2, i * 2] as const);
    const late = [coverageBound * 4 + 10_000, coverageBound * 4 + 10_000] as const;
    const united = uniteMinutes(many, [late]);
    expect(united.length).toBeLessThanOrEqual(coverageBound);
    expect(gaps(united)).toEqual([[coverageBound * 4 - 1, coverageBound * 4 + 9_999]]);
  });

  it('names a feed without reads, one without bodies, and the gaps in it', () => {
    const builder = new UsageBuilder();
    const permission = { verb: 'create', apiGroup: '', resource: 'pods', subresource: '', namespace: 'a', name: '' };
    const access: Access = { subject: sa, groups: [], permission, verdict: 'allowed' };
    builder.add(
      { subject: sa, groups: [], accesses: [access], notes: [], grantedBy: undefined },
      eventOf('create', ''),
      { count: 1, events: 1, firstSeen: start, lastSeen: start + 3_600_000_000, sampleAuditId: '' },
    );
    const minute = start / 60_000_000;
    builder.addActiveMinutes([
      [minute, minute],
      [minute + 60, minute + 60],
    ]);
    const spots = blindSpots(builder.table().coverage);
    expect(spots.map((spot) => spot.kind)).toEqual(['no-reads', 'no-bodies', 'short-window', 'gap']);
    expect(spots.at(-1)?.text).toContain('(59m)');
    const usage = builder.table().subjects.get('system:serviceaccount:a:sa');
    expect(usage && subjectBlindSpots(usage).map((spot) => spot.kind)).toEqual(['seen-briefly']);
  });
});
