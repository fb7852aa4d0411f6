import { describe, expect, it } from 'vitest';
import { type DemoDeps, type DemoResult, demo } from '../../../src/cli/demo.ts';
import { colourDiff, type StepEvent, timeTable } from '../../../src/cli/demo-steps.ts';
import type { Out } from '../../../src/cli/out.ts';
import type { World, WorldOptions } from '../../../src/embedded/world.ts';
import { Failure } from '../../../src/failures.ts';

const pullRequest = {
  title: 'Release greeter to development',
  body: 'From nothing to greeter-0123abcd.',
  url: 'http://forge/acme/gitops/pull/1',
  branch: 'release/greeter-20260102-030405',
};
const released: DemoResult = { kind: 'ended', outcome: 'released', pullRequest };
const step = (name: string, state: StepEvent['state'], seconds: number, attempt = 1): StepEvent => ({
  step: name,
  phase: 'build',
  attempt,
  state,
  seconds,
  detail: null,
});

interface Stage {
  readonly result?: DemoResult;
  readonly steps?: () => AsyncIterable<StepEvent>;
  readonly columns?: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly startWorld?: () => Promise<World>;
  /** What is typed; `end` is Ctrl-C. */
  readonly lines?: (end: () => void) => AsyncIterable<string>;
}

/** A demo in a world of which only the texts exist. */
function stage(given: Stage = {}) {
  const interruption = new AbortController();
  const running = new Set<string>();
  const seen: { runs: object[]; options: WorldOptions[]; commits: string[] } = { runs: [], options: [], commits: [] };
  const written: string[] = [];
  const world: World = {
    temporal: { address: 'temporal:1', uiUrl: 'http://temporal' },
    registry: 'registry:1',
    serverLog: '/data/server.log',
    workerLog: '/tmp/worker.log',
    forgeUrl: 'http://forge',
    repositoriesFolder: '/data/forge/repositories',
    secretsFolder: '/data/secrets',
    repositories: { source: 'http://forge/acme/greeter', gitops: 'http://forge/acme/gitops' },
    settings: { TEMPORAL_ADDRESS: 'temporal:1' },
    commitChange: async (message, build) => {
      seen.commits.push(build === 'fails' ? `${message} (fails)` : message);
      return '0123abcd'.repeat(5);
    },
    diff: async (branch) => `diff of ${branch}\n+added`,
    stop: async () => void running.delete('world'),
  };
  const deps: DemoDeps = {
    environment: { HOME: '/home/ada', ...given.environment },
    interrupted: interruption.signal,
    now: () => new Date('2026-01-02T03:04:05Z'),
    lines: given.lines?.(() => interruption.abort()) ?? (async function* () {})(),
    startWorld: async (options) => {
      seen.options.push(options);
      if (given.startWorld) return given.startWorld();
      running.add('world');
      return world;
    },
    startWorker: async () => {
      running.add('worker');
      return { stop: async () => void running.delete('worker') };
    },
    startRun: async (_, run) => {
      seen.runs.push(run);
      const steps =
        given.steps ??
        async function* () {
          yield step('cloneSource', 'running', 0);
          yield step('cloneSource', 'done', 1.25);
          yield step('buildImage', 'failed', 2, 1);
          yield step('buildImage', 'done', 4, 2);
        };
      return {
        workflowId: 'run/default/x',
        url: 'http://temporal/x',
        steps: steps(),
        result: Promise.resolve(given.result ?? released),
        close: async () => undefined,
      };
    },
  };
  const out: Out = { write: (part) => void written.push(part), columns: given.columns, colours: false };
  return {
    interruption,
    running,
    seen,
    text: () => written.join(''),
    run: (...args: string[]) => demo(args, deps, out),
  };
}

