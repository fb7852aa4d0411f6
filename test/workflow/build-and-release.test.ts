import { sleep as activitySleep } from '@temporalio/activity';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../activities/index.ts';
import { Failure } from '../../src/failures.ts';
import type { RunStatus } from '../../src/runs/status.ts';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { type FakeRun, fakeSteps, type Journal } from '../support/fake-steps.ts';
import { startTemporal, type TestTemporal } from '../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../support/workers.ts';

let journal: Journal = [];
let odd: Partial<Activities> = {};
let temporal: TestTemporal;
let workers: TestWorkers;
let runs = 0;
const usual = fakeSteps([]);

/** The fake steps, but for those that a test replaces. */
function replaceable(): Activities {
  const usual = fakeSteps({
    push: (line: string) => journal.push(line),
    get length() {
      return journal.length;
    },
  } as Journal);
  const entries = Object.entries(usual).map(([name, step]) => [
    name,
    (...args: never[]) => ((odd as Record<string, typeof step>)[name] ?? step)(...(args as [never])),
  ]);
  return Object.fromEntries(entries) as Activities;
}

beforeAll(async () => {
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, replaceable());
});
afterEach(() => {
  odd = {};
  journal = [];
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
});

async function start(run: Partial<FakeRun> = {}) {
  const name = `r${++runs}`;
  const input = { component: name, ...run, name };
  return (await startRun(workers.client, { namespace: 'default', name, run: input, trigger: 'manual' })).handle;
}
const reached = (handle: Awaited<ReturnType<typeof start>>, step: string) =>
  expect.poll(async () => (await handle.query<RunStatus>('status')).steps.map(({ name }) => name)).toContain(step);

