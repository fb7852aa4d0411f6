import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { collectCodes, collectProgram } from '../../../../src/builds/react/frontend-files.ts';

let root: string;
let app: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'collect-')));
  onTestFinished(() => rm(root, { recursive: true }));
  app = path.join(root, 'app');
  await mkdir(path.join(app, 'build'), { recursive: true });
  await writeFile(path.join(app, 'build/index.html'), 'hello');
  await mkdir(path.join(root, 'other'));
  await writeFile(path.join(root, 'other/secret'), 'secret');
});

/** Runs the program with its folders below the test's own, and says its exit code, what it printed and what it collected. */
async function collect(outputDir: string) {
  await mkdir(path.join(root, 'slipway'));
  await writeFile(path.join(root, 'slipway/output-dir'), outputDir);
  const program = collectProgram.replaceAll(/\/(?=slipway\/|out\b)/g, `${root}/`);
  await writeFile(path.join(root, 'collect'), program);
  const ended = promisify(execFile)('/bin/sh', [path.join(root, 'collect')], { cwd: app });
  const { code, stderr } = await ended.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => error,
  );
  return { code, stderr, files: await readdir(path.join(root, 'out')).catch(() => []) };
}

describe('the check of the output folder', () => {
  it.each(['build', './build', 'build/', 'build/../build'])('collects %s', async (outputDir) => {
    expect(await collect(outputDir)).toEqual({ code: 0, stderr: '', files: ['index.html'] });
  });

  it.each(["it's $(touch ran) `touch ran`", '-rf', 'a b\tc', '*', '"; touch ran; "', 'a+[b.'])(
    'takes %j for a name and nothing else',
    async (outputDir) => {
      expect((await collect(outputDir)).code).toBe(collectCodes.missing);
      await mkdir(path.join(app, outputDir));
      await writeFile(path.join(app, outputDir, 'index.html'), '');
      await symlink('index.html', path.join(app, outputDir, 'link.html'));
      await rm(path.join(root, 'slipway'), { recursive: true });

      expect(await collect(outputDir)).toMatchObject({ code: 0, files: ['index.html', 'link.html'] });
      expect(await readdir(app)).not.toContain('ran');
    },
  );

  it.each(['.', '..', '../other', 'build/../../other', '/etc', 'link'])('refuses %s', async (outputDir) => {
    await symlink('../other', path.join(app, 'link'));

    expect(await collect(outputDir)).toEqual({
      code: collectCodes.outside,
      stderr: expect.stringContaining('which is not inside the application'),
      files: [],
    });
  });

  it.each(['../../other/secret', '/etc/passwd', '../build2'])('refuses a link in it to %s', async (target) => {
    await writeFile(path.join(app, 'build2'), '');
    await symlink(target, path.join(app, 'build/link'));

    expect(await collect('build')).toEqual({
      code: collectCodes.outside,
      stderr: expect.stringContaining('a symbolic link that leads out of it'),
      files: [],
    });
  });

  it('refuses an empty folder, and lists what there is in place of a missing one', async () => {
    await mkdir(path.join(app, 'dist'));
    expect(await collect('dist')).toMatchObject({ code: collectCodes.empty, files: [] });
    await rm(path.join(root, 'slipway'), { recursive: true });
    expect((await collect('out')).stderr).toContain('holds: build/ dist/');
    expect(await readFile(path.join(app, 'build/index.html'), 'utf8')).toBe('hello');
  });
});
