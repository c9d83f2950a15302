// Stage, decision and code of an event -> whether it proves an authorised request. A flat list of judges: the first that
// answers decides. What is annotated when: apiserver/pkg/endpoints/filters/{audit,authorization}.go v1.34.
import type { AuditEvent, NoteKind } from '../types.ts';
import type { AttributeOptions } from './options.ts';

/** `ignored`: the event proves nothing about the authorization of its request. */
export interface Judgement {
  readonly verdict: 'allowed' | 'denied' | 'ignored';
  readonly note: NoteKind | undefined;
}

type Judge = (event: AuditEvent, options: AttributeOptions) => Judgement | undefined;

/** Judges one event. */
export function judge(event: AuditEvent, options: AttributeOptions): Judgement {
  for (const judgeOne of judges) {
    const judgement = judgeOne(event, options);
    if (judgement !== undefined) return judgement;
  }
  return { verdict: 'ignored', note: 'no-decision' };
}

const judges: readonly Judge[] = [isReceivedOnly, isUnauthenticated, isForbidden, isAllowed, isTrustedSuccess];

// Written before authorization.
function isReceivedOnly(event: AuditEvent): Judgement | undefined {
  return event.stage === 'RequestReceived' ? { verdict: 'ignored', note: 'no-decision' } : undefined;
}

function isUnauthenticated(event: AuditEvent): Judgement | undefined {
  return event.user.username === '' ? { verdict: 'ignored', note: 'unauthenticated' } : undefined;
}

function isForbidden(event: AuditEvent): Judgement | undefined {
  return event.decision === 'forbid' ? { verdict: 'denied', note: 'denied' } : undefined;
}

// Any code: 404, 409, 422 and 429 come after authorization, a 403 then is admission's or a second check's.
function isAllowed(event: AuditEvent): Judgement | undefined {
  return event.decision === 'allow' ? { verdict: 'allowed', note: undefined } : undefined;
}

// Without a decision, only answers that come from behind the authorizer can be trusted; 403 and 429 also come from
// before it.
function isTrustedSuccess(event: AuditEvent, options: AttributeOptions): Judgement | undefined {
  if (!options.trustSuccess || event.decision !== '') return undefined;
  const { code } = event;
  const answered = isSuccess(code) || code === 101 || code === 404 || code === 409 || code === 422;
  return answered ? { verdict: 'allowed', note: 'trusted-success' } : undefined;
}

/** 2xx. */
export function isSuccess(code: number): boolean {
  return code >= 200 && code < 300;
}
