import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { providerNames } from '../../../src/webhooks/delivery.ts';

const run = promisify(execFile);

interface Readings {
  readonly readings: readonly { readonly provider: string; readonly error: string; readonly cpuMs: number }[];
  readonly peakMiB: number;
}

it.each([
  'brackets',
  'lists in lists',
  'empty commits',
  'empty branches',
  'paths that are none',
  'long paths',
  'keys',
  'a message',
  'escapes',
  'blanks',
])('25 MiB of %s are refused in bounded time and memory', async (name) => {
  // In a process of its own, whose highest memory is the reader's.
  const { stdout } = await run(process.execPath, ['test/support/read-large-payload.ts', name]);
  const { readings, peakMiB }: Readings = JSON.parse(stdout);

  expect(readings.map(({ provider }) => provider)).toEqual(providerNames);
  expect(readings.filter(({ error }) => error !== 'PayloadError')).toEqual([]);
  // A few times what is usual: time that the processor worked, so that a busy machine does not count.
  expect(Math.max(...readings.map(({ cpuMs }) => cpuMs))).toBeLessThan(2_000);
  expect(peakMiB).toBeLessThan(600);
});
