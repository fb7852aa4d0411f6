import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stepPrograms } from '../../../deploy/builder/programs.ts';

let folder: string;
let programs: ReadonlyMap<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'programs-'));
  programs = await stepPrograms();
  for (const [name, text] of programs) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

it('holds all that the step programs import', () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'job-step.js'), 'no-such-step'], {
    encoding: 'utf8',
    env: {},
  });

  expect(status).toBe(1);
  expect(stderr).toContain('ZodError');
});

it('holds nothing else', () => {
  const names = [...programs.keys()].filter((name) => !/^node_modules\/(?:zod|ignore)\//.test(name));

  expect(names).toEqual(expect.arrayContaining(['job-step.js', 'package.json', 'src/planes/steps/clone.js']));
  expect(names.filter((name) => !/^src\/(?:planes|builds|git)\//.test(name))).toEqual([
    'job-step.js',
    'package.json',
    'src/failures.js',
  ]);
});
