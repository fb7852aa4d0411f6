import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { buildpacksRun, offerBuildpacks } from '../support/buildpacks-flow.ts';
import { commitFiles } from '../support/commit-files.ts';
import { readApp } from '../support/frontend/frontend-world.ts';
import { pullRequests } from '../support/gitops.ts';
import { type BuildpackImages, prepareBuildpackImages } from '../support/lifecycle/buildpack-images.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const execute = promisify(execFile);
let test: TestWorld;
let images: BuildpackImages;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  test = await startTestWorld();
  images = await prepareBuildpackImages(test.world.settings['SLIPWAY_REGISTRY_HTTP_HOSTS'] ?? '');
  settings = { SLIPWAY_LIFECYCLE_IMAGE: images.lifecycle };
  await offerBuildpacks(join(test.folder, 'forge/repositories/acme/gitops.git'));
  await test.startWorker(settings);
});
afterAll(() => test?.stop());

async function slipway(...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...test.world.settings, ...settings };
  return (await execute(process.execPath, ['src/cli.ts', ...args], { env })).stdout;
}

async function runOf(name: string, files: Readonly<Record<string, string>>, env: readonly string[] = []) {
  const commit = await commitFiles(join(test.folder, 'forge/repositories/acme/greeter.git'), files);
  const repository = test.world.repositories.source;
  return buildpacksRun({ name, repository, commit, appPath: name, builderImage: images.builder, env });
}

describe('the flow for buildpacks without a cluster', () => {
  it('is planned, and leads from a commit to a pull request with the image', async () => {
    const app = Object.entries(await readApp('buildpacks-shell', ''));
    const project = '[[io.buildpacks.build.env]]\nname = "FROM_FILE"\nvalue = "kept"\n';
    const files = {
      ...Object.fromEntries(app.map(([file, text]) => [`web/${file}`, text])),
      'web/project.toml': project,
    };
    const run = await runOf('web', files, ['GREETING=two words, "quoted" = $(HOME)\nlast line']);
    const file = join(test.folder, 'web.json');
    await writeFile(file, JSON.stringify(run));

    const plan = await slipway('run', 'plan', '-f', file, '--resolve');
    expect(plan).toContain(
      `\n  builderImage  ${images.builder}\n  env           FROM_FILE=kept, GREETING="two words, \\"quoted\\" = $(HOME)\\nlast line"\n`,
    );
    await slipway('run', 'start', '-f', file);
    const result = await test.client.workflow.getHandle('run/default/web').result();

    expect(result).toMatchObject({ outcome: 'released', image: expect.stringMatching(/@sha256:/) });
    const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
    expect(await pullRequests(test.world.repositories.gitops, token)).toMatchObject([{ state: 'open' }]);
    expect(await slipway('run', 'logs', 'web', '--step', 'export')).toMatch(/^[^=]*sha256:/);
  });

  it('fails with what was tried where no buildpack fits, without another try', async () => {
    const run = await runOf('notes', { 'notes/readme.txt': 'hello' });
    const { handle } = await startRun(test.client, { namespace: 'default', name: 'notes', run, trigger: 'manual' });

    const error = await handle.result().catch((failure: unknown) => failure);

    expect(explainFailure(error)).toMatchObject({
      type: 'BuildFailed',
      message: expect.stringMatching(/^No buildpack of .* fits notes\. Tried: /),
    });
  });
});
