import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindFault } from '../../../src/embedded/forge/api/faults.ts';
import { git } from '../../../src/embedded/forge/git.ts';
import type { PushEvent } from '../../../src/embedded/forge/push-events.ts';
import { repositoryFolder } from '../../../src/embedded/forge/repositories.ts';
import { type RunningForge, startForge } from '../../../src/embedded/forge/start-forge.ts';
import type { ForgeUser } from '../../../src/embedded/forge/users.ts';
import type { Forge } from '../../../src/forges/forge.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import type { UrlSettings } from '../../../src/forges/repository-url.ts';
import { accessTo } from './releases.ts';

export const tokens = {
  slipway: 'tok-slipway-7f3a',
  ada: 'tok-ada-91bc',
  app: 'tok-app-55de',
  reader: 'tok-reader-02ff',
  scopeless: 'tok-scopeless-aa01',
  statusOnly: 'tok-status-bb02',
  blind: 'tok-blind-cc03',
} as const;

const users: readonly ForgeUser[] = [
  { login: 'slipway-robot', token: tokens.slipway },
  { login: 'ada', token: tokens.ada },
  { login: 'slipway[bot]', token: tokens.app, kind: 'app' },
  { login: 'reader', token: tokens.reader, may: 'read' },
  { login: 'classic', token: tokens.scopeless, scopes: ['gist'] },
  { login: 'status-robot', token: tokens.statusOnly, scopes: ['repo:status'] },
  { login: 'blind', token: tokens.blind, sees: [] },
];

/** Parsed JSON that a test looks into. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts on every field that it reads
export type Json = any;

export interface TestWorld {
  readonly folder: string;
  readonly forge: () => RunningForge;
  readonly events: PushEvent[];
  /** Set it to make the API go wrong. */
  fault: FindFault | undefined;
  /** What lets a worker speak to this forge. */
  access(): UrlSettings;
  /** Opens a repository's forge with a token. */
  open(repository: string, token?: string, key?: 'gitops-token' | 'status-token'): Promise<Forge>;
  /** Commits one file onto a branch in the bare repository and returns the commit; a new branch begins at `from`. */
  commit(repository: string, branch: string, path: string, text: string, from?: string): Promise<string>;
  deleteBranch(repository: string, branch: string): Promise<void>;
  api(
    path: string,
    init?: { method?: string; token?: string; body?: unknown },
  ): Promise<{ status: number; headers: Headers; body: Json }>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const author = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** A running forge with a public, a private, a forked, a protected repository and one without pull requests. */
export async function startWorld(): Promise<TestWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-forge-'));
  const events: PushEvent[] = [];
  const state: { fault: FindFault | undefined } = { fault: undefined };
  const start = (): Promise<RunningForge> =>
    startForge({
      folder,
      port: 0,
      host: '127.0.0.1',
      users,
      repositories: [
        { name: 'acme/gitops' },
        { name: 'acme/secret', private: true },
        { name: 'ada/gitops' },
        { name: 'acme/guarded', protectedBranches: ['main'] },
        { name: 'acme/closed', pullRequests: false },
      ],
      onPush: (event) => events.push(event),
      findFault: (request) => state.fault?.(request),
    });
  let forge = await start();

  const world: TestWorld = {
    folder,
    forge: () => forge,
    events,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    access: () => accessTo(forge.url, 'github'),
    open(repository, token = tokens.slipway, key = 'gitops-token') {
      const open = createOpenForge({
        findCredential: async () => ({ kind: 'token', token }),
        ...world.access(),
      });
      return open(`${forge.url}/${repository}.git`, key, 'default', new AbortController().signal);
    },
    async commit(repository, branch, path, text, from) {
      const bare = repositoryFolder(folder, repository);
      const head = (await git(bare, ['for-each-ref', '--format=%(objectname)', `refs/heads/${from ?? branch}`])).trim();
      const blob = (await git(bare, ['hash-object', '-w', '--stdin'], { input: text })).trim();
      const before = head === '' ? '' : await git(bare, ['ls-tree', head]);
      const kept = before.split('\n').filter((line) => line !== '' && !line.endsWith(`\t${path}`));
      const tree = (
        await git(bare, ['mktree'], { input: `${[...kept, `100644 blob ${blob}\t${path}`].join('\n')}\n` })
      ).trim();
      const parents = head === '' ? [] : ['-p', head];
      const commit = (
        await git(bare, ['commit-tree', tree, ...parents], { input: `Change ${path}\n`, environment: author })
      ).trim();
      await git(bare, ['update-ref', `refs/heads/${branch}`, commit]);
      return commit;
    },
    async deleteBranch(repository, branch) {
      await git(repositoryFolder(folder, repository), ['update-ref', '-d', `refs/heads/${branch}`]);
    },
    async api(path, { method = 'GET', token, body } = {}) {
      const response = await fetch(`${forge.url}/api/v3${path}`, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          'content-type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    async restart() {
      await forge.stop();
      forge = await start();
    },
    async stop() {
      await forge.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  for (const repository of ['acme/gitops', 'acme/secret', 'ada/gitops', 'acme/guarded', 'acme/closed']) {
    await world.commit(repository, 'main', 'README.md', '# Hello\n');
  }
  return world;
}
