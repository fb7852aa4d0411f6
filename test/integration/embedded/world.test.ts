import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import type { ProgressEvent } from '../../../src/embedded/progress.ts';
import { commandOutput, runCommand } from '../../../src/embedded/run-command.ts';
import { startWorld } from '../../../src/embedded/world.ts';
import { Failure } from '../../../src/failures.ts';

const environment = process.env;
const cacheFolder = defaultCacheFolder(environment);

describe('the world', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-world-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (events: ProgressEvent[] = []) =>
    startWorld({ folder, cacheFolder, environment, temporalFrom: undefined }, (event) => events.push(event));

  it('serves its repositories, registry and Temporal, and tells of each tool and server', async () => {
    const events: ProgressEvent[] = [];
    const world = await start(events);
    try {
      const clone = join(folder, 'clone');
      await commandOutput('git', ['clone', '--quiet', world.repositories.source, clone], { environment });
      const commit = await world.commitChange('A change');
      const remote = await commandOutput('git', ['ls-remote', world.repositories.source, 'refs/heads/main'], {
        environment,
      });

      expect(await readFile(join(clone, 'Dockerfile'), 'utf8')).toContain(`FROM ${world.registry}/base/busybox:1`);
      expect(remote).toContain(commit);
      expect((await fetch(`http://${world.registry}/v2/base/busybox/tags/list`)).ok).toBe(true);
      expect((await fetch(world.temporal.uiUrl)).ok).toBe(true);
      expect((await fetch(world.forgeUrl)).ok).toBe(true);
      const done = events.filter(({ state }) => state === 'done').map(({ task }) => task);
      for (const task of [
        'Temporal',
        'git',
        'builder',
        'registry',
        'registry server',
        'base image',
        'forge',
        'Temporal server',
      ]) {
        expect(done).toContain(task);
      }
    } finally {
      await world.stop();
    }
  });

  it('keeps its tokens to its owner, lets them in and nobody else push', async () => {
    const world = await start();
    try {
      const secrets = join(folder, 'secrets');
      const token = await readFile(join(secrets, 'gitops-token'), 'utf8');
      const user = (value: string) =>
        fetch(`${world.forgeUrl}/api/v3/user`, { headers: { authorization: `Bearer ${value}` } });

      expect((await stat(secrets)).mode & 0o777).toBe(0o700);
      expect((await stat(join(secrets, 'gitops-token'))).mode & 0o777).toBe(0o600);
      expect((await user(token)).status).toBe(200);
      expect((await user('another')).status).toBe(401);
      expect(Object.values(world.settings).join()).not.toContain(token);
      const push = await runCommand('git', ['-C', join(folder, 'clone'), 'push', 'origin', 'HEAD:refs/heads/mine'], {
        environment: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      });
      expect(push.code).not.toBe(0);
    } finally {
      await world.stop();
    }
  });

  it('shows what a branch of the GitOps repository changes', async () => {
    const world = await start();
    try {
      const token = await readFile(join(folder, 'secrets/gitops-token'), 'utf8');
      const clone = join(folder, 'gitops');
      const git = (...args: string[]) => commandOutput('git', ['-C', clone, ...args], { environment });
      await commandOutput('git', ['clone', '--quiet', world.repositories.gitops, clone], { environment });
      await appendFile(join(clone, 'README.md'), 'One more line.\n');
      await git(
        '-c',
        'user.name=Ada',
        '-c',
        'user.email=ada@acme.example',
        'commit',
        '--quiet',
        '--all',
        '--message',
        'x',
      );
      const authorization = `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
      await git('-c', `http.extraHeader=${authorization}`, 'push', '--quiet', 'origin', 'HEAD:refs/heads/release/x');

      expect(await world.diff('release/x')).toMatch(/^diff --git a\/README.md[\s\S]*\n\+One more line\.\n$/);
    } finally {
      await world.stop();
    }
  });

  it('is refused while another process runs one in the same folder', async () => {
    const world = await start();
    try {
      const failure = await start().catch((error: unknown) => error);

      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({
        type: 'Contended',
        message: expect.stringContaining(`Process ${process.pid} runs`),
      });
    } finally {
      await world.stop();
    }
  });

  it('ends what a killed one left, and is back within ten seconds at the same addresses with what it knew', async () => {
    const script = join(import.meta.dirname, 'world-in-process.ts');
    const child = spawn(process.execPath, [script, folder, cacheFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    const before = JSON.parse(String(line));
    const withClient = async <T>(use: (client: Client) => Promise<T>) => {
      const connection = await Connection.connect({ address: before.address });
      return use(new Client({ connection })).finally(() => connection.close());
    };
    await withClient((client) =>
      client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'survivor' }),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');

    const events: ProgressEvent[] = [];
    const started = performance.now();
    const world = await start(events);
    const seconds = (performance.now() - started) / 1000;
    try {
      expect(seconds).toBeLessThan(10);
      expect(events.find(({ task }) => task === 'clean-up')?.text).toMatch(/registry.*temporal|temporal.*registry/);
      expect({ address: world.temporal.address, registry: world.registry }).toEqual(before);
      const { status } = await withClient((client) => client.workflow.getHandle('survivor').describe());
      expect(status.name).toBe('RUNNING');
    } finally {
      await world.stop();
    }
  });
});
