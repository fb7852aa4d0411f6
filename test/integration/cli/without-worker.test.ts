import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal, type TestTemporal } from '../../support/temporal.ts';
import { startWorkers } from '../../support/workers.ts';
import { behavingSteps, runCommands, runFile } from './cli-world.ts';

let folder: string;
let temporal: TestTemporal;
let connection: Connection;
let client: Client;
let world: ReturnType<typeof runCommands>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  temporal = await startTemporal();
  connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
  world = runCommands(temporal.address, folder);
});
afterAll(async () => {
  await connection?.close();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function started(name: string): Promise<string> {
  world.files.set(name, runFile(name));
  expect((await world.slipway(`start -f ${name}`)).code).toBe(0);
  return name;
}

describe('without a worker', () => {
  it('run watch says so, and goes on when one comes', async () => {
    const name = await started('patient');
    let workers: ReturnType<typeof startWorkers> | undefined;
    const { code, out } = await world.slipway(`watch ${name}`, (text) => {
      if (text.includes('no worker')) workers ??= startWorkers(temporal.address, behavingSteps(folder));
    });
    await (await workers)?.stop();
    expect(code).toBe(0);
    expect(out).toContain('… worker: waiting, no worker is polling task queue slipway: start "slipway worker"\n');
    expect(out).toMatch(/✓ worker: done in \d+\.\d s, a worker is there\n/);
    expect(out).toMatch(/✓ createPullRequest: done/);
  });

  it('run get shows what Temporal knows, and the end of a run that is over', async () => {
    const ended = (await world.slipway('get patient')).out;
    expect(ended).toMatch(/outcome {6}released\n.*component {4}default\/shop\/patient\n.*pull request http/s);
    const { code, out } = await world.slipway(`get ${await started('waiting')}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^run {10}default\/waiting\noutcome {6}running\nstarted/);
  });

  it('run logs, list and cancel work', async () => {
    expect(await world.slipway('logs patient')).toMatchObject({ code: 0, out: 'building patient, build 1\n' });
    await expect.poll(async () => (await world.slipway('list --outcome running')).out).toContain('default/waiting');
    expect((await world.slipway('cancel waiting')).out).toBe(
      'run/default/waiting is asked to end; "slipway run watch default/waiting" shows its clean-up\n',
    );
    await client.workflow.getHandle('run/default/waiting').terminate();
  });
});

describe('without Temporal', () => {
  const away = /^Unavailable: Temporal does not answer at \S+\. Start it, or set TEMPORAL_ADDRESS\.\n$/;

  it('a command says where it looked and what to set, within seconds', async () => {
    const nowhere = runCommands('127.0.0.1:1', folder);
    const before = Date.now();
    expect(await nowhere.slipway('list')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(away) });
    expect(Date.now() - before).toBeLessThan(10_000);
  });

  it('a command says the same of a server that never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const bound = silent.address();
    const port = typeof bound === 'object' && bound ? bound.port : 0;
    const before = Date.now();
    const { code, err } = await runCommands(`127.0.0.1:${port}`, folder).slipway('get x');
    silent.close();
    expect([code, err]).toEqual([1, expect.stringMatching(away)]);
    expect(Date.now() - before).toBeLessThan(15_000);
  });

  it('a command says which namespace Temporal does not have', async () => {
    const elsewhere = runCommands(temporal.address, folder, 'elsewhere');
    elsewhere.files.set('x', runFile('x'));
    for (const words of ['list', 'get x', 'start -f x', 'logs x']) {
      expect(await elsewhere.slipway(words)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^Unavailable: Temporal at \S+ has no namespace elsewhere\. Set TEMPORAL_NAMESPACE/),
      });
    }
  });
});
