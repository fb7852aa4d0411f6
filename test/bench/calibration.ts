import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import type { Row } from './section.ts';

const run = promisify(execFile);
const rounds = 7;
const block = Buffer.alloc(1 << 20, 'slipway');

/** Measures the machine itself, by a loop of known work and by starting processes: what varies here, varies everywhere. */
export async function calibrate(when: string): Promise<readonly Row[]> {
  const loops: number[] = [];
  const spawns: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    loops.push(await timed(async () => hashBlocks(32)));
    spawns.push(await timed(() => run('git', ['--version'])));
  }
  const note = `load ${loadavg()[0]?.toFixed(1)}`;
  return [
    { what: `${when}: 32 MiB of SHA-256`, unit: 'ms', samples: loops, note },
    { what: `${when}: start of a git process`, unit: 'ms', samples: spawns },
  ];
}

/** Milliseconds that work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function hashBlocks(count: number): void {
  const hash = createHash('sha256');
  for (let done = 0; done < count; done += 1) hash.update(block);
  hash.digest();
}
