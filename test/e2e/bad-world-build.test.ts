import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFiles } from '../support/commit-files.ts';
import { git } from '../support/gitops.ts';
import { addVariants } from '../support/platform-variants.ts';
import { type RunChanges, refused } from '../support/refused-run.ts';
import { startTestWorld, type TestWorld, type WorkerProcess } from '../support/world.ts';

const run = promisify(execFile);
let test: TestWorld;
let worker: WorkerProcess;
let source: string;
const branch = (name: string): RunChanges => ({ 'spec.workflow.systemParameters.repository.revision.branch': name });

beforeAll(async () => {
  test = await startTestWorld();
  const repositories = join(test.folder, 'forge/repositories/acme');
  source = join(repositories, 'greeter.git');
  await addVariants(join(repositories, 'gitops.git'), { workflows: { hasty: { 'build-timeout': '5s' } } });
  worker = await test.startWorker();
});
afterAll(() => test?.stop());

/** A branch whose Dockerfile has these lines after the sample's FROM. */
async function dockerfile(name: string, ...lines: readonly string[]): Promise<RunChanges> {
  const sample = await git(source, 'show', 'main:Dockerfile');
  const from = sample.split('\n')[0] ?? '';
  await commitFiles(source, { Dockerfile: [from, ...lines, ''].join('\n') }, { branch: name });
  return branch(name);
}

async function expectFailedBuild(changes: RunChanges, type: string, ...texts: (string | RegExp)[]) {
  const refusal = await refused(test, changes);
  expect(refusal).toMatchObject({ type, step: 'buildImage' });
  expect(refusal.left.filter((thing) => !thing.startsWith('build '))).toEqual([]);
  for (const text of texts) expect(refusal.message).toMatch(text);
}

describe('a build', () => {
  it('whose RUN fails tells the command, its code and its last lines', async () => {
    const changes = await dockerfile('failing', 'RUN echo linking; echo "ld: no such symbol: main" >&2; exit 3');
    await expectFailedBuild(
      changes,
      'BuildFailed',
      /^The image build of Dockerfile failed: the command `.*` ended with code 3\./,
      'Last lines of the build log:',
      'ld: no such symbol: main',
    );
  });

  it('that copies what is not there names the file', async () => {
    const changes = await dockerfile('copying', 'COPY dist/app /app');
    await expectFailedBuild(
      changes,
      'BuildFailed',
      /^The image build of Dockerfile failed: a COPY or ADD names .*dist\/app/,
    );
  });

  it('from an image that is not there says so', async () => {
    await commitFiles(source, { Dockerfile: `FROM ${test.world.registry}/base/gone:1\n` }, { branch: 'baseless' });
    await expectFailedBuild(branch('baseless'), 'BuildFailed', 'a base image could not be pulled');
  });

  it('that takes too long is ended, and says its limit and how to raise it', async () => {
    const changes = await dockerfile('slow', 'RUN echo begun; sleep 300');
    await expectFailedBuild(
      { ...changes, 'spec.workflow.name': 'hasty' },
      'BuildTimedOut',
      /^The build took longer than its limit of 5 s .*build-timeout/,
      'begun',
    );
  });
});

describe('a disk for builds', () => {
  let disk: string;

  beforeAll(async () => {
    disk = join(test.folder, 'small-disk');
    await mkdir(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'slipway-test', disk]);
    await worker.stop();
    await test.startWorker({ SLIPWAY_BUILD_DIRECTORY: disk });
  });
  afterAll(() => run('umount', ['--lazy', disk]));

  it('that fills up during a build is named as the reason', async () => {
    const changes = await dockerfile('large', 'RUN dd if=/dev/zero of=/large bs=1M count=64');
    await expectFailedBuild(
      changes,
      'BuildOutOfDisk',
      /^The disk was full in the build step\./,
      'No space left on device',
    );
    expect((await readdir(disk)).length).toBe(1);
  });

  it('that is full already is named before anything starts', async () => {
    await writeFile(join(disk, 'filler'), Buffer.alloc(8 << 20)).catch(() => undefined);
    const changes = await dockerfile('any', 'RUN true');
    await expectFailedBuild(changes, 'BuildOutOfDisk', /^The disk for builds was full before the build began\./);
  });
});
