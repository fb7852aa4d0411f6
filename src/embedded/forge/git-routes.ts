import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGitHandler } from '../git-http.ts';
import type { ForgeDeps } from './api/request.ts';
import { refreshPulls } from './pulls.ts';
import { type Repository, repositoriesFolder } from './repositories.ts';
import { type Caller, identify, maySee } from './users.ts';

const gitPath = /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)(?:\?|$)/;

/** Is it a request of git's HTTP protocol? */
export function isGitRequest(request: IncomingMessage): boolean {
  return gitPath.test(request.url ?? '');
}

/**
 * Serves git over HTTP with the forge's users: public repositories to everybody, private ones to who may see them (404 for others), pushes
 * to tokens that may write. A push brings the pull requests up to date and is announced. `onError` hears what went wrong after the answer.
 */
export function createGitRoutes(
  deps: ForgeDeps,
  forgeFolder: string,
  onError: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const repositories = new Map<string, Repository>();
  const serve = createGitHandler({
    root: repositoriesFolder(forgeFolder),
    mayAccess: (name, operation, authorization) => {
      const caller = identify(deps.users, authorization);
      const repository = repositories.get(name);
      if (caller.kind === 'unknown') return 'who';
      if (operation === 'read' && repository?.private === false) return 'yes';
      if (caller.kind === 'anonymous') return 'who';
      return operation === 'read' || (caller.user.may !== 'read' && (caller.user.scopes?.includes('repo') ?? true))
        ? 'yes'
        : 'no';
    },
  });

  async function announce(repository: Repository, caller: Caller): Promise<void> {
    await deps.locked(repository.name, async () => {
      await refreshPulls(deps, repository);
      await deps.watch.announce(repository, caller.kind === 'user' ? caller.user.login : null);
    });
  }

  return async (request, response) => {
    const [, name = '', service] = gitPath.exec(request.url ?? '') ?? [];
    const caller = identify(deps.users, request.headers.authorization);
    const repository = await deps.repositories.find(name);
    // Whoever is known and may not see it learns nothing; others are asked who they are, also for what does not exist.
    if (caller.kind === 'user' && (repository === undefined || !maySee(caller, repository))) {
      response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' }).end('Repository not found.\n');
      return;
    }
    if (repository !== undefined) {
      repositories.set(name, repository);
      if (service === 'git-receive-pack') {
        await deps.watch.prepare(repository);
        response.on('close', () => void announce(repository, caller).catch(onError));
      }
    }
    serve(request, response);
  };
}
