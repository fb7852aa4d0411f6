import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { releaseBranches } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let commit: string;

beforeAll(async () => {
  test = await startTestWorld();
  commit = await test.world.commitChange('to be planned');
});
afterAll(() => test?.stop());

/** Runs the command as a user would; `settings` are all that its shell knows. */
async function plan(run: object, args: readonly string[], settings: Readonly<Record<string, string>>) {
  const file = join(test.folder, 'run.json');
  await writeFile(file, JSON.stringify(run));
  const env = { PATH: process.env['PATH'], HOME: test.folder, ...settings };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const words = ['src/cli.ts', 'run', 'plan', '-f', file, ...args];
    execFile(process.execPath, words, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const run = (at: string) => sampleRun('planned', at, test.world.repositories.source);
const platform = 'src/embedded/samples/gitops';

describe('slipway run plan', () => {
  it('needs neither settings nor credentials nor network', async () => {
    const { code, stdout } = await plan(run(''), ['--catalog', platform, '--json'], {});

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      source: { repository: test.world.repositories.source, branch: 'main', commit: null },
      gitops: { repository: 'https://forge.slipway.invalid/acme/gitops', environment: null },
      warnings: expect.arrayContaining([expect.stringContaining('without TLS')]),
    });
  });

  it('with --resolve finds the commit of the branch without a token', async () => {
    const { code, stdout } = await plan(run(''), ['--catalog', platform, '--resolve', '--json'], {});

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ source: { commit } });
  });

  it('with --diff shows the three resources with a digest that is not yet known, and leaves nothing behind', async () => {
    const gitops = join(test.folder, 'forge/repositories/acme/gitops.git');
    const { code, stdout } = await plan(run(commit), ['--diff'], test.world.settings);

    expect(code).toBe(0);
    for (const line of [
      /^environment +development$/m,
      /^pipeline +standard$/m,
      /^\+\+\+ b\/.*greeter\/workload\.yaml$/m,
      new RegExp(`^\\+\\+\\+ b/.*greeter/releases/greeter-${commit.slice(0, 8)}\\.yaml$`, 'm'),
      /^\+\+\+ b\/.*greeter\/release-bindings\/greeter-development\.yaml$/m,
      new RegExp(`^\\+ .*image: .*:v1-${commit.slice(0, 8)}@sha256:\\(known after the build\\)`, 'm'),
      /^The image's digest is not yet known/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toContain('0'.repeat(20));
    expect(await releaseBranches(gitops)).toEqual([]);
  });

  it('answers 1 where the branch does not exist, and says which do', async () => {
    const text = JSON.stringify(run('')).replace('"branch":"main"', '"branch":"maim"');
    const { code, stderr } = await plan(JSON.parse(text), ['--catalog', platform, '--resolve'], {});

    expect(code).toBe(1);
    expect(stderr).toMatch(/^SourceNotFound: .*has no branch maim; did you mean main\?/);
  });
});
