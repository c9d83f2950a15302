// A folder of a test's own, gone when the test is over.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export class TempFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'audicia-test-'));

  /** Writes files by their relative names; the folders are made. */
  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(this.of(name)), { recursive: true });
      writeFileSync(this.of(name), content);
    }
    return this;
  }

  /** The absolute path of a name in the folder. */
  of(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
