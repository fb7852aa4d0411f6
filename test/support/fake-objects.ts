import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

type Json = Record<string, unknown>;
interface Stored extends Json {
  metadata: Json & { name: string; namespace: string; uid: string; resourceVersion: string; finalizers?: string[] };
}
interface StoredEvent {
  readonly version: number;
  readonly resource: string;
  readonly type: string;
  readonly object: Stored;
}

/** What a test lets the server answer instead of its own: a status, or no answer at all. */
type Fault = { readonly status: number; readonly message?: string; readonly retryAfter?: number } | 'reset' | 'hang';

/** An API server for objects of any kind, with versions, watches, pages, finalizers and statuses as the real one has them (see the contract test). */
export interface FakeObjects {
  readonly kubeconfig: string;
  /** `GET /apis/…?…`, in order. */
  readonly calls: string[];
  /** Asked for each call with `<method> <path>?<query>`. */
  fault: (call: string) => Fault | undefined;
  /** Resources that are not installed. */
  readonly unknown: Set<string>;
  /** Objects of a page, whatever limit is asked for. */
  pageSize: number;
  /** Sends this to everybody who watches. */
  tellWatchers(line: string): void;
  watchers(): number;
  /** Ends all watches; `forget` also what happened so far, so that older versions are too old, for pages too. */
  endWatches(forget?: boolean): void;
  /** Lets watches live on and hear nothing. */
  silent: boolean;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port of this machine. */
export async function startFakeObjects(): Promise<FakeObjects> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fake-objects-'));
  const objects = new Map<string, Stored>();
  const watchers = new Map<ServerResponse, (event: StoredEvent) => void>();
  let events: StoredEvent[] = [];
  let version = 100;
  let oldest = version;
  let port = 0;
  let server: Server;

  const tell = (type: string, resource: string, object: Stored): void => {
    version += 1;
    object.metadata.resourceVersion = String(version);
    const event = { version, type, resource, object: structuredClone(object) };
    events.push(event);
    for (const send of watchers.values()) send(event);
  };

