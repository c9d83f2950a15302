// The pages of the commands say what the commands say and do.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/base/errors.ts';
import { routes } from '../../src/cli/app.ts';
import { audiciaSourceSpec } from '../../src/crd/audicia-source.ts';
import { renderPages } from '../../tools/gen-docs.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));

describe('docs/commands', () => {
  it('has a page for every command', () => {
    const commands = routes
      .getAllEntries()
      .filter((entry) => !entry.hidden)
      .map((entry) => `${entry.name['convert-camel-to-kebab']}.md`);

    expect(readdirSync(join(docs, 'commands')).sort()).toEqual(commands.sort());
  });

  it('is current: flags as they are defined, examples as they print (else: npm run docs)', () => {
    for (const { path, current, fresh } of renderPages()) expect(fresh, path).toBe(current);
  });
});

describe('the other pages', () => {
  it('exit-codes.md lists every status', () => {
    const page = readFileSync(join(docs, 'exit-codes.md'), 'utf8');

    for (const status of Object.values(exitCodes)) expect(page).toContain(`| ${status} |`);
  });

  it('configuration.md lists every field of the spec', () => {
    const page = readFileSync(join(docs, 'configuration.md'), 'utf8');

    for (const field of Object.keys(audiciaSourceSpec.shape)) expect(page).toContain(`spec.${field}`);
  });
});
