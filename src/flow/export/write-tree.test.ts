import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileMark } from './policy-yaml.ts';
import { writeTree } from './write-tree.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'audicia-write-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function file(path: string, text = 'x') {
  return { path, content: `${fileMark} ${text}\n` };
}

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function everyFile(): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

test('writes what is new, replaces what changed, leaves alone what did not', async () => {
  put('rbac/a/same.yaml', file('', 'same').content);
  put('rbac/a/old.yaml', file('', 'old').content);
  const before = statSync(join(root, 'rbac/a/same.yaml')).ino;

  const tree = await writeTree(root, [
    file('rbac/a/same.yaml', 'same'),
    file('rbac/a/old.yaml', 'now'),
    file('rbac/b/new.yaml'),
  ]);

  expect(tree).toEqual({
    created: ['rbac/b/new.yaml'],
    changed: ['rbac/a/old.yaml'],
    unchanged: ['rbac/a/same.yaml'],
    left: [],
  });
  expect(readFileSync(join(root, 'rbac/a/old.yaml'), 'utf8')).toBe(file('', 'now').content);
  expect(statSync(join(root, 'rbac/a/same.yaml')).ino).toBe(before);
  expect(everyFile()).toEqual(['rbac/a/old.yaml', 'rbac/a/same.yaml', 'rbac/b/new.yaml']);
});

test("somebody else's file stops everything before anything is written", async () => {
  put('rbac/b/theirs.yaml', 'kind: Role\n');

  const writing = writeTree(root, [file('rbac/a/new.yaml'), file('rbac/b/theirs.yaml')]);

  await expect(writing).rejects.toMatchObject({ code: 'unwritable-output' });
  expect(everyFile()).toEqual(['rbac/b/theirs.yaml']);
});

test('a file that kubectl exported from a report is ours', async () => {
  put('rbac/a/x.yaml', 'kind: Role\nmetadata:\n  labels:\n    app.kubernetes.io/managed-by: audicia\n');

  expect(await writeTree(root, [file('rbac/a/x.yaml')])).toMatchObject({ changed: ['rbac/a/x.yaml'] });
});

test('when one file cannot be written none is, and nothing is left behind', async () => {
  put('rbac/b', 'a file where a folder should be');

  const writing = writeTree(root, [file('rbac/a/new.yaml'), file('rbac/b/new.yaml')]);

  await expect(writing).rejects.toMatchObject({ code: 'unwritable-output' });
  expect(everyFile()).toEqual(['rbac/b']);
});

test('a failure after the first file was staged leaves nothing of it', async () => {
  const nameWithoutRoomForASuffix = `${'x'.repeat(245)}.yaml`;

  const writing = writeTree(root, [file('rbac/a/new.yaml'), file(`rbac/a/${nameWithoutRoomForASuffix}`)]);

  await expect(writing).rejects.toMatchObject({ code: 'unwritable-output' });
  expect(everyFile()).toEqual([]);
});

test('an interruption leaves everything as it was', async () => {
  put('rbac/a/old.yaml', file('', 'old').content);

  const writing = writeTree(root, [file('rbac/a/old.yaml', 'now')], { signal: AbortSignal.abort() });

  await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
  expect(everyFile()).toEqual(['rbac/a/old.yaml']);
  expect(readFileSync(join(root, 'rbac/a/old.yaml'), 'utf8')).toBe(file('', 'old').content);
});

test('names its own files of other subjects, and leaves them', async () => {
  await writeTree(root, [file('rbac/a/x.yaml'), file('rbac/b/y.yaml')]);
  put('rbac/a/theirs.yaml', 'kind: ConfigMap\n');

  const tree = await writeTree(root, [file('rbac/a/x.yaml')]);

  expect(tree).toEqual({ created: [], changed: [], unchanged: ['rbac/a/x.yaml'], left: ['rbac/b/y.yaml'] });
  expect(everyFile()).toEqual(['rbac/a/theirs.yaml', 'rbac/a/x.yaml', 'rbac/b/y.yaml']);
});
