import { describe, expect, it } from 'vitest';
import { findPackages, generatedFiles } from '../../../src/cli/run-plan-frontend.ts';
import { planJson, planText } from '../../../src/cli/run-plan-text.ts';
import { buildArguments } from '../../../src/runs/build-arguments.ts';
import { snapshotOf } from '../../support/source-snapshot.ts';
import { plan, sampleRun } from '../runs/sample-resources.ts';

const { plan: build } = buildArguments.react.read({}, 'apps/web');
const out = { write: () => {}, columns: undefined, colours: false };

async function reactPlan() {
  if (build === undefined) throw new Error('the defaults are no build');
  return { ...(await plan(sampleRun())), build };
}

const workspace = {
  'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  'package.json': '{"private": true}',
  'apps/web/package.json': '{"scripts": {"build": "vite build"}}',
};

describe('the plan of a React build', () => {
  it('shows the generated files without the source, and says what that decides', async () => {
    const made = await reactPlan();
    const looked = { plan: made, generated: generatedFiles(made, false, null), diff: null };

    const text = planText(looked, out);
    expect(text).toContain('The source decides on the package manager: --resolve shows which');
    expect(text).toContain('\n# Here the source is copied and its packages installed');
    expect(text).toContain('\nRUN ["/bin/sh", "-e", "/slipway/build-command"]\n');
    expect(text).toContain('\n    listen 8080;\n');
    expect(JSON.parse(planJson(looked)).generated).toEqual({
      packageManager: null,
      dockerfile: expect.stringContaining('FROM $NGINX_IMAGE'),
      nginxConf: expect.stringContaining('try_files'),
    });
  });

  it('shows the package manager and the whole Dockerfile with the source', async () => {
    const made = await reactPlan();
    const found = await findPackages(snapshotOf(workspace), made.build);
    const generated = generatedFiles(made, true, found);

    const text = planText({ plan: made, generated, diff: null }, out);
    expect(text).toContain('Packages are installed with pnpm (pnpm@9.15.9) by pnpm-lock.yaml.');
    expect(generated?.dockerfile).toContain('pnpm install --frozen-lockfile\nCOPY . .');
    expect(generated?.dockerfile).toContain('ENV NODE_EXTRA_CA_CERTS=/slipway/ca.crt');
  });

  it('sees scripts that run when packages of the workspace are installed', async () => {
    const { build } = await reactPlan();
    const files = { ...workspace, 'lib/package.json': '{"scripts": {"postinstall": "node patch.js"}}' };

    expect((await findPackages(snapshotOf(files), build))?.packages.sourceFirst).toBe(true);
  });

  it('says why the build would fail', async () => {
    const { build } = await reactPlan();
    const files = { ...workspace, 'apps/web/package.json': '{"packageManager": "npm@10.8.2"}' };

    await expect(findPackages(snapshotOf(files), build)).rejects.toMatchObject({
      type: 'BuildFailed',
      message: expect.stringMatching(
        /names npm@10\.8\.2 in packageManager, but the lock file in the folder \. is pnpm/,
      ),
    });
  });

  it('has none of it for other builds', async () => {
    const made = await plan(sampleRun());

    expect(generatedFiles(made, false, null)).toBeNull();
    expect(await findPackages(snapshotOf(workspace), made.build)).toBeNull();
  });
});
