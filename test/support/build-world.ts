import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, BuildOutcome, BuildPlane, BuildRequest } from '../../src/planes/build-plane.ts';
import { buildFolder, readBuildState } from '../../src/planes/local/build-folder.ts';
import { createLocalPlane, type LocalPlaneOptions } from '../../src/planes/local/local-plane.ts';
import { groupMembers } from '../../src/planes/local/process-group.ts';
import { pushBaseImage } from './base-image.ts';
import type { WorkerTask } from './build-worker.ts';
import { type Files, type GitServer, startGitServer } from './git-server.ts';
import { startRegistry, type TestRegistry } from './registry.ts';
import { usualJob } from './usual-job.ts';

/** The token of the private sources; must be seen nowhere. */
export const sourceToken = 'a-token-that-must-stay-secret';

/** For builds that are none by buildpacks. */
export const noBuildpacks: LocalPlaneOptions['buildpacks'] = {
  lifecycleImage: 'registry.example/lifecycle:1',
  readImage: async () => undefined,
  detectMachine: async () => ({ kind: 'none', problem: 'nobody looked', fix: 'look' }),
  pullAuth: async () => undefined,
};

/** Real servers and a folder for local builds. */
export interface BuildWorld {
  readonly folder: string;
  readonly registry: TestRegistry;
  readonly sources: GitServer;
  /** Want `sourceToken`. */
  readonly privateSources: GitServer;
  planeWith(changes?: Partial<LocalPlaneOptions>): BuildPlane;
  /** A request to build these files, as a repository of its own. */
  requestFor(files: Files, changes?: Partial<BuildRequest>, server?: GitServer): Promise<BuildRequest>;
  /** A Dockerfile on top of the base image. */
  dockerfile(...lines: readonly string[]): string;
  /** Files whose build sleeps. */
  sleeping(seconds: number): Files;
  folderOf(request: BuildRequest): string;
  logOf(request: BuildRequest): Promise<string>;
  /** The process group of a build, once a RUN of it runs, or its log has that text. */
  runningGroup(request: BuildRequest, logged?: string): Promise<number>;
  /** Another process that builds. */
  startWorker(request: BuildRequest): { worker: ChildProcess; outcome(): Promise<BuildOutcome> };
  close(): Promise<void>;
}

/** Starts a registry with a base image and two git servers. */
export async function startBuildWorld(): Promise<BuildWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'local-plane-'));
  const [registry, sources, privateSources] = await Promise.all([
    startRegistry(),
    startGitServer(),
    startGitServer({ token: sourceToken }),
  ]);
  const base = await pushBaseImage(registry.host);
  const httpHosts = [sources.url, privateSources.url].map((url) => new URL(url).host);
  const dockerfile: BuildWorld['dockerfile'] = (...lines) => [`FROM ${base}`, ...lines, ''].join('\n');
  const folderOf: BuildWorld['folderOf'] = ({ id }) => buildFolder(folder, id);
  const logOf: BuildWorld['logOf'] = (request) => readFile(path.join(folderOf(request), 'log'), 'utf8');
  let repositories = 0;
  return {
    folder,
    registry,
    sources,
    privateSources,
    dockerfile,
    folderOf,
    logOf,
    sleeping: (seconds) => ({ Dockerfile: dockerfile(`RUN sleep ${seconds}`) }),
    planeWith: (changes = {}) =>
      createLocalPlane({
        folder,
        engine: 'buildah',
        environment: { ...process.env, SLIPWAY_SECRET: sourceToken },
        sourceHttpHosts: httpHosts,
        allowFileSources: false,
        registryHttpHosts: [registry.host],
        sourceAuthorization: async () => undefined,
        registryAuth: async () => undefined,
        buildpacks: noBuildpacks,
        ...changes,
      }),
    requestFor: async (files, changes = {}, server = sources) => {
      repositories += 1;
      const { url, commit } = await server.createRepository(`app-${repositories}`, files);
      return {
        id: { execution: `execution-${repositories}`, ordinal: 1 },
        owner: {
          workflowId: `run/default/app-${repositories}`,
          namespace: 'default',
          project: 'shop',
          component: `app-${repositories}`,
          run: `app-${repositories}`,
        },
        source: { repository: url, commit, namespace: 'default' },
        plan: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
        job: usualJob,
        image: { registry: registry.host, name: `team/app-${repositories}`, tag: 'v1' },
        timeoutSeconds: 60,
        noCache: false,
        sourceDateEpoch: 1_700_000_000,
        ...changes,
      };
    },
    runningGroup: async (request, logged = 'RUN') => {
      for (;;) {
        const state = await readBuildState(folderOf(request));
        if (state.kind === 'running' && (await logOf(request).catch(() => '')).includes(logged)) return state.group;
        if (state.kind === 'ended' || state.kind === 'lost') throw new Error(`the build is ${state.kind}`);
        await sleep(50);
      }
    },
    startWorker: (request) => {
      const task: WorkerTask = { folder, httpHosts: [...httpHosts, registry.host], request };
      const program = fileURLToPath(new URL('build-worker.ts', import.meta.url));
      const worker = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
      return { worker, outcome: async () => JSON.parse(await text(worker.stdout)) };
    },
    close: async () => {
      await Promise.all([registry.close(), sources.close(), privateSources.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Members of a process group once it had three seconds to end. */
export async function whenEmpty(group: number): Promise<readonly number[]> {
  for (let tries = 0; tries < 60 && (await groupMembers(group)).length > 0; tries += 1) await sleep(50);
  return groupMembers(group);
}

/** The texts of all files below a folder but of programs. */
export async function textsBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('/bin'));
  return Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1').catch(() => '')));
}

/** A build that nobody stops waiting for. */
export const patience = (): BuildOptions => ({ signal: new AbortController().signal, onProgress: () => {} });
