import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FailureType, retryableByType } from '../../../src/failures.ts';
import { startTemporal, type TestTemporal } from '../../support/temporal.ts';
import { startWorkers, type TestWorkers } from '../../support/workers.ts';
import { type Behaviour, behavingSteps, runCommands, runFile } from './cli-world.ts';

let folder: string;
let temporal: TestTemporal;
let workers: TestWorkers;
let world: ReturnType<typeof runCommands>;
let cases = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  temporal = await startTemporal();
  workers = await startWorkers(temporal.address, behavingSteps(folder));
  world = runCommands(temporal.address, folder);
});
afterAll(async () => {
  await workers?.stop();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A file with a run of its own component. */
function file(behaviour: Behaviour = {}, annotations: Record<string, string> = {}): string {
  const name = `c${++cases}-1`;
  world.files.set(name, runFile(name, behaviour, annotations));
  return name;
}
const slipway = (...call: Parameters<typeof world.slipway>) => world.slipway(...call);
/** Starts a run and gives its name. */
async function started(behaviour: Behaviour = {}, annotations: Record<string, string> = {}): Promise<string> {
  const name = file(behaviour, annotations);
  expect(await slipway(`start -f ${name}`)).toEqual({ code: 0, out: `run/default/${name} started\n`, err: '' });
  return name;
}
async function ended(behaviour: Behaviour = {}): Promise<string> {
  const name = await started(behaviour);
  await slipway(`watch ${name} --json`);
  return name;
}
const json = async (words: string) => JSON.parse((await slipway(words)).out);
const stepsOf = async (name: string): Promise<string[]> =>
  (await json(`get ${name} --json`)).status.steps.map(
    (step: { name: string; state: string }) => `${step.name} ${step.state}`,
  );
const reach = (name: string, step: string) => expect.poll(() => stepsOf(name), { timeout: 30_000 }).toContain(step);
const longest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe.concurrent('run start', () => {
  it('with --wait shows every step and what was made', async () => {
    const name = file();
    const { code, out } = await slipway(`start -f ${name} --wait`);
    expect(code).toBe(0);
    expect(out).toMatch(/^run\/default\/\S+ started\n/);
    expect(out).toMatch(/✓ buildImage: done in \d+\.\d s, docker Dockerfile\n/);
    expect(out).toMatch(
      /outcome {6}released\nimage {8}image@sha256:\S+\nrelease {6}\S+ to dev\npull request http:\S+\n$/,
    );
    expect(longest(out)).toBeLessThanOrEqual(100);
  });

  it('with --json gives one object', async () => {
    const name = file({ buildMs: 3_000 });
    const workflowId = `run/default/${name}`;
    expect(await json(`start -f ${name} --json`)).toEqual({ workflowId, joined: false });
    expect(await json(`start -f ${name} --json --wait`)).toMatchObject({
      workflowId,
      joined: true,
      outcome: 'released',
    });
  });

  it('says when it joins a run', async () => {
    const name = await started({ buildMs: 3_000 });
    expect((await slipway(`start -f ${name}`)).out).toBe(`run/default/${name} runs already; joined it\n`);
  });

  it('sends the run with its changes', async () => {
    const name = file({ buildMs: 1 });
    const other = `${name.slice(0, -1)}2`;
    await slipway(
      `start -f ${name} --wait --commit 1f0c2d3e --set metadata.name=${other} --set spec.workflow.parameters.commit=abcdef0`,
    );
    const { events } = await workers.client.workflow.getHandle(`run/default/${other}`).fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(JSON.parse(Buffer.from(payload?.data ?? []).toString())).toMatchObject({
      metadata: { name: other },
      spec: {
        workflow: {
          systemParameters: { repository: { revision: { branch: 'main', commit: '1f0c2d3e' } } },
          parameters: { buildMs: 1, commit: 'abcdef0' },
        },
      },
    });
  });

  it('refuses a file that holds no run that fits, and starts nothing', async () => {
    const name = file();
    const { code, err } = await slipway(`start -f ${name} --set spec.owner.projectName=`);
    expect(code).toBe(2);
    expect(err).toMatch(/^InvalidRun: .*\n {2}spec\.owner\.projectName: /);
    expect((await slipway(`get ${name}`)).code).toBe(1);
  });

  const kinds = Object.keys(retryableByType).filter(
    (type) => !['RateLimited', 'Contended', 'Unavailable'].includes(type),
  );
  it.each(kinds as FailureType[])('with --wait ends with 1 and the message of %s', async (failure) => {
    const failIn = failure.startsWith('Build') ? 'buildImage' : 'cloneSource';
    const { code, out } = await slipway(`start -f ${file({ failIn, failure })} --wait`);
    expect(code).toBe(1);
    expect(out).toContain(`✗ ${failIn}: failed in`);
    expect(out).toMatch(
      new RegExp(`\\n${failure} in ${failIn}: ${failIn} met ${failure}. Mend it, then retry the run.\n$`),
    );
  });

  it('with --json gives a failure as fields', async () => {
    const { code, out } = await slipway(
      `start -f ${file({ failIn: 'pushImage', failure: 'PolicyRejected' })} --wait --json`,
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'failed',
      failure: { type: 'PolicyRejected', step: 'pushImage', message: expect.stringContaining('Mend it') },
    });
  });

  it.each(['Unavailable', 'Contended'] as const)(
    'shows the attempts of a step that meets %s until it succeeds',
    async (failure) => {
      const { code, out } = await slipway(`start -f ${file({ failIn: 'cloneSource', failure, times: 2 })} --wait`);
      expect(code).toBe(0);
      expect(out).toMatch(/… cloneSource: waiting, attempt \d, until \d\d:\d\d:\d\d UTC: cloneSource met/);
      expect(longest(out)).toBeLessThanOrEqual(100);
    },
  );
});

describe.concurrent('run watch', () => {
  it('shows until when a step waits and why, and ends with 1 when the run is cancelled', async () => {
    const name = await started({ failIn: 'cloneGitops', failure: 'RateLimited', retryAfterMs: 3_600_000 });
    let cancelled = false;
    const { code, out } = await slipway(`watch ${name}`, (text) => {
      if (cancelled || !text.includes('cloneGitops: waiting')) return;
      cancelled = true;
      void slipway(`cancel ${name}`);
    });
    expect(code).toBe(1);
    expect(out).toMatch(/… cloneGitops: waiting, .*until (\S+ )?\d\d:\d\d:\d\d UTC: cloneGitops met RateLimited/);
    expect(out).toMatch(/\nCancelled.*: the run was cancelled\n$/);
  });

  it('shows a run that waits for its turn, and by which one it is superseded', async () => {
    const first = await started({ buildMs: 60_000 });
    await reach(first, 'buildImage running');
    const second = `${first.slice(0, -1)}2`;
    world.files.set(second, runFile(second));
    const watching = slipway(`watch ${first}`);
    await slipway(`start -f ${second} --wait`);
    const { code, out } = await watching;
    expect(code).toBe(0);
    expect(out).toContain('✗ buildImage: failed in');
    expect(out).toContain(`outcome      superseded by run/default/${second}: a newer one\n`);
  });

  it('shows a run that waits for its turn', async () => {
    const first = await started({ buildMs: 5_000, keepAll: true });
    await reach(first, 'buildImage running');
    const second = `${first.slice(0, -1)}2`;
    world.files.set(second, runFile(second, { keepAll: true }));
    const { code, out } = await slipway(`start -f ${second} --wait`);
    expect(code).toBe(0);
    expect(out).toMatch(/… turn: waiting, its turn among the runs of c\d+\n/);
  });

  it('says which task queue of a build no worker polls', async () => {
    const name = await started({ host: 'gone' });
    const run = workers.client.workflow.getHandle(`run/default/${name}`);
    const { code, out } = await slipway(`watch ${name}`, (text) => {
      if (text.includes('slipway-build-gone')) void run.terminate('seen');
    });
    expect(code).toBe(1);
    expect(out).toContain(
      '… worker: waiting, no worker is polling task queue slipway-build-gone: start "slipway worker"\n',
    );
  });

  it('says that there is no such run, and which one may be meant', async () => {
    world.files.set('payments-api', runFile('payments-api'));
    await slipway('start -f payments-api');
    await expect
      .poll(async () => (await slipway('watch payment-api')).err)
      .toBe('There is no run default/payment-api. Did you mean default/payments-api?\n');
    expect(await slipway('watch quite-another-name -n elsewhere')).toEqual({
      code: 1,
      out: '',
      err: 'There is no run elsewhere/quite-another-name. "slipway run list" shows those that there are.\n',
    });
  });
});

describe.concurrent('run get', () => {
  it('shows a released run with its steps', async () => {
    const name = await ended();
    const { code, out } = await slipway(`get default/${name}`);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^run {10}default/${name}\noutcome {6}released\ncomponent {4}default/shop/c\\d+\n`));
    expect(out).toMatch(/pull request http:\S+\nstarted {6}\S+ \S+ UTC, took \d+\.\d s\n/);
    expect(out).toContain(`Temporal     http://temporal/namespaces/default/workflows/run%2Fdefault%2F${name}\n`);
    expect(out).toMatch(/\n✓ createPullRequest +\d+\.\d s {2}release\/\S+\n/);
    expect(longest(out)).toBeLessThanOrEqual(100);
  });

  it('shows what a step waits for, whole', async () => {
    const name = await started({ failIn: 'cloneGitops', failure: 'RateLimited', retryAfterMs: 3_600_000 });
    await reach(name, 'cloneGitops running');
    await expect
      .poll(async () => (await slipway(`get ${name}`)).out.replaceAll(/\s+/g, ' '))
      .toMatch(/… cloneGitops .* waiting until .* UTC: cloneGitops met RateLimited. Mend it, then retry the run./);
    await slipway(`cancel ${name}`);
  });

  it('shows a failed run with its failure and ends with 0', async () => {
    const name = await ended({ failIn: 'resolveRun', failure: 'InvalidRun' });
    const { code, out } = await slipway(`get run/default/${name}`);
    expect(code).toBe(0);
    expect(out).toContain('outcome      failed in resolveRun\n');
    expect(out).toMatch(/\n\nInvalidRun in resolveRun: resolveRun met InvalidRun\. Mend it, then retry the run\.\n$/);
    expect(await json(`get ${name} --json`)).toMatchObject({
      outcome: 'failed',
      result: null,
      failure: { type: 'InvalidRun', step: 'resolveRun' },
    });
  });

  it('says why a run was terminated', async () => {
    const name = await started({ buildMs: 60_000 });
    await workers.client.workflow.getHandle(`run/default/${name}`).terminate('by mistake');
    expect((await slipway(`get ${name}`)).out).toContain(
      'Terminated: the run was terminated (by mistake); it could not clean up\n',
    );
  });
});

describe.concurrent('run list', () => {
  it('finds runs by component and outcome, the newest first', async () => {
    const failed = await ended({ failIn: 'pushImage', failure: 'PolicyRejected' });
    const component = failed.slice(0, -2);
    const second = `${component}-2`;
    world.files.set(second, runFile(second));
    await slipway(`start -f ${second} --wait`);
    const names = async (words: string) => {
      const { out } = await slipway(`list ${words} --json`);
      return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).name]));
    };
    await expect.poll(() => names(`--component ${component}`)).toEqual([second, failed]);
    await expect.poll(() => names(`--component ${component} -n default --outcome failed`)).toEqual([failed]);
    expect(await names(`--component ${component} --limit 1`)).toEqual([second]);
    expect(await names(`--component ${component} -n other`)).toEqual([]);
    const { out } = await slipway(`list --component ${component}`);
    expect(out).toMatch(
      /^RUN +COMPONENT +OUTCOME +COMMIT +STARTED \(UTC\) +TOOK\ndefault\/\S+-2 +c\d+ +released +\S+ +\S+ \S+ +\d+\.\d s\n.*failed/,
    );
  });

  it('takes a name with quotes as a name', async () => {
    expect(await slipway(`list --component it's"odd\\`)).toEqual({
      code: 0,
      out: '',
      err: 'There are no such runs.\n',
    });
  });
});

