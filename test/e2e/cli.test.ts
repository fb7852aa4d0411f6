import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/** The command as people start it, with nothing of this shell's settings. */
async function slipway(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const options: SpawnOptions = { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } };
  const child = spawn(process.execPath, ['src/cli.ts', ...args], { ...options, stdio: 'pipe' });
  child.stdin.on('error', () => {}); // a command that ends early does not read it
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

describe('slipway', () => {
  it('answers --help at once', async () => {
    const times: number[] = [];
    for (const command of ['', 'run start', 'run list', 'run watch', 'run logs']) {
      const before = performance.now();
      expect(await slipway([...command.split(' ').filter(Boolean), '--help'])).toMatchObject({ code: 0, err: '' });
      times.push(performance.now() - before);
    }
    // 90 ms on an idle machine; loading Temporal's client alone would take more than this bound on a busy one.
    expect(Math.min(...times)).toBeLessThan(400);
  });

  it('ends with 2 for wrong usage, and says so on standard error only', async () => {
    expect(await slipway(['run', 'strat'])).toEqual({
      code: 2,
      out: '',
      err: 'unknown command: run strat. Did you mean "slipway run start"?\n"slipway --help" lists the commands.\n',
    });
    expect(await slipway(['run', 'get'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^NAME is missing\n/),
    });
  });

  it('says where it looked for Temporal and what to set', async () => {
    const before = Date.now();
    expect(await slipway(['run', 'list'], { TEMPORAL_ADDRESS: '127.0.0.1:1' })).toEqual({
      code: 1,
      out: '',
      err: 'Unavailable: Temporal does not answer at 127.0.0.1:1. Start it, or set TEMPORAL_ADDRESS.\n',
    });
    expect(Date.now() - before).toBeLessThan(15_000);
    const { code, err } = await slipway(['run', 'list'], {
      TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
      TEMPORAL_PROFILE: 'x',
    });
    expect([code, err]).toEqual([1, expect.stringMatching(/^Unavailable: The settings for Temporal cannot be read: /)]);
  });
});

describe('the run commands in the embedded world', () => {
  let test: TestWorld;
  const call = (words: string, input = '') => slipway(words.split(' '), test.world.settings, input);

  beforeAll(async () => {
    test = await startTestWorld();
    await test.startWorker();
  });
  afterAll(() => test?.stop());

  it('take a run from its file to its pull request, its log, and a retry', async () => {
    const commit = await test.world.commitChange('by hand');
    const file = join(test.folder, 'run.json');
    await writeFile(file, JSON.stringify(sampleRun('by-hand', commit, test.world.repositories.source)));

    const started = await call(`run start -f ${file} --wait`);
    expect(started).toMatchObject({ code: 0, err: '' });
    expect(started.out).toMatch(/✓ createPullRequest: done in .*\n/);
    expect(started.out).toMatch(
      /outcome {6}released\nimage {8}.*\nrelease {6}greeter-\w+ to development\npull request http/,
    );
    expect(started.out).not.toContain('\x1b');

    expect((await call('run logs by-hand')).out).toMatch(/^=== clone ===\n(.*\n)*=== build ===\n/);
    expect((await call('run get by-hand')).out).toMatch(/outcome {6}released\ncomponent {4}default\/demo\/greeter\n/);
    expect((await call('run list --component greeter')).out).toMatch(/default\/by-hand +greeter +released +/);

    const retried = await call('run retry by-hand --wait --json');
    expect([retried.code, JSON.parse(retried.out)]).toMatchObject([0, { outcome: 'unchanged', commit }]);
    expect((await call('run logs by-hand')).err).toMatch(/^Nothing was built/);
  });

  it('end with 1 and the reason when a run fails', async () => {
    const run = JSON.stringify(sampleRun('wrong', '', test.world.repositories.source));
    const branch = 'spec.workflow.systemParameters.repository.revision.branch=mian';
    const { code, out } = await call(`run start -f - --wait --set ${branch}`, run);
    expect(code).toBe(1);
    expect(out).toMatch(/\nSourceNotFound in cloneSource: .*mian/);
    expect((await call('run get wrong')).out).toContain('outcome      failed in cloneSource\n');
  });
});
