import { describe, expect, it } from 'vitest';
import { settleBuild } from '../../../activities/settle-build.ts';
import { Failure } from '../../../src/failures.ts';
import { snapshotOf } from '../../support/source-snapshot.ts';
import { planFor } from './plan-for.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const byDigest = async (reference: string) => `${reference.replace(/:[^/]*$/, '')}@${digest}`;

describe('settleBuild for a React application', () => {
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

describe('settleBuild for buildpacks', () => {
  const settle = (text: string) => {
    const plan = planFor('api', 'buildpacks');
    const env = [{ name: 'GOFLAGS', value: '-v' }];
    const build = plan.build.kind === 'buildpacks' ? { ...plan.build, env } : plan.build;
    return settleBuild(snapshotOf({ 'api/project.toml': text, 'project.toml': 'not TOML' }), { build }, null, byDigest);
  };

  it('takes files, buildpacks and variables from project.toml beside the application, and the run counts more', async () => {
    const settled = await settle(`
[io.buildpacks]
exclude = ["*.md"]
[[io.buildpacks.group]]
id = "example/go"
version = "1.2"
[[io.buildpacks.build.env]]
name = "GOFLAGS"
value = "from the file"
[[io.buildpacks.build.env]]
name = "OTHER"
value = "a b"
`);

    expect(settled).toMatchObject({
      build: {
        files: { mode: 'exclude', patterns: ['*.md'] },
        group: [{ id: 'example/go', version: '1.2' }],
        env: [
          { name: 'GOFLAGS', value: '-v' },
          { name: 'OTHER', value: 'a b' },
        ],
      },
      warnings: [],
    });
  });

  it('leaves the build as it is without one', async () => {
    const plan = planFor('api', 'buildpacks');

    expect(await settleBuild(snapshotOf({ 'api/main.go': '' }), plan, null, byDigest)).toEqual({
      build: plan.build,
      inputs: [expect.stringMatching(/@sha256:/)],
      warnings: [],
    });
  });

  it('counts another builder under the same tag as another input, and its tag where nobody tells its digest', async () => {
    const plan = planFor('api', 'buildpacks');
    const inputsWith = async (pin: (image: string) => Promise<string>) =>
      (await settleBuild(snapshotOf({}), plan, null, pin)).inputs;
    const unknown = () => Promise.reject(new Failure('Unavailable', 'no answer'));

    expect(await inputsWith(async () => 'b@sha256:1')).toEqual(['b@sha256:1']);
    expect(await inputsWith(unknown)).toEqual([plan.build.kind === 'buildpacks' && plan.build.builderImage]);
  });

  it('refuses one that does not fit, by its name', async () => {
    await expect(settle('[io.buildpacks]\ninclude = 1')).rejects.toMatchObject({
      type: 'DescriptorInvalid',
      message: expect.stringMatching(/^api\/project\.toml .*include/),
    });
  });
});
