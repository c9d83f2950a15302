// What `audicia --help` must load, and no more: help and completion answer while somebody waits.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

it('help loads the command definitions and one small package', () => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    // Imports of types only are gone when the program runs; dynamic ones are not followed.
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)) {
      if (name?.startsWith('.')) follow(normalize(join(dirname(file), name)));
      else packages.add(name as string);
    }
  };

  follow(join(source, 'main.ts'));

  expect([...packages].sort()).toEqual(['@stricli/core', 'node:util']);
  expect([...files].filter((file) => /src\/(flow|engine|crd|rbac|cli\/actions)\//.test(file))).toEqual([]);
  expect(files.size).toBeGreaterThan(10);
});
