// How far a run is -> one line on stderr that is drawn over and over: bytes done of total, events per second, time left.
import { formatDuration } from '../base/time.ts';
import type { Progress } from '../engine/run-record.ts';
import { formatBytes, formatCount } from './quantities.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressBar {
  update(progress: Progress): void;
  /** Wipes the line, so that other text can follow. */
  clear(): void;
}

/** Time between two drawings. Faster ones cannot be read and cost time. */
const intervalMs = 100;
const barWidth = 24;

/** A bar for the terminal, or one that draws nothing where nobody looks. `now` is a monotonic clock in milliseconds. */
export function createProgressBar(terminal: Terminal, wanted: boolean, now: () => number): ProgressBar {
  if (!wanted || !terminal.live) return { update: () => {}, clear: () => {} };
  const started = now();
  let drawnAt = started;
  let drawn = false;
  return {
    update(progress) {
      const time = now();
      if (time - drawnAt < intervalMs) return;
      drawnAt = time;
      drawn = true;
      terminal.err(`\r\x1b[2K${progressLine(progress, time - started)}`);
    },
    clear() {
      if (drawn) terminal.err('\r\x1b[2K');
      drawn = false;
    },
  };
}

/** The line itself. */
export function progressLine({ bytes, totalBytes, events }: Progress, elapsedMs: number): string {
  const seconds = Math.max(elapsedMs, 1) / 1000;
  // Events are told when a piece is done; before the first one their number says nothing.
  const rate = events > 0 ? `, ${formatCount(Math.round(events / seconds))} events/s` : '';
  if (!totalBytes) return `${formatBytes(bytes)} read${rate}`;
  const share = Math.min(1, bytes / totalBytes);
  const filled = Math.round(share * barWidth);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`;
  const left = share > 0 ? `, ${formatDuration((elapsedMs / share) * (1 - share))} left` : '';
  return `[${bar}] ${formatBytes(bytes)} of ${formatBytes(totalBytes)}${rate}${left}`;
}
