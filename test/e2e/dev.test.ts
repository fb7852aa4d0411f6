import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { releaseBranches } from '../support/gitops.ts';
import { freePort } from '../support/registry.ts';

const execute = promisify(execFile);
const samples = 'src/embedded/samples';

let folder: string;
let child: ChildProcess;
let printed = '';
const place = (what: string) => new RegExp(`^${what} +(\\S+)`, 'm').exec(printed)?.[1] ?? '';
const settings = () =>
  Object.fromEntries([...printed.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value]));

/** Runs a command in another shell, with the lines that `dev` printed for it. */
async function slipway(...args: string[]): Promise<{ code: number; stdout: string }> {
  const env = { PATH: process.env['PATH'], HOME: folder, ...settings() };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli.ts', ...args], { env }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, stdout }),
    );
  });
}

async function makeRepository(name: string): Promise<string> {
  const repository = join(folder, 'mine', name);
  const git = (...args: string[]) =>
    execute('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args]);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'First');
  return repository;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-dev-'));
  const { PATH, HOME, XDG_CACHE_HOME, SLIPWAY_TEMPORAL_FROM } = process.env;
  const own = { SLIPWAY_HTTP_HOSTS: 'git.acme.example', SLIPWAY_METRICS_LISTEN: `127.0.0.1:${await freePort()}` };
  const env = { PATH, HOME, XDG_CACHE_HOME, SLIPWAY_TEMPORAL_FROM, ...own };
  child = spawn(process.execPath, ['src/cli.ts', 'dev', '--folder', join(folder, 'world')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  while (!printed.includes('until you press Ctrl-C')) {
    if (child.exitCode !== null) throw new Error(`dev has ended: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
afterAll(async () => {
  if (child.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

describe('slipway dev', () => {
  it('begins empty, with tokens in files and the shell’s own hosts beside those of the world', async () => {
    expect(await readdir(place('repositories')).catch(() => [])).toEqual([]);
    expect(await readdir(join(folder, 'world/catalog'))).toEqual([]);
    expect(await readFile(join(place('secrets'), 'gitops-token'), 'utf8')).toMatch(/^[0-9a-f]{48}$/);
    expect(printed).not.toContain(await readFile(join(place('secrets'), 'gitops-token'), 'utf8'));
    expect(settings()['SLIPWAY_HTTP_HOSTS']).toMatch(/^127\.0\.0\.1:\d+,git\.acme\.example$/);
  });

  it('says where the numbers of its worker and of its server are', async () => {
    const numbers = (what: string) => new RegExp(`^.*${what}: .*numbers at (\\S+)$`, 'm').exec(printed)?.[1] ?? '';
    for (const [what, role] of [
      ['worker', 'worker'],
      ['webhooks', 'server'],
    ] as const)
      expect(await (await fetch(numbers(what))).text()).toContain(`slipway_info{role="${role}"} 1`);
  });

  it('releases a component from a file:// repository into one on its code host', async () => {
    const [registry, forgeUrl] = [place('registry'), place('code host')];
    await cp(join(samples, 'gitops'), join(folder, 'mine/gitops'), { recursive: true });
    await cp(join(samples, 'greeter'), join(folder, 'mine/greeter'), { recursive: true });
    const workflow = join(
      folder,
      'mine/gitops/namespaces/default/platform/component-workflows/docker-gitops-release.yaml',
    );
    const text = await readFile(workflow, 'utf8');
    const here = text.replaceAll('https://forge.slipway.invalid', forgeUrl);
    await writeFile(workflow, here.replaceAll('registry.slipway.invalid', registry));
    await writeFile(join(folder, 'mine/greeter/Dockerfile'), 'FROM scratch\nCOPY www /www\n');
    const gitops = await makeRepository('gitops');
    const source = await makeRepository('greeter');
    const onForge = join(place('repositories'), 'acme/gitops.git');
    await execute('git', ['clone', '--quiet', '--bare', gitops, onForge]);
    await cp(gitops, join(folder, 'world/catalog'), { recursive: true });
    const run = join(folder, 'run.json');
    await writeFile(run, JSON.stringify(sampleRun('mine', '', `file://${source}`)));

    const { code, stdout } = await slipway('run', 'start', '-f', run, '--wait', '--json');

    expect([code, stdout]).toEqual([0, expect.stringContaining('"outcome":"released"')]);
    expect(await releaseBranches(onForge)).toHaveLength(1);
  });

  it('starts a run of what is pushed to its code host, shows it, and lists the delivery', async () => {
    const bare = join(place('repositories'), 'acme/greeter.git');
    const source = join(folder, 'mine/greeter');
    await execute('git', ['clone', '--quiet', '--bare', source, bare]);
    const component = join(folder, 'world/catalog/namespaces/default/projects/demo/components/greeter/component.yaml');
    const text = await readFile(component, 'utf8');
    await writeFile(component, text.replaceAll('https://forge.slipway.invalid', place('code host')));
    const git = (...args: string[]) =>
      execute('git', ['-C', source, '-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args]);
    await writeFile(join(source, 'www/index.html'), 'pushed\n');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Second');
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    const token = await readFile(join(place('secrets'), 'gitops-token'), 'utf8');
    await git('push', '--quiet', `${place('code host').replace('//', `//x:${token}@`)}/acme/greeter`, 'main');
    await vi.waitFor(() => expect(printed).toContain(`push to acme/greeter, main at ${commit.slice(0, 12)}`), 30_000);

    const [, run = ''] = /start default\/demo\/greeter: slipway run watch (\S+)/.exec(printed) ?? [];
    const { code, stdout } = await slipway('run', 'watch', run, '--json');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`"commit":"${commit}"`)]);
    const listed = (await slipway('delivery', 'list', '--json')).stdout.trim().split('\n');
    expect(listed.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ commit, branch: 'main', counts: { started: 1, skipped: 0, failed: 0 } }),
    );
    // Our own releases are pushes, too, which nobody needs to see.
    expect(printed).not.toContain('push to acme/gitops');
  });

  it('passes the doctor, who warns only of what nobody has protected', async () => {
    const { stdout } = await slipway('doctor', '-f', join(folder, 'run.json'), '--json');

    const { checks } = JSON.parse(stdout) as { checks: { check: string; state: string; text: string }[] };
    const about = checks.filter(({ check }) => !check.endsWith('folder'));
    expect(about.filter(({ state }) => state !== 'ok').map(({ check }) => check)).toEqual(['base branch']);
    expect(about.map(({ check }) => check)).toEqual([
      ...['settings', 'temporal', 'search attributes', 'workers', 'catalog', 'image builder', 'buildpacks'],
      ...['run', 'source', 'gitops', 'gitops push', 'gitops-token', 'base branch', 'pull requests'],
      ...['clock', 'registry pull', 'registry push'],
    ]);
  });

  it('ends on SIGTERM without a terminal, and stops everything', async () => {
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect(code).toBe(0);
    expect(printed).toContain('Everything has stopped');
    await expect(fetch(place('code host'))).rejects.toThrow();
  });
});
