import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { type ActivityInterceptorsFactory, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { translateFailures } from '../../activities/failures.ts';
import { beatHeart } from '../../activities/heartbeats.ts';
import { createActivities } from '../../activities/index.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { assembleSteps } from '../../src/steps.ts';
import { buildTaskQueue } from '../../src/temporal/names.ts';
import { createWorkers } from '../../src/temporal/workers.ts';
import { pullRequests, releaseBranches } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/** Steps that were done and then tried again. */
const lost: string[] = [];

/** As when a worker dies after each step's work and before its answer. */
const loseFirstAnswers: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const result = await next(input);
      const { activityType, attempt } = activityInfo();
      if (attempt > 1) return result;
      lost.push(activityType);
      throw ApplicationFailure.retryable('the answer was lost');
    },
  },
});

let test: TestWorld;
let stopWorkers: () => Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
  test = await startTestWorld();
  const config = loadConfig({ ...test.world.settings, SLIPWAY_CACHE_DIRECTORY: join(test.folder, 'cache') });
  const connection = await NativeConnection.connect({ address: test.world.temporal.address });
  const lifetime = new AbortController();
  const queue = buildTaskQueue(config.builds.host);
  const steps = await assembleSteps(config, createLogger('error'), lifetime.signal);
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    activities: createActivities({ ...steps, buildTaskQueue: queue, searchAttributes: true, temporalUi: null }),
    interceptors: [loseFirstAnswers, beatHeart, translateFailures],
    buildTaskQueue: queue,
    buildsAtOnce: 2,
  });
  const running = workers.map((worker) => worker.run());
  stopWorkers = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.allSettled(running);
    lifetime.abort();
    await connection.close();
  };
});
afterAll(async () => {
  await stopWorkers?.();
  await test?.stop();
});

it('a run whose every step is done twice gives one build, one branch and one pull request', async () => {
  const commit = await test.world.commitChange('every step twice');
  const result = await (await test.start('twice', commit)).result();

  expect(result).toMatchObject({ outcome: 'released', commit, pullRequest: { number: 1 } });
  expect(lost).toEqual(
    expect.arrayContaining([
      'resolveRun',
      'cloneSource',
      'askForTurn',
      'buildImage',
      'pushImage',
      'extractDescriptor',
      'cloneGitops',
      'generateResources',
      'commitAndPush',
      'createPullRequest',
      'tellEnded',
    ]),
  );
  expect(await readdir(join(test.folder, 'builds'))).toHaveLength(1);
  expect(await releaseBranches(join(test.folder, 'forge/repositories/acme/gitops.git'))).toEqual([result.branch]);
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  expect(await pullRequests(test.world.repositories.gitops, token)).toHaveLength(1);
});
