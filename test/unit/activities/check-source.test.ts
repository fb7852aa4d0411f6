import { describe, expect, it } from 'vitest';
import { buildInputs, settleBuild } from '../../../activities/check-source.ts';
import { Failure } from '../../../src/failures.ts';
import { buildArguments } from '../../../src/runs/build-arguments.ts';
import type { Plan } from '../../../src/runs/plan.ts';
import { snapshotOf } from '../../support/source-snapshot.ts';

function planFor(app: string): Pick<Plan, 'build' | 'source'> {
  const { plan: build, error } = buildArguments.react.read({}, app);
  if (build === undefined) throw error;
  const source = {
    repository: 'https://code.example/shop',
    branch: 'main',
    commit: null,
    appPath: app,
    descriptorPath: 'workload.yaml',
    descriptorRequired: false,
    allowUnreachableCommit: false,
  };
  return { build, source };
}

describe('the inputs of a React build', () => {
  const files = { 'web/package.json': '{}', 'web/yarn.lock': '', 'lib/index.js': '1' };

  it('are the application where the lock file is in it', async () => {
    const before = await buildInputs(snapshotOf(files), planFor('web'));

    expect(await buildInputs(snapshotOf({ ...files, 'lib/index.js': '2' }), planFor('web'))).toEqual(before);
    expect(await buildInputs(snapshotOf({ ...files, 'web/main.js': '' }), planFor('web'))).not.toEqual(before);
  });

  it('are the workspace where the lock file is above it', async () => {
    const { 'web/yarn.lock': _, ...rest } = files;
    const workspace = { ...rest, 'yarn.lock': '' };
    const before = await buildInputs(snapshotOf(workspace), planFor('web'));

    expect(await buildInputs(snapshotOf({ ...workspace, 'lib/index.js': '2' }), planFor('web'))).not.toEqual(before);
  });

  it('must hold package.json', async () => {
    await expect(buildInputs(snapshotOf({ 'web/index.html': '' }), planFor('web'))).rejects.toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringContaining('"web/package.json" is not in https://code.example/shop'),
    });
  });
});

describe('settleBuild', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const byDigest = async (reference: string) => `${reference.replace(/:[^/]*$/, '')}@${digest}`;
  const locked = { 'package-lock.json': '{}' };

  it('gives a React build the port of the descriptor', async () => {
    const endpoints = 'endpoints:\n  - {name: web, type: HTTP, port: 3000}\n';
    const snapshot = snapshotOf({ ...locked, 'workload.yaml': endpoints });
    const settled = await settleBuild(snapshot, planFor('.'), { path: 'workload.yaml', blobs: {} }, byDigest);

    expect(settled).toMatchObject({ build: { kind: 'react', port: 3000 }, warnings: [] });
  });

  it('leaves it at 8080 without a descriptor', async () => {
    const settled = await settleBuild(snapshotOf(locked), planFor('.'), null, byDigest);

    expect(settled).toMatchObject({ build: { port: 8080 } });
  });

  it('names its base images by what their tags mean now', async () => {
    const settled = await settleBuild(snapshotOf(locked), planFor('.'), null, byDigest);

    expect(settled).toMatchObject({
      build: { nodeImage: `docker.io/library/node@${digest}`, nginxImage: `docker.io/library/nginx@${digest}` },
      warnings: [],
    });
  });

  it('leaves the tag of a base image that nobody tells the digest of, with a warning', async () => {
    const silent = async (reference: string) => {
      if (reference.includes('nginx')) return byDigest(reference);
      throw new Failure('Unavailable', 'The registry does not answer. Try again.');
    };
    const settled = await settleBuild(snapshotOf(locked), planFor('.'), null, silent);

    expect(settled).toMatchObject({
      build: { nodeImage: 'docker.io/library/node:18-alpine', nginxImage: `docker.io/library/nginx@${digest}` },
      warnings: [expect.stringMatching(/node:18-alpine is taken by its tag.*: The registry does not answer\. Name it/)],
    });
  });

  it.each([
    ['in no folder', {}, [expect.stringMatching(/^there is no lock file for web: .* Commit a lock file$/)]],
    ['at the root of the workspace', { 'yarn.lock': '' }, []],
    ['beside the application', { 'web/pnpm-lock.yaml': '' }, []],
  ])('warns of a lock file that is %s as it should', async (_, files, warnings) => {
    const snapshot = snapshotOf({ 'web/package.json': '{}', ...files });

    expect(await settleBuild(snapshot, planFor('web'), null, byDigest)).toMatchObject({ warnings });
  });
});