describe('a run', () => {
  it('shows its steps, its facts and its end', async () => {
    const handle = await start();
    expect(await handle.result()).toMatchObject({
      outcome: 'released',
      environment: 'dev',
      pullRequest: { number: 3 },
    });
    const status = await handle.query<RunStatus>('status');
    expect(status).toMatchObject({
      component: `default/shop/r${runs}`,
      commit: `r${runs}`,
      waiting: null,
      pullRequest: { number: 3 },
    });
    expect(status.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'resolveRun done',
      'cloneSource done',
      'reportStatus done',
      'checkRelease done',
      'turn done',
      'buildImage done',
      'pushImage done',
      'extractDescriptor done',
      'cloneGitops done',
      'generateResources done',
      'commitAndPush done',
      'createPullRequest done',
      'reportStatus done',
    ]);
  });

  it('can be found by what it is about and how it ended', async () => {
    const { workflowId } = await start().then(async (handle) => {
      await handle.result();
      return handle;
    });
    const query = `SlipwayComponent = 'r${runs}' AND SlipwayOutcome = 'released' AND SlipwayPhase = 'done' AND SlipwayCommit = 'r${runs}'`;
    const found = async () => {
      const ids: string[] = [];
      for await (const run of workers.client.workflow.list({ query })) ids.push(run.workflowId);
      return ids;
    };
    await expect.poll(found).toEqual([workflowId]);
  });

  it('builds anew when a build is lost, three times at most', async () => {
    const ordinals: number[] = [];
    odd = {
      buildImage: async ({ id }) => {
        ordinals.push(id.ordinal);
        throw new Failure('BuildInfrastructure', 'the node is gone');
      },
    };
    const error = await (await start()).result().catch(explainFailure);
    expect(error).toEqual({ type: 'BuildInfrastructure', step: 'buildImage', message: 'the node is gone' });
    expect(ordinals).toEqual([1, 2, 3]);
  });

  it('goes on with the second build when the first is lost', async () => {
    odd = {
      buildImage: async ({ id }) => {
        if (id.ordinal === 1) throw new Failure('BuildInfrastructure', 'the node is gone');
        return { digest: 'sha256:second', reused: false };
      },
    };
    expect(await (await start()).result()).toMatchObject({ outcome: 'released', image: 'image@sha256:second' });
  });

  it('starts from the new base when the base moved, five times at most', async () => {
    let bases = 0;
    odd = {
      cloneGitops: async () => ({ base: `base ${++bases}` }),
      commitAndPush: async ({ base }) =>
        base === 'base 3' ? { kind: 'pushed', branch: 'release/x', commit: 'c' } : { kind: 'moved' },
    };
    expect(await (await start()).result()).toMatchObject({ outcome: 'released' });
    odd = { ...odd, commitAndPush: async () => ({ kind: 'moved' }) };
    expect(await (await start()).result().catch(explainFailure)).toMatchObject({ type: 'Contended' });
    expect(bases).toBe(3 + 5 + 1);
  });

  it('does not commit when it is superseded while its last step before that ends', async () => {
    odd = {
      generateResources: async (input) => {
        const run = workers.client.workflow.getHandle(input.workflowId);
        await run.signal('supersede', { by: 'run/default/newer', reason: 'newer' });
        return usual.generateResources(input);
      },
    };
    expect(await (await start()).result()).toMatchObject({ outcome: 'superseded', superseded: { reason: 'newer' } });
    expect(journal).not.toContain(`pushed r${runs}`);
  });

  it('is not failed by a commit status that cannot be set', async () => {
    odd = {
      reportStatus: async () => {
        throw new Failure('SecretMissing', 'no token');
      },
    };
    expect(await (await start()).result()).toMatchObject({ outcome: 'released' });
  });

  it('takes its branch back when it fails after the push', async () => {
    odd = {
      createPullRequest: async () => {
        throw new Failure('PolicyRejected', 'pull requests are disabled');
      },
    };
    const failure = await (await start()).result().catch(explainFailure);
    expect(failure).toEqual({
      type: 'PolicyRejected',
      step: 'createPullRequest',
      message: 'pull requests are disabled',
    });
    expect(journal).toContain(`withdrawn r${runs}`);
  });

  it('takes its branch back when it is cancelled after the push, and ends cancelled', async () => {
    odd = {
      createPullRequest: async () => {
        await activitySleep(60_000);
        throw new Error('not reached');
      },
    };
    const handle = await start();
    await reached(handle, 'createPullRequest');
    await handle.cancel();
    expect(await handle.result().catch(explainFailure)).toMatchObject({ type: 'Cancelled' });
    expect(journal).toContain(`withdrawn r${runs}`);
  });

  it('shows until when it waits for a rate limit, and goes on', async () => {
    let asked = 0;
    odd = {
      createPullRequest: async () => {
        if (++asked === 1) throw new Failure('RateLimited', 'GitHub asks to wait', { retryAfterMs: 12_000 });
        return { outcome: 'released', pullRequest: { number: 7, url: 'http://127.0.0.1/pull/7' }, warnings: [] };
      },
    };
    const handle = await start();
    const waiting = async () => (await handle.query<RunStatus>('status')).waiting;
    await expect
      .poll(waiting)
      .toMatchObject({ step: 'createPullRequest', reason: 'GitHub asks to wait', until: expect.any(Number) });
    expect(await handle.result()).toMatchObject({ outcome: 'released', pullRequest: { number: 7 } });
  });

  it('that makes a mistake of ours visible fails instead of hanging', async () => {
    odd = { resolveRun: async () => null as never };
    expect(await (await start()).result().catch(explainFailure)).toMatchObject({
      message: expect.stringContaining('null'),
    });
  });
});

describe('starting the same run twice', () => {
  it('joins the one that runs, and starts anew when it is over', async () => {
    const run: FakeRun = { name: 'twice', component: 'twice', buildMs: 1_000 };
    const request = { namespace: 'default', name: 'twice', run, trigger: 'manual' } as const;
    const [first, second] = [await startRun(workers.client, request), await startRun(workers.client, request)];
    expect([first.joined, second.joined]).toEqual([false, true]);
    await first.handle.result();
    const third = await startRun(workers.client, request);
    expect(third.joined).toBe(false);
    await third.handle.result();
  });

  it('by an automatic trigger starts anew only after a failure', async () => {
    const request = (name: string) =>
      ({ namespace: 'default', name, run: { name, component: name }, trigger: 'webhook' }) as const;
    const first = await startRun(workers.client, request('good'));
    await first.handle.result();
    expect((await startRun(workers.client, request('good'))).joined).toBe(true);
    odd = {
      pushImage: async () => {
        throw new Failure('PolicyRejected', 'no');
      },
    };
    const failing = await startRun(workers.client, request('bad'));
    await failing.handle.result().catch(() => undefined);
    odd = {};
    expect((await startRun(workers.client, request('bad'))).joined).toBe(false);
  });
});
