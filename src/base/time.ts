// Times as people read them: always UTC, always ISO 8601, never the locale.

/** Microseconds since 1970 as `2026-11-21T01:56:47Z`; `unknown` for 0. */
export function formatMicros(micros: number): string {
  if (micros <= 0) return 'unknown';
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19)}Z`;
}

/** Minutes since 1970 as `2026-11-21T01:56Z`. */
export function formatMinute(minute: number): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 16)}Z`;
}

/** A length of time in its two largest units: `3d 4h`, `2h 5m`, `12m 30s`, `8s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0s';
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
