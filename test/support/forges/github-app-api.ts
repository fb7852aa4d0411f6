/**
 * The three requests of GitHub's API that a GitHub App needs, written from docs.github.com (apps/installations), and tokens that last an
 * hour. It is no GitHub: which permissions a token needs for which request is not checked here.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface MadeToken {
  readonly token: string;
  readonly repositories: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
}

export interface EmulatedApp {
  readonly url: string;
  readonly id: string;
  /** PEM, as GitHub gives it. */
  readonly privateKey: string;
  readonly made: MadeToken[];
  /** Where it is installed, `owner/name`. */
  readonly installed: Set<string>;
  /** What the installation grants; more than that is refused. */
  permissions: readonly string[];
  now: () => number;
  /** Answers in place of the emulation. */
  fault:
    | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }
    | undefined;
  stop(): void;
}

/** Starts the API of a GitHub Enterprise with one App, which is installed for acme/gitops. */
export async function startGithubApp(tokens?: () => string): Promise<EmulatedApp> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const app: EmulatedApp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    id: '4711',
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    made: [],
    installed: new Set(['acme/gitops']),
    permissions: ['contents', 'pull_requests', 'statuses'],
    now: Date.now,
    fault: undefined,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object, headers = {}) =>
      response.writeHead(status, headers).end(JSON.stringify(body));
    const sent = await text(request);
    if (app.fault) return void send(app.fault.status, app.fault.body ?? {}, app.fault.headers);
    if (!isSigned(request.headers.authorization ?? '', app.id, publicKey, app.now()))
      return void send(401, { message: 'A JSON web token could not be decoded' });
    const path = request.url ?? '';
    const [, repository = ''] = /^\/api\/v3\/repos\/([^/]+\/[^/]+)\/installation$/.exec(path) ?? [];
    if (app.installed.has(repository)) return void send(200, { id: 99, app_slug: 'slipway-releases' });
    if (request.method !== 'POST' || path !== '/api/v3/app/installations/99/access_tokens')
      return void send(404, { message: 'Not Found' });
    const { repositories, permissions } = JSON.parse(sent);
    if (Object.keys(permissions).some((name) => !app.permissions.includes(name)))
      return void send(422, { message: 'The permissions requested are not granted to this installation.' });
    const token = tokens?.() ?? `ghs_made-${app.made.length + 1}`;
    app.made.push({ token, repositories, permissions });
    return void send(201, { token, expires_at: new Date(app.now() + 3_600_000).toISOString() });
  }
  return app;
}

function isSigned(authorization: string, id: string, key: KeyObject, nowMs: number): boolean {
  const [, head = '', body = '', signature = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization) ?? [];
  if (head === '') return false;
  const { iss, iat, exp } = JSON.parse(Buffer.from(body, 'base64url').toString());
  const now = nowMs / 1000;
  return (
    iss === id &&
    iat <= now &&
    exp > now &&
    exp - iat <= 600 &&
    verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      createPublicKey(key.export({ type: 'spki', format: 'pem' })),
      Buffer.from(signature, 'base64url'),
    )
  );
}
