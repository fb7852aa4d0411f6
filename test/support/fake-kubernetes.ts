import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

type Json = Record<string, unknown>;
interface Stored extends Json {
  metadata: Json & { name: string; namespace: string; uid: string };
}

/** What a test lets the server answer instead of its own: a status, or no answer at all. */
export type Fault = { readonly status: number; readonly message?: string } | 'reset' | 'hang';

/** A small Kubernetes API server: it keeps Jobs, Secrets, pods and events, and runs nothing. */
export interface FakeKubernetes {
  readonly kubeconfig: string;
  /** `POST /apis/batch/v1/…` and so on, in order, without queries. */
  readonly calls: string[];
  /** Names of Jobs and Secrets → what is stored. */
  readonly jobs: Map<string, Stored>;
  readonly secrets: Map<string, Stored>;
  /** Connections that were ever opened. */
  connections(): number;
  /** Each is asked in turn with `<method> <path>?<query>`; the first answer counts. */
  fault: (call: string) => Fault | undefined;
  /** Stores a Job's only pod and tells those who watch. */
  setPod(job: string, pod: Json): void;
  addEvent(uid: string, event: Json): void;
  /** What a container has printed, with a time before each line; `open` containers go on printing. */
  readonly logs: Map<string, { text: string; open: boolean }>;
  /** Ends all connections and refuses new ones until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** How long a deleted Job stays, in milliseconds. */
  deletionMs: number;
  stop(): Promise<void>;
}

const token = 'a-token';

/** Starts one on a free port of this machine. */
export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fake-kubernetes-'));
  const [certificate, key] = [path.join(folder, 'tls.crt'), path.join(folder, 'tls.key')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...names], { stdio: 'ignore' });

  const state = {
    pods: new Map<string, Json>(),
    events: new Map<string, Json[]>(),
    watchers: new Set<ServerResponse>(),
  };
  const sockets = new Set<Socket>();
  let connections = 0;
  let version = 1;
  let port = 0;
  let server: Server;

  const fake: FakeKubernetes = {
    kubeconfig: path.join(folder, 'kubeconfig'),
    calls: [],
    jobs: new Map(),
    secrets: new Map(),
    logs: new Map(),
    connections: () => connections,
    fault: () => undefined,
    setPod(job, pod) {
      version += 1;
      state.pods.set(job, pod);
      for (const watcher of state.watchers) watcher.write(`${JSON.stringify({ type: 'MODIFIED', object: pod })}\n`);
    },
    addEvent(uid, event) {
      state.events.set(uid, [...(state.events.get(uid) ?? []), event]);
    },
    deletionMs: 0,
    async pause() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
    async resume() {
      server = await listen();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'https://fake');
    const body = await text(request);
    const say = (status: number, content: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(content));
    };
    const refuse = (code: number, message: string): void =>
      say(code, { kind: 'Status', status: 'Failure', message, code });
    fake.calls.push(`${request.method} ${url.pathname}`);
    const fault = fake.fault(`${request.method} ${url.pathname}${url.search}`);
    if (fault === 'hang') return;
    if (fault === 'reset') return void response.socket?.destroy();
    if (fault !== undefined) return refuse(fault.status, fault.message ?? '');
    if (request.headers.authorization !== `Bearer ${token}`) return refuse(401, 'Unauthorized');

    const [, namespace = '', kind = '', name = '', part = ''] =
      /\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    const stored = kind === 'jobs' ? fake.jobs : fake.secrets;
    if (request.method === 'POST') {
      const given = JSON.parse(body) as Stored;
      if (stored.has(given.metadata.name)) return refuse(409, `${kind} "${given.metadata.name}" already exists`);
      const creationTimestamp = new Date().toISOString();
      const made = { ...given, metadata: { ...given.metadata, namespace, uid: `uid-${++version}`, creationTimestamp } };
      stored.set(given.metadata.name, made);
      return say(201, made);
    }
    if (kind === 'pods' && part === 'log') {
      const log = fake.logs.get(url.searchParams.get('container') ?? '');
      if (log === undefined) return refuse(400, 'container is waiting to start');
      response.writeHead(200, { 'content-type': 'text/plain' });
      const shown = url.searchParams.has('timestamps') ? log.text : log.text.replaceAll(/^\S+ /gm, '');
      response.write(shown);
      return void (log.open && url.searchParams.has('follow') ? undefined : response.end());
    }
    if (kind === 'pods') {
      const job = url.searchParams.get('labelSelector')?.split('=')[1] ?? '';
      if (url.searchParams.has('watch')) {
        response.writeHead(200);
        response.flushHeaders();
        if (Number(url.searchParams.get('resourceVersion')) < version) response.write('{"type":"MODIFIED"}\n');
        state.watchers.add(response);
        response.on('close', () => state.watchers.delete(response));
        return;
      }
      const pod = state.pods.get(job);
      return say(200, { metadata: { resourceVersion: String(version) }, items: pod ? [pod] : [] });
    }
    if (kind === 'events') {
      const uid = url.searchParams.get('fieldSelector')?.split('=')[1] ?? '';
      return say(200, { metadata: {}, items: state.events.get(uid) ?? [] });
    }
    if (url.pathname === '/apis/batch/v1/jobs') {
      const from = Number(url.searchParams.get('continue') ?? 0);
      const all = [...fake.jobs.values()];
      // One a page, so that whoever forgets the others is found out.
      const next = from + 1 < all.length ? String(from + 1) : '';
      return say(200, { metadata: { resourceVersion: '1', continue: next }, items: all.slice(from, from + 1) });
    }
    const found = stored.get(name);
    if (found === undefined) return refuse(404, `${kind} "${name}" not found`);
    if (request.method === 'PATCH') {
      const changed = { ...found, spec: { ...(found['spec'] as Json), ...(JSON.parse(body) as { spec: Json }).spec } };
      stored.set(name, changed);
      return say(200, changed);
    }
    if (request.method === 'DELETE') {
      const { preconditions } = JSON.parse(body) as { preconditions?: { uid: string } };
      if (preconditions && preconditions.uid !== found.metadata.uid)
        return refuse(409, 'the UID in the precondition differs');
      found.metadata['deletionTimestamp'] = new Date().toISOString();
      setTimeout(() => {
        stored.delete(name);
        state.pods.delete(name);
      }, fake.deletionMs);
    }
    return say(200, found);
  };

  const listen = async (): Promise<Server> => {
    const made = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
      void answer(request, response);
    });
    made.on('secureConnection', (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    port = (made.address() as AddressInfo).port;
    return made;
  };

  server = await listen();
  writeFileSync(
    fake.kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': certificate } }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  return fake;
}
