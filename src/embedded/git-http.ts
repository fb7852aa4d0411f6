import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** `who`: nobody may without saying who they are (401). `no`: the one who asks may not (403). */
export type AccessAnswer = 'yes' | 'no' | 'who';

export interface GitHandlerOptions {
  /** Folder of the bare repositories: `owner/name` is the folder `owner/name.git` below it. */
  readonly root: string;
  /** Decides on a repository, named as `owner/name` without `.git`; `authorization` is the request's header as it came. */
  readonly mayAccess: (
    repository: string,
    operation: 'read' | 'write',
    authorization: string | undefined,
  ) => AccessAnswer;
}

interface Wanted {
  readonly repository: string;
  readonly operation: 'read' | 'write';
  /** What remains of the path behind the repository. */
  readonly rest: string;
}

const config = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  // Who may use a repository is decided by mayAccess, not by the owner of its folder.
  ['safe.directory', '*'],
  // Housekeeping in the background would outlive the request and race with the folder's removal.
  ['receive.autogc', 'false'],
  ['gc.auto', '0'],
] as const;

const backendConfig = Object.fromEntries([
  ['GIT_CONFIG_COUNT', String(config.length)],
  ...config.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]),
]);

/** Serves the bare repositories below a folder over git's smart HTTP protocol; every other path is a 404. Express and `node:http` both take it. */
export function createGitHandler({
  root,
  mayAccess,
}: GitHandlerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://local.invalid');
    const wanted = readWanted(request.method, url);
    if (wanted === undefined) return refuse(response, 404, 'not found');
    const answer = mayAccess(wanted.repository, wanted.operation, request.headers.authorization);
    if (answer === 'who') {
      response.setHeader('WWW-Authenticate', 'Basic realm="git"');
      return refuse(response, 401, 'authentication required');
    }
    if (answer === 'no') return refuse(response, 403, 'access denied');
    const env = backendEnvironment(root, wanted, url, request);
    const backend = spawn('git', ['http-backend'], { env, detached: true });
    connect(request, response, backend, wanted.operation);
  };
}

function readWanted(method: string | undefined, url: URL): Wanted | undefined {
  const match = /^\/((?:[\w-][\w.-]*\/)*?[\w-][\w.-]*?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
    url.pathname,
  );
  const [, repository, rest] = match ?? [];
  if (repository === undefined || rest === undefined) return undefined;
  const service = rest === 'info/refs' ? url.searchParams.get('service') : rest;
  const operation = service === 'git-upload-pack' ? 'read' : service === 'git-receive-pack' ? 'write' : undefined;
  if (operation === undefined || method !== (rest === 'info/refs' ? 'GET' : 'POST')) return undefined;
  return { repository, operation, rest };
}

function refuse(response: ServerResponse, status: number, text: string): void {
  // The body is not read: without this the connection would carry the rest of it into the next request.
  response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`);
}

function backendEnvironment(root: string, wanted: Wanted, url: URL, request: IncomingMessage): NodeJS.ProcessEnv {
  const { headers } = request;
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    PATH_INFO: `/${wanted.repository}.git/${wanted.rest}`,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    // Absent for a chunked body, which is then read to its end.
    ...(headers['content-length'] !== undefined && { CONTENT_LENGTH: headers['content-length'] }),
    REMOTE_USER: 'git',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    ...backendConfig,
  };
}

function connect(
  request: IncomingMessage,
  response: ServerResponse,
  backend: ChildProcessWithoutNullStreams,
  operation: 'read' | 'write',
): void {
  backend.on('error', () => fail(response));
  backend.stdin.on('error', () => {}); // it ended before it read everything; its answer says why
  backend.stderr.resume();
  request.pipe(backend.stdin);
  // The backend (git 2.39) would spin for ever over a body that ends too early.
  request.on('aborted', () => end(backend));
  request.on('error', () => {});
  response.on('error', () => {});
  response.on('close', () => {
    if (response.writableFinished) return;
    // A push whose client left after sending everything is finished, as on any code host; nobody needs the rest of a fetch.
    if (operation === 'write') backend.stdout.resume();
    else end(backend);
  });

  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    backend.stdout.off('data', onHead);
    if (response.destroyed) {
      backend.stdout.resume();
      return;
    }
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
    backend.stdout.pipe(response);
  };
  backend.stdout.on('data', onHead);
  backend.on('close', () => {
    if (!response.headersSent) fail(response);
  });
}

/** Ends the group: a signal to `git` alone, which has the work done by another process, may come before it passes signals on. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid);
  } catch {
    // It has ended.
  }
}

function writeHead(response: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
}

function fail(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else refuse(response, 500, 'git http-backend failed');
}
