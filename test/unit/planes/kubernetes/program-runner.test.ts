import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createProgramRunner } from '../../../../src/planes/kubernetes/program-runner.ts';

const environment = { PATH: process.env['PATH'] ?? '' };

it('shows what programs print and keeps what the step printed last', async () => {
  const log = new PassThrough();
  const runner = createProgramRunner(tmpdir(), log);
  runner.begin('=== clone ===\n');
  await runner.run(['echo', 'cloned'], environment);
  runner.begin('=== build ===\n');

  const code = await runner.run(['sh', '-c', 'echo built; pwd; env; echo oh >&2; exit 3'], {
    ...environment,
    ONLY: 'this',
  });

  log.end();
  expect(code).toBe(3);
  expect(await text(log)).toMatch(/^=== clone ===\ncloned\n=== build ===\nbuilt\n/);
  const kept = await runner.output();
  expect(kept.split('\n')).toEqual(expect.arrayContaining(['built', tmpdir(), 'ONLY=this', 'oh']));
  expect(kept).not.toContain('cloned');
  expect(kept).not.toContain('HOME=');
});

it('keeps the last 64 KiB', async () => {
  const runner = createProgramRunner(tmpdir(), new PassThrough().resume());

  await runner.run(['sh', '-c', 'yes | head -c 200000; echo end'], environment);

  const kept = await runner.output();
  expect(kept).toHaveLength(64 * 1024);
  expect(kept).toMatch(/end\n$/);
});

it('does not wait for what a program left in the background', async () => {
  const runner = createProgramRunner(tmpdir(), new PassThrough().resume());
  const began = Date.now();

  expect(await runner.run(['sh', '-c', 'sleep 60 & echo $!'], environment)).toBe(0);

  expect(Date.now() - began).toBeLessThan(20_000);
  process.kill(Number(await runner.output()));
});

it('says -1 for a program that is not there, and 137 for one that was killed', async () => {
  const runner = createProgramRunner(tmpdir(), new PassThrough().resume());

  expect(await runner.run(['no-such-program'], environment)).toBe(-1);
  expect(await runner.run(['sh', '-c', 'kill -9 $$'], environment)).toBe(137);
});
