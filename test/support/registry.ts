import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The registry's settings of docker-compose.yml. */
const configuration = fileURLToPath(new URL('../../deploy/compose/registry.yaml', import.meta.url));

export interface RegistryAuth {
  readonly scheme: 'basic' | 'bearer';
  readonly username: string;
  readonly password: string;
  /** `read`: the account may not write. */
  readonly may?: 'read';
}

export interface TestRegistry {
  /** `<address>:<port>`. */
  readonly host: string;
  readonly url: string;
  /** Where the images are. */
  readonly folder: string;
  close(): Promise<void>;
}

export interface RegistryOptions {
  /** Address to listen on; loopback by default. */
  readonly address?: string;
  readonly auth?: RegistryAuth;
  /** PEM files; without them it speaks plain http. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Starts Debian's docker-registry with a folder of its own and the settings of docker-compose.yml; with `auth`, behind a door that asks for it. */
export async function startRegistry({ address = '127.0.0.1', auth, tls }: RegistryOptions = {}): Promise<TestRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'registry-'));
  // Behind a door it is reached through the door alone.
  const own = auth === undefined ? address : '127.0.0.1';
  const port = await freePort();
  const settings = {
    REGISTRY_HTTP_ADDR: `${own}:${port}`,
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: folder,
    ...(tls && { REGISTRY_HTTP_TLS_CERTIFICATE: tls.certificate, REGISTRY_HTTP_TLS_KEY: tls.key }),
  };
  const child = spawn('docker-registry', ['serve', configuration], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  for (let attempt = 0; ; attempt += 1) {
    if (await accepts(port, own)) break;
    if (attempt > 200 || child.exitCode !== null) throw new Error('docker-registry did not start');
    await sleep(50);
  }
  const door = auth === undefined ? undefined : await startDoor(port, auth, address);
  const host = `${address}:${door?.port ?? port}`;
  return {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    folder,
    close: async () => {
      await door?.close();
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startDoor(
  port: number,
  auth: RegistryAuth,
  address: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const basic = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  const bearer = `Bearer ${Buffer.from(`${auth.password} token`).toString('base64url')}`;
  const server = createServer((request, response) => {
    const own = `http://${request.headers.host}`;
    if (auth.scheme === 'bearer' && request.url?.startsWith('/token?')) {
      if (request.headers.authorization !== basic) return refuse(response, `Basic realm="token"`);
      return void response.end(JSON.stringify({ token: bearer.slice('Bearer '.length) }));
    }
    const expected = auth.scheme === 'basic' ? basic : bearer;
    if (request.headers.authorization === expected) {
      const mayNot = auth.may === 'read' && !['GET', 'HEAD'].includes(request.method ?? '');
      return mayNot ? deny(response) : forward(request, response, port);
    }
    refuse(
      response,
      auth.scheme === 'basic' ? 'Basic realm="registry"' : `Bearer realm="${own}/token",service="registry"`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(response: ServerResponse, challenge: string): void {
  response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' });
  response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
}

function deny(response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end('{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}');
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request;
  const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

function accepts(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => socket.destroy());
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
  });
}

/** A port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
