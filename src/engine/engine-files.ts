// Where the engine's own files lie: beside the bundle in dist/, or in the checkout when the program runs from sources.

export interface EngineFiles {
  /** The module that a worker thread runs. */
  readonly worker: URL;
  /** The scanner's WebAssembly. */
  readonly scanner: URL;
}

/** The one place that knows both layouts. */
export function engineFiles(): EngineFiles {
  const here = import.meta.url;
  if (here.endsWith('.ts')) {
    return { worker: new URL('./worker.ts', here), scanner: new URL('../../build/scanner.wasm', here) };
  }
  return { worker: new URL('./worker.js', here), scanner: new URL('./scanner.wasm', here) };
}
