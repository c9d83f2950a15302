// Waiting that a signal can end.

/** The promise's own outcome, or a rejection with the signal's reason, whichever comes first. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // The loser of the race is nobody's business any more.
    promise.catch(() => {});
    aborted.promise.catch(() => {});
  }
}
