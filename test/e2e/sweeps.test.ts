import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendPush } from '../../src/embedded/forge/send-push.ts';
import { createLogger } from '../../src/logger.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import { sweepScheduleId } from '../../src/temporal/schedule-sweep.ts';
import { sweepNow } from '../support/sweep-now.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let server: RunningServer;
let head = '';

beforeAll(async () => {
  test = await startTestWorld();
  const { settings } = test.world;
  await test.startWorker({ SLIPWAY_SWEEP_INTERVAL: '24h' });
  const schedule = test.client.schedule.getHandle(sweepScheduleId);
  await schedule.update((now) => ({ ...now, action: { ...now.action, args: [{ wait: '3s' }] } }));
  const config = loadServerConfig({ ...settings, SLIPWAY_LISTEN: '127.0.0.1:0' });
  server = await startServer(config, temporalSettings(settings), createLogger('error'));
});
afterAll(async () => {
  await server?.stop();
  await test?.stop();
});

const sweep = () => sweepNow(test.client);

async function commitsOfRuns(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { workflowId } of test.client.workflow.list({ query: "WorkflowType = 'buildAndRelease'" }))
    names.push(workflowId.split('-').at(-2) ?? '');
  return names;
}

/** Has the code host tell of the newest commit, as its webhook would. */
async function tell(before: string, after: string): Promise<void> {
  const { forgeUrl, secretsFolder } = test.world;
  const secret = await readFile(join(secretsFolder, 'github-secret'), 'utf8');
  const address = `${server.url}/api/v1/webhooks/github`;
  const event = { repository: 'acme/greeter', ref: 'refs/heads/main', before, after, pusher: 'ada' };
  const { status } = await sendPush({ folder: join(test.folder, 'forge'), forgeUrl, address, secret }, event);
  expect(status).toBe(202);
}

it('a push whose webhook is lost becomes one run and a pull request', async () => {
  expect(await sweep()).toMatchObject({ verdicts: [{ reason: 'never-requested' }] });
  head = await test.world.commitChange('lost');
  const { verdicts } = await sweep();

  expect(verdicts).toMatchObject([
    { component: 'default/demo/greeter', outcome: 'start', reason: 'matched', commit: head },
  ]);
  const run = test.client.workflow.getHandle(`run/${verdicts[0]?.run}`);
  expect((await run.result()) as RunResult).toMatchObject({
    outcome: 'released',
    commit: head,
    pullRequest: { number: expect.any(Number) },
  });
  expect(await sweep()).toMatchObject({ verdicts: [], paths: { notes: [] } });
  expect(await commitsOfRuns()).toEqual([head.slice(0, 12)]);
});

it('a push that is told while a sweep looks becomes one run', async () => {
  const before = head;
  head = await test.world.commitChange('told');
  const [{ verdicts }] = await Promise.all([sweep(), tell(before, head)]);

  expect(verdicts.filter(({ outcome }) => outcome === 'start')).toEqual([]);
  expect(await commitsOfRuns()).toEqual([head.slice(0, 12), before.slice(0, 12)]);
});

it('a push with a skip marker stays unbuilt', async () => {
  const runs = await commitsOfRuns();
  await test.world.commitChange('nothing new [skip ci]');

  expect(await sweep()).toMatchObject({ verdicts: [{ outcome: 'skip', reason: 'skip-ci' }] });
  expect(await commitsOfRuns()).toEqual(runs);
});
