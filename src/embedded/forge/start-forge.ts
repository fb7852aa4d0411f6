import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { createApi } from './api/api.ts';
import type { FindFault } from './api/faults.ts';
import type { ForgeDeps } from './api/request.ts';
import { createGitRoutes, isGitRequest } from './git-routes.ts';
import { createLocks } from './locks.ts';
import { createPages } from './pages/pages.ts';
import { createPushWatch, type PushEvent } from './push-events.ts';
import { createRepositories, type Repository, type RepositorySettings } from './repositories.ts';
import { openStore } from './state.ts';
import type { ForgeUser } from './users.ts';

export interface ForgeOptions {
  /** Keeps the bare repositories and the pull requests. */
  readonly folder: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  readonly users: readonly ForgeUser[];
  /** Made where they do not exist. Others that lie in the folder are served too, as public ones. */
  readonly repositories?: readonly RepositorySettings[];
  /** Told of every branch that a push, a merge or the API moved. Must not throw. */
  readonly onPush?: (event: PushEvent) => void;
  /** Told of errors that no answer can carry. */
  readonly onError?: (error: unknown) => void;
  readonly findFault?: FindFault;
}

export interface RunningForge {
  /** Root of pages and git: `http://host:port`. The API is below `/api/v3`. */
  readonly url: string;
  readonly port: number;
  /** Makes a repository where there is none and applies the settings; safe to repeat. */
  readonly ensureRepository: (settings: RepositorySettings) => Promise<Repository>;
  /** Ends all connections; done when the port is free. */
  readonly stop: () => Promise<void>;
}

/** Starts a small GitHub-compatible server: git over HTTP, the API that Slipway uses, and pages for people. A restart in the same folder goes on. */
export async function startForge(options: ForgeOptions): Promise<RunningForge> {
  const {
    folder,
    port,
    host,
    users,
    repositories: wanted = [],
    onPush = () => {},
    onError = () => {},
    findFault = () => undefined,
  } = options;
  await mkdir(folder, { recursive: true });
  const repositories = createRepositories(folder);
  for (const settings of wanted) await repositories.ensure(settings);
  let url = '';
  const deps: ForgeDeps = {
    users,
    repositories,
    store: await openStore(join(folder, 'forge.json')),
    locked: createLocks(),
    watch: createPushWatch(onPush),
    url: () => url,
  };

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use('/api/v3', createApi(deps, findFault));
  app.use(createPages(deps));

  const serveGit = createGitRoutes(deps, folder, onError);
  const server = createServer((request, response) => {
    if (!isGitRequest(request)) return app(request, response);
    serveGit(request, response).catch((error: unknown) => {
      onError(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The forge listens on no port.');
  url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;

  return {
    url,
    port: address.port,
    ensureRepository: (settings) => repositories.ensure(settings),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
