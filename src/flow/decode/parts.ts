// What a container of records comes apart into. Each format has a function from a parsed object to its parts; record.ts
// takes the parts, which can be containers again.
import type { Micros } from '../types.ts';
import type { DecodedEvent } from './event.ts';

export type Part =
  /** A parsed value: an event or another container. With `isAudit`, being neither makes it a bad record. */
  | { readonly as: 'value'; readonly value: unknown; readonly isAudit: boolean; readonly micros: Micros }
  /** Text that holds a value as JSON. */
  | { readonly as: 'text'; readonly text: string; readonly isAudit: boolean; readonly micros: Micros }
  /** A piece of what a container printed; not `isWhole` when the runtime cut it and the rest follows. */
  | { readonly as: 'output'; readonly text: string; readonly stream: string; readonly isWhole: boolean }
  | { readonly as: 'event'; readonly decoded: DecodedEvent }
  /** A record of another category. */
  | { readonly as: 'skipped' }
  | { readonly as: 'bad'; readonly reason: string };

export const skipped: Part = { as: 'skipped' };