describe.concurrent('run cancel', () => {
  it('ends a run, and says so when it is over already', async () => {
    const name = await started({ buildMs: 60_000 });
    await reach(name, 'buildImage running');
    const { code, out } = await slipway(`cancel ${name} --wait --json`);
    expect([code, JSON.parse(out)]).toMatchObject([0, { cancelling: true, outcome: 'cancelled' }]);
    expect(await slipway(`cancel ${name}`)).toEqual({
      code: 1,
      out: '',
      err: `run/default/${name} is over already, cancelled: nothing to cancel\n`,
    });
  });

  it('says that there is no such run', async () => {
    expect(await slipway('cancel nowhere/none')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^There is no run/),
    });
  });
});

describe.concurrent('run retry', () => {
  it('starts a closed run again with the same input', async () => {
    const name = await ended({ failIn: 'commitAndPush', failure: 'ReleaseConflict' });
    const { code, out } = await slipway(`retry ${name} --wait`);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^run/default/${name} started again\n`));
    expect(out).toMatch(/ReleaseConflict in commitAndPush: .*\n$/);
    await expect
      .poll(async () => (await slipway(`list --component ${name.slice(0, -2)}`)).out.match(/failed/g))
      .toHaveLength(2);
  });

  it('refuses a run that is not over', async () => {
    const name = await started({ buildMs: 60_000 });
    const { code, err } = await slipway(`retry ${name}`);
    expect(code).toBe(1);
    expect(err).toMatch(/is not over yet, so there is nothing to retry\. "slipway run watch/);
    await slipway(`cancel ${name}`);
  });

  it('ranks as manual what a webhook started, and keeps the memo', async () => {
    const name = file();
    const run = JSON.parse(runFile(name, {}, { 'slipway.dev/trigger': 'webhook', 'slipway.dev/actor': 'ada' }));
    const { workflow } = workers.client;
    const workflowId = `run/default/${name}`;
    const first = await workflow.start('buildAndRelease', {
      workflowId,
      taskQueue: 'slipway',
      args: [run],
      memo: { uid: 'u1' },
    });
    await first.result();
    expect((await slipway(`retry ${name} --wait`)).code).toBe(0);
    const again = workflow.getHandle(workflowId);
    expect((await again.describe()).memo).toEqual({ uid: 'u1' });
    const { events } = await again.fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(JSON.parse(Buffer.from(payload?.data ?? []).toString()).metadata.annotations).toEqual({
      'slipway.dev/trigger': 'manual',
      'slipway.dev/actor': 'ada',
    });
  });
});

describe.concurrent('run logs', () => {
  it('prints the log of each build of the run', async () => {
    const name = await ended({ failIn: 'buildImage', failure: 'BuildInfrastructure' });
    const { execution } = await json(`get ${name} --json`);
    const lost = await slipway(`logs ${name}`);
    expect(lost.code).toBe(1);
    expect(lost.err.replaceAll('\n', ' ')).toContain('kubectl logs -n builds job/slipway-job --all-containers');
    expect(execution).toBeTruthy();
    const released = await ended();
    expect(await slipway(`logs ${released}`)).toEqual({ code: 0, out: `building ${released}, build 1\n`, err: '' });
    expect(await json(`logs ${released} --json`)).toMatchObject({
      builds: [{ ordinal: 1, state: 'done', reused: false, host: null, file: expect.stringMatching(/-1\.log$/) }],
    });
  });

  it('with -f waits for the build and goes on until its end', async () => {
    const name = await started({ cloneMs: 1_500, buildMs: 1_500 });
    expect((await slipway(`logs ${name}`)).err).toBe('The build has not begun yet; -f waits for it.\n');
    expect(await slipway(`logs ${name} -f`)).toEqual({ code: 0, out: `building ${name}, build 1\n`, err: '' });
  });

  it('says when nothing was built', async () => {
    const reused = await ended({ reused: true });
    expect(await slipway(`logs ${reused}`)).toEqual({
      code: 0,
      out: '',
      err: 'Nothing was built: an image of the same inputs was there already.\n',
    });
    const early = await ended({ failIn: 'cloneSource', failure: 'SourceNotFound' });
    expect((await slipway(`logs ${early}`)).err).toBe('This run ended before its build.\n');
    expect(await slipway('logs nowhere/none')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^There is no run/),
    });
  });

  it('says on which machine the log is', async () => {
    const name = await started({ host: 'elsewhere' });
    await reach(name, 'buildImage running');
    const { code, err } = await slipway(`logs ${name}`);
    expect(code).toBe(1);
    expect(err).toContain('The log of build 1 is on the machine elsewhere: use this command there');
    await slipway(`cancel ${name}`);
  });
});