describe('demo', () => {
  it('shows the steps, the pull request with its diff, the times and the addresses, and leaves nothing running', async () => {
    const { run, text, seen, running } = stage();

    expect(await run('--once')).toBe(0);

    for (const part of [
      '0123abcd0123 on main of http://forge/acme/greeter',
      '✓ cloneSource: done in 1.3 s, build phase',
      '✗ buildImage: failed in 2.0 s, build phase',
      '✓ buildImage: done in 4.0 s, attempt 2, build phase',
      'The pull request: Release greeter to development',
      'From nothing to greeter-0123abcd.',
      'diff of release/greeter-20260102-030405\n+added',
      'total          5.3 s',
      'http://forge/acme/gitops/pull/1',
      'http://temporal',
    ]) {
      expect(text()).toContain(part);
    }
    expect(seen.commits).toEqual(['Changed at 2026-01-02 03:04:05 UTC']);
    expect(seen.runs).toMatchObject([{ kind: 'ComponentWorkflowRun', metadata: { name: 'greeter-20260102030405' } }]);
    expect([...running]).toEqual([]);
  });

  it('ends by itself without a terminal, and stays up on one until it is interrupted', async () => {
    expect(await stage().run()).toBe(0);

    const { run, interruption, running, text } = stage({ columns: 80 });
    const ended = run();
    while (!text().includes('until you press Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...running]).toEqual(['world', 'worker']);
    interruption.abort();
    expect(await ended).toBe(0);
    expect([...running]).toEqual([]);
  });

  it('offers a second commit, a failing build and a retry of the last run on a terminal', async () => {
    const { run, seen, text } = stage({
      columns: 80,
      lines: async function* (end) {
        yield* ['c', 'what?', 'f', ' R '];
        end();
      },
    });

    expect(await run()).toBe(0);
    const changed = 'Changed at 2026-01-02 03:04:05 UTC';
    expect(seen.commits).toEqual([changed, changed, `${changed} (fails)`]);
    expect(seen.runs).toHaveLength(4);
    expect(seen.runs[3]).toBe(seen.runs[2]);
    expect(text().match(/More to try/g)).toHaveLength(4);
  });

  it('answers 1 with type and message when the run fails', async () => {
    const { run, text, running } = stage({
      result: { kind: 'failed', type: 'BuildFailed', message: 'RUN ended with 1' },
    });

    expect(await run('--once')).toBe(1);
    expect(text()).toContain('The run failed: BuildFailed');
    expect(text()).toContain('RUN ended with 1');
    expect([...running]).toEqual([]);
  });

  it('says what stands in the way when the world does not start', async () => {
    const { run, text } = stage({
      startWorld: () => Promise.reject(new Failure('Unavailable', 'git is missing: install it')),
    });

    expect(await run()).toBe(1);
    expect(text()).toBe('\nStarting the world\nThe demo failed. git is missing: install it\n');
  });

  it('stops everything when it is interrupted in the middle of the run', async () => {
    const { run, interruption, running } = stage({
      steps: async function* () {
        interruption.abort();
        yield step('buildImage', 'running', 0);
        await new Promise(() => undefined);
      },
    });

    expect(await run('--once')).toBe(130);
    expect([...running]).toEqual([]);
  });

  it('keeps its data in the user’s state folder, or where it is told', async () => {
    const usual = stage();
    await usual.run();
    expect(usual.seen.options[0]).toMatchObject({
      folder: '/home/ada/.local/state/slipway/demo',
      cacheFolder: '/home/ada/.cache/slipway',
      temporalFrom: undefined,
    });

    const special = stage({ environment: { SLIPWAY_TEMPORAL_FROM: 'pypi', XDG_CACHE_HOME: '/cache' } });
    await special.run('--folder', '/data');
    expect(special.seen.options[0]).toMatchObject({
      folder: '/data',
      cacheFolder: '/cache/slipway',
      temporalFrom: 'pypi',
    });
  });

  it('explains itself on request, and answers 2 to what it does not understand without starting anything', async () => {
    const asked = stage();
    expect(await asked.run('--help')).toBe(0);
    expect(asked.text()).toContain('slipway demo [--once]');

    const wrong = stage();
    expect(await wrong.run('--twice')).toBe(2);
    expect(wrong.seen.options).toEqual([]);
    const setting = stage({ environment: { SLIPWAY_TEMPORAL_FROM: 'npm' } });
    expect(await setting.run()).toBe(2);
    expect(setting.text()).toContain('SLIPWAY_TEMPORAL_FROM can only be pypi, not npm');
  });
});

describe('timeTable and colourDiff', () => {
  const colourful: Out = { write: () => undefined, columns: 80, colours: true };

  it('draws the longest step with the longest bar', () => {
    const table = timeTable(
      [
        { step: 'cloneSource', seconds: 1 },
        { step: 'buildImage', seconds: 3 },
      ],
      { ...colourful, colours: false },
    );

    expect(table).toBe(
      [
        `cloneSource    1.0 s  ${'█'.repeat(10)}`,
        `buildImage     3.0 s  ${'█'.repeat(30)}`,
        'total          4.0 s',
      ].join('\n'),
    );
  });

  it('colours added and removed lines but not the names of files', () => {
    const lines = colourDiff('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n', colourful).split('\n');

    expect(lines[3]).toBe('\x1b[31m-old\x1b[0m');
    expect(lines[4]).toBe('\x1b[32m+new\x1b[0m');
    expect(lines[5]).toBe(' same');
    expect(lines[0]).toBe('\x1b[1m--- a/x\x1b[0m');
  });
});
