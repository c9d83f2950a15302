// The part of the WebAssembly interface that is used: TypeScript declares it only for browsers (lib.dom).
// biome-ignore lint/style/noNamespace: the global that the runtime provides is one
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(size: { initial: number; maximum: number; shared: boolean });
    readonly buffer: SharedArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  interface Global<T extends 'i32' | 'i64'> {
    readonly value: T extends 'i64' ? bigint : number;
  }
}
