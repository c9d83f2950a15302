// What a log could not show, in words: an absent permission means "not needed" only where the log could have held it.
import { formatDuration, formatMicros, formatMinute } from '../../base/time.ts';
import type { Coverage, Observed, SubjectUsage } from '../types.ts';
import { gaps } from './coverage.ts';

/** A limit of what was observed. `kind` is stable, for machines; `text` is a sentence. */
export interface BlindSpot {
  readonly kind:
    | 'no-events'
    | 'no-times'
    | 'short-window'
    | 'gap'
    | 'no-reads'
    | 'no-writes'
    | 'unseen-verbs'
    | 'no-decisions'
    | 'no-bodies'
    | 'incomplete-stages'
    | 'bad-records'
    | 'seen-briefly';
  readonly text: string;
}

const readVerbs = ['get', 'list', 'watch'];
const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const microsPerDay = 86_400_000_000;
/** Gaps named one by one; more are counted. */
const gapsShown = 3;

/** What the whole log could not show, the gravest first. */
export function blindSpots(coverage: Coverage): BlindSpot[] {
  const { observed } = coverage;
  if (sum(observed.stages) === 0) return [{ kind: 'no-events', text: 'The log holds no audit events.' }];
  return [
    ...decisionSpots(observed),
    ...stageSpots(observed),
    ...verbSpots(observed),
    ...bodySpots(observed),
    ...windowSpots(observed),
    ...gapSpots(coverage),
    ...badRecordSpots(coverage),
  ];
}

/** What could not be seen of one subject, beside what holds for the whole log. */
export function subjectBlindSpots(usage: SubjectUsage): BlindSpot[] {
  const { observed } = usage;
  const spots: BlindSpot[] = [...stageSpots(observed)];
  const span = observed.lastSeen - observed.firstSeen;
  if (observed.firstSeen > 0 && span < microsPerDay) {
    const text = `Seen for ${formatDuration(span / 1000)} only (${formatMicros(observed.firstSeen)} to ${formatMicros(observed.lastSeen)}): rarer work is not in this policy.`;
    spots.push({ kind: 'seen-briefly', text });
  }
  return spots;
}

function decisionSpots(observed: Observed): BlindSpot[] {
  const decided = (observed.decisions.get('allow') ?? 0) + (observed.decisions.get('forbid') ?? 0);
  if (decided > 0) return [];
  const text =
    'No event carries an authorization decision, so none counts as authorised use (--trust-success takes successful answers for it).';
  return [{ kind: 'no-decisions', text }];
}

function stageSpots(observed: Observed): BlindSpot[] {
  const started = observed.stages.get('ResponseStarted') ?? 0;
  const complete = observed.stages.get('ResponseComplete') ?? 0;
  const received = observed.stages.get('RequestReceived') ?? 0;
  if (complete > 0 || sum(observed.stages) === 0 || started + received === 0) return [];
  const text =
    started > 0
      ? 'No event of stage ResponseComplete: only long-running requests (watch, exec, log, proxy) left evidence.'
      : 'Only events of stage RequestReceived, which are written before authorization and prove nothing.';
  return [{ kind: 'incomplete-stages', text }];
}

function verbSpots(observed: Observed): BlindSpot[] {
  const unseen = (verbs: readonly string[]) => verbs.filter((verb) => !observed.verbs.has(verb));
  if (unseen(readVerbs).length === readVerbs.length) {
    const text =
      'No reads at all (get, list, watch): this feed does not carry them (AKS kube-audit-admin, GKE without Data Access logs), so no policy from it lets anybody read.';
    return [{ kind: 'no-reads', text }];
  }
  if (unseen(writeVerbs).length === writeVerbs.length) {
    return [
      {
        kind: 'no-writes',
        text: 'No writes at all: either nothing was changed or the audit policy leaves writes out.',
      },
    ];
  }
  const never = unseen([...readVerbs, ...writeVerbs]);
  if (never.length === 0) return [];
  const text = `Never seen in this log: ${never.join(', ')}. Either nobody used them or the audit policy leaves them out.`;
  return [{ kind: 'unseen-verbs', text }];
}

function bodySpots(observed: Observed): BlindSpot[] {
  if (observed.levels.has('Request') || observed.levels.has('RequestResponse')) return [];
  const text =
    'No event carries a body (level Request): what writes to roles and bindings, certificate approvals and owner references need beside the request itself cannot be derived.';
  return [{ kind: 'no-bodies', text }];
}

function windowSpots(observed: Observed): BlindSpot[] {
  if (observed.firstSeen === 0) {
    return [{ kind: 'no-times', text: 'No event carries a time that can be read: the observed window is unknown.' }];
  }
  const span = observed.lastSeen - observed.firstSeen;
  if (span >= microsPerDay) return [];
  const text = `The log covers ${formatDuration(span / 1000)} only: daily, weekly and monthly work, upgrades and failovers may not be in it.`;
  return [{ kind: 'short-window', text }];
}

function gapSpots(coverage: Coverage): BlindSpot[] {
  const found = gaps(coverage.activeMinutes);
  const spots: BlindSpot[] = found.slice(0, gapsShown).map(([from, to]) => ({
    kind: 'gap',
    text: `No event at all from ${formatMinute(from)} to ${formatMinute(to)} (${formatDuration((to - from + 1) * 60_000)}).`,
  }));
  if (found.length > gapsShown) {
    spots.push({ kind: 'gap', text: `${found.length - gapsShown} more gaps, none longer than those.` });
  }
  return spots;
}

function badRecordSpots(coverage: Coverage): BlindSpot[] {
  const bad = sum(coverage.badRecords);
  if (bad === 0) return [];
  const text = `${bad} ${bad === 1 ? 'record' : 'records'} could not be read; what they held is not in this usage.`;
  return [{ kind: 'bad-records', text }];
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