  const fake: FakeObjects = {
    kubeconfig: path.join(folder, 'kubeconfig'),
    calls: [],
    fault: () => undefined,
    unknown: new Set(),
    pageSize: 500,
    silent: false,
    tellWatchers(line) {
      for (const watcher of watchers.keys()) watcher.write(`${line}\n`);
    },
    watchers: () => watchers.size,
    endWatches(forget = false) {
      if (forget) [events, oldest] = [[], version];
      for (const watcher of watchers.keys()) watcher.end();
    },
    async pause() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async resume() {
      server = await listen();
    },
    async stop() {
      await fake.pause();
      rmSync(folder, { recursive: true });
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://fake');
    const call = `${request.method} ${url.pathname}${url.search}`;
    const body = await text(request);
    const given = (body === '' ? {} : JSON.parse(body)) as Json & { metadata?: Json };
    fake.calls.push(call);
    const say = (status: number, content: unknown, headers = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(content));
    };
    const refuse = (code: number, message: string, headers = {}): void =>
      say(code, { kind: 'Status', status: 'Failure', message, code }, headers);
    const fault = fake.fault(call);
    if (fault === 'hang') return;
    if (fault === 'reset') return void response.socket?.destroy();
    if (fault) {
      const { status, message = '', retryAfter } = fault;
      return refuse(status, message, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
    }
    const [, namespace, resource = '', name, part] =
      /^\/api(?:s\/[^/]+)?\/v\w+(?:\/namespaces\/([^/]+))?\/(\w+)(?:\/([^/]+))?(?:\/(status))?$/.exec(url.pathname) ??
      [];
    if (resource === '' || fake.unknown.has(resource))
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    const isWanted = (stored: Stored, of: string): boolean =>
      of === resource && (namespace === undefined || stored.metadata.namespace === namespace);
    const query = url.searchParams;

    if (query.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const since = Number(query.get('resourceVersion'));
      if (since < oldest) {
        const status = { kind: 'Status', code: 410, message: `too old resource version: ${since} (${oldest})` };
        return void response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      }
      const send = ({ type, object, resource: of }: StoredEvent): void => {
        if (!fake.silent && isWanted(object, of)) response.write(`${JSON.stringify({ type, object })}\n`);
      };
      for (const event of events.filter((one) => one.version > since)) send(event);
      watchers.set(response, send);
      return void response.on('close', () => watchers.delete(response));
    }
    const key = `${resource}/${namespace}/${name}`;
    const stored = objects.get(key);
    if (request.method === 'GET' && name === undefined) {
      const [from = 0, at = version] = (query.get('continue') ?? '').split('@').filter(Boolean).map(Number);
      if (at < oldest) return refuse(410, 'The provided continue parameter is too old');
      const all = [...objects].filter(([one, object]) => isWanted(object, one.split('/')[0] ?? ''));
      const to = from + (query.has('limit') ? Math.min(fake.pageSize, Number(query.get('limit'))) : all.length);
      const metadata = { resourceVersion: String(at), ...(to < all.length && { continue: `${to}@${at}` }) };
      return say(200, { metadata, items: all.slice(from, to).map(([, object]) => object) });
    }
    if (request.method === 'POST') {
      const made = given as Stored;
      const newKey = `${resource}/${namespace}/${made.metadata.name}`;
      if (objects.has(newKey)) return refuse(409, `${resource} "${made.metadata.name}" already exists`);
      const uid = `uid-${version}`;
      Object.assign(made.metadata, {
        namespace,
        uid,
        creationTimestamp: new Date().toISOString(),
        managedFields: [{}],
      });
      objects.set(newKey, made);
      tell('ADDED', resource, made);
      return say(201, made);
    }
    if (stored === undefined) return refuse(404, `${resource} "${name}" not found`);
    if (request.method === 'DELETE') {
      const uid = (given['preconditions'] as Json | undefined)?.['uid'];
      if (uid !== undefined && uid !== stored.metadata.uid) return refuse(409, 'the UID in the precondition differs');
      if ((stored.metadata.finalizers ?? []).length > 0) {
        stored.metadata['deletionTimestamp'] ??= new Date().toISOString();
        tell('MODIFIED', resource, stored);
      } else {
        objects.delete(key);
        tell('DELETED', resource, stored);
      }
    }
    if (request.method === 'PATCH') {
      const { resourceVersion, uid } = given.metadata ?? {};
      const { metadata } = stored;
      if (uid !== undefined && uid !== metadata.uid) return refuse(422, 'metadata.uid: field is immutable');
      if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
        return refuse(409, 'the object has been modified; please apply your changes to the latest version');
      const { status, ...rest } = given;
      const before = JSON.stringify(stored);
      // Argo's kind has no part for its status.
      merge(stored, part === 'status' ? { status } : resource === 'workflows' ? given : rest);
      if (JSON.stringify(stored) !== before) {
        const isGone = metadata['deletionTimestamp'] !== undefined && (metadata.finalizers ?? []).length === 0;
        if (isGone) objects.delete(key);
        tell(isGone ? 'DELETED' : 'MODIFIED', resource, stored);
      }
    }
    return say(200, stored);
  };

  const listen = async (): Promise<Server> => {
    const made = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    port = (made.address() as AddressInfo).port;
    return made;
  };
  server = await listen();
  writeFileSync(
    fake.kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token: 'a-token' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  return fake;
}

/** As a JSON merge patch does. */
function merge(target: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    const old = target[key];
    if (value === null || value === undefined) {
      if (value === null) delete target[key];
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      const next = typeof old === 'object' && old !== null && !Array.isArray(old) ? (old as Json) : {};
      target[key] = next;
      merge(next, value as Json);
    } else target[key] = value;
  }
}
