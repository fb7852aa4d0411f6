import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { ProcessIdentity } from '../../src/embedded/process-identity.ts';
import { startTemporalServer } from '../../src/embedded/temporal-server.ts';
import { findOrInstallTemporal } from '../../src/embedded/tools/temporal.ts';
import { pullRequests, releaseBranches } from '../support/gitops.ts';
import { type RunHandle, startTestWorld, type TestWorld, type WorkerProcess } from '../support/world.ts';

/** From the restart to the end of the run, with the build that a slow machine may still have before it. */
const RESUME_MS = 15_000;

let test: TestWorld;
let worker: WorkerProcess;
let onReleasePush: (() => void) | null = null;
let token: string;

beforeAll(async () => {
  test = await startTestWorld({
    forge: {
      onPush: ({ repository, ref }) => {
        if (repository === 'acme/gitops' && ref.startsWith('refs/heads/release/')) onReleasePush?.();
      },
    },
  });
  token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
});
afterEach(() => {
  onReleasePush = null;
});
afterAll(() => test?.stop());

/** What the world holds now, to be compared with what one run may add. */
async function counts() {
  const builds = join(test.folder, 'builds');
  await mkdir(builds, { recursive: true });
  return {
    builds: (await readdir(builds)).length,
    branches: await releaseBranches(join(test.folder, 'forge/repositories/acme/gitops.git')),
    pullRequests: (await pullRequests(test.world.repositories.gitops, token)).length,
  };
}

async function expectOneRelease(before: Awaited<ReturnType<typeof counts>>, run: RunHandle, restarted: number) {
  expect(await run.result()).toMatchObject({ outcome: 'released' });
  expect(Date.now() - restarted).toBeLessThan(RESUME_MS);
  const after = await counts();
  expect(after.builds).toBe(before.builds + 1);
  expect(after.pullRequests).toBe(before.pullRequests + 1);
  const { branch } = await run.result();
  expect(after.branches).toEqual([branch]);
}

describe('killed without warning and started again', () => {
  it('a worker during the build: the build is adopted', async () => {
    worker = await test.startWorker();
    const before = await counts();
    const run = await test.start('during-build', await test.world.commitChange('killed during the build'));
    await test.reach(run, 'buildImage');
    await worker.kill();
    const restarted = Date.now();
    worker = await test.startWorker();
    await expectOneRelease(before, run, restarted);
  });

  it('a worker between push and pull request: the branch is found', async () => {
    const before = await counts();
    let pushes = 0;
    onReleasePush = () => {
      pushes += 1;
      worker.child.kill('SIGKILL');
      onReleasePush = null;
    };
    const run = await test.start('after-push', await test.world.commitChange('killed after the push'));
    await expect.poll(() => worker.child.signalCode, { timeout: 60_000 }).toBe('SIGKILL');
    const restarted = Date.now();
    worker = await test.startWorker();
    await expectOneRelease(before, run, restarted);
    expect(pushes).toBe(1);
  });

  it('the Temporal server during the build: the run goes on from its database', async () => {
    const before = await counts();
    const run = await test.start('server', await test.world.commitChange('the server was killed'));
    await test.reach(run, 'buildImage');
    const folder = join(test.folder, 'run');
    const pidFile = (await readdir(folder)).find((name) => name.startsWith('temporal') && name.endsWith('.pid')) ?? '';
    const { pid } = ProcessIdentity.parse(JSON.parse(await readFile(join(folder, pidFile), 'utf8')));
    process.kill(pid, 'SIGKILL');
    const ports = JSON.parse(await readFile(join(test.folder, 'ports.json'), 'utf8'));
    const tool = { cacheFolder: defaultCacheFolder(process.env), environment: process.env, from: undefined };
    const program = (await findOrInstallTemporal(tool, () => {})).path;
    const restarted = Date.now();
    const databaseFile = join(test.folder, 'temporal.db');
    const server = await startTemporalServer({ program, folder, databaseFile, ports, environment: process.env });
    try {
      await expectOneRelease(before, run, restarted);
    } finally {
      await worker.stop();
      await server.stop();
    }
  });
});
