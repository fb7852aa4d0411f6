import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock, withLock } from '../../../src/embedded/lock.ts';
import { identifyProcess } from '../../../src/embedded/process-identity.ts';

const newLock = async () => join(await mkdtemp(join(tmpdir(), 'slipway-lock-')), 'lock');

const deadProcess = async () => {
  const child = spawn('sleep', ['60']);
  const identity = await identifyProcess(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
};

describe('takeLock', () => {
  it('names the living holder instead of taking its lock, until that one releases it', async () => {
    const file = await newLock();
    const first = await takeLock(file);

    expect(await takeLock(file)).toMatchObject({ kind: 'held', by: { pid: process.pid } });
    if (first.kind === 'taken') await first.release();
    expect((await takeLock(file)).kind).toBe('taken');
  });

  it('takes over the lock of a dead process, of another boot, and one that nobody can read', async () => {
    const own = await identifyProcess(process.pid);
    for (const content of [await deadProcess(), { ...own, bootId: 'another' }, 'nonsense']) {
      const file = await newLock();
      await writeFile(file, JSON.stringify(content));

      const attempt = await takeLock(file);
      expect(attempt.kind).toBe('taken');
      expect(await takeLock(file)).toMatchObject({ kind: 'held', by: { pid: process.pid } });
      if (attempt.kind === 'taken') await attempt.release();
      expect(await readdir(dirname(file))).toEqual([]);
    }
  });

  it('goes to one taker only when many find the lock of a dead process', async () => {
    for (let round = 0; round < 10; round += 1) {
      const file = await newLock();
      await writeFile(file, JSON.stringify(await deadProcess()));

      const attempts = await Promise.all(Array.from({ length: 20 }, () => takeLock(file)));

      expect(attempts.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    }
  });
});

describe('withLock', () => {
  it('lets many take turns without two at a time, also after a dead holder', async () => {
    const file = await newLock();
    await writeFile(file, JSON.stringify(await deadProcess()));
    let running = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(
          file,
          () => undefined,
          async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setTimeout(resolve, 5));
            running -= 1;
          },
        ),
      ),
    );

    expect(most).toBe(1);
    expect(await readdir(dirname(file))).toEqual([]);
  });

  it('runs one work at a time, tells a waiting one once, and frees the lock after a failure', async () => {
    const file = await newLock();
    const told: number[] = [];
    let running = 0;
    const work = async () => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(running).toBe(1);
      running -= 1;
      throw new Error('work failed');
    };

    const both = await Promise.allSettled([
      withLock(file, ({ pid }) => told.push(pid), work),
      withLock(file, ({ pid }) => told.push(pid), work),
    ]);

    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(told).toEqual([process.pid]);
  });
});
