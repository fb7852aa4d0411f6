import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, fetch, ProxyAgent, type Response } from 'undici';
import { parseJson } from '../builds/parse-json.ts';
import { Failure } from '../failures.ts';
import { connectionFailure, type KubeAction, kubeFailure } from './kube-failure.ts';

/** One call: what it is in the words of access rules, and how it is sent. */
export interface KubeCall extends KubeAction {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** These answers are the caller's to judge; all others that are no success are thrown. */
  readonly expected?: readonly number[];
}

export interface KubeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends calls to one API server over shared connections. */
export interface KubeConnection {
  /** Sends a call and reads its answer, for 30 s at most. Throws `Failure`, or the signal's reason. */
  send(call: KubeCall, signal: AbortSignal): Promise<KubeAnswer>;
  /** Sends a call whose answer goes on: gives its text as it comes, until the server, the signal or the reader ends it; nothing for an expected refusal. */
  stream(call: KubeCall, signal: AbortSignal): AsyncGenerator<string>;
}

const callMs = 30_000;

/** The cluster of a kubeconfig file, or without one the cluster that this process runs in. Throws `Unavailable` where it cannot be read. */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromCluster();
    else config.loadFromFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('Unavailable', `The kubeconfig ${file ?? 'of this pod'} cannot be read: ${reason}`, { cause });
  }
  if (/undefined/.test(config.getCurrentCluster()?.server ?? 'undefined')) {
    const text =
      file === undefined
        ? 'This process does not run in a cluster. Name a kubeconfig in SLIPWAY_KUBECONFIG.'
        : `The kubeconfig ${file} names no current cluster.`;
    throw new Failure('Unavailable', text);
  }
  return config;
}

/** Credentials and certificate authorities are read again for each call, so that rotated files need no restart. */
export function openKubeConnection(config: KubeConfig): KubeConnection {
  const cluster = config.getCurrentCluster();
  const server = cluster?.server.replace(/\/+$/, '') ?? '';
  const dispatcherFor = shareDispatcher(cluster?.proxyUrl);

  const open = async (call: KubeCall, signal: AbortSignal): Promise<Response> => {
    signal.throwIfAborted();
    try {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const response = await fetch(`${server}${call.path}${queryText(call.query)}`, {
        method: call.method,
        headers: {
          ...headersOf(options),
          accept: 'application/json, */*',
          'content-type': call.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        redirect: 'error',
        dispatcher: dispatcherFor(options),
        signal,
      });
      if (response.ok || call.expected?.includes(response.status)) return response;
      throw kubeFailure(call, response.status, await response.text(), retryAfterMs(response));
    } catch (error) {
      throw error instanceof Failure ? error : connectionFailure(server, call, error);
    }
  };

  return {
    async send(call, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(callMs)]);
      try {
        const response = await open(call, limit);
        const text = await response.text();
        // A refusal may come without JSON: for a kind that is not installed it does.
        return { status: response.status, body: response.ok && text !== '' ? JSON.parse(text) : parseJson(text) };
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof Failure ? error : connectionFailure(server, call, error);
      }
    },
    async *stream(call, signal) {
      const response = await open(call, signal);
      if (!response.ok) return void (await response.body?.cancel());
      const decoder = new TextDecoder();
      // The web stream itself: as a Node stream it would throw a second time, where nobody listens.
      for await (const bytes of response.body ?? []) yield decoder.decode(bytes, { stream: true });
    },
  };
}

/** The client's own would connect anew for each call. */
function shareDispatcher(proxyUrl: string | undefined): (options: RequestOptions) => Dispatcher {
  let current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;
  return ({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }) => {
    const given = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    const tls = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
    const hash = createHash('sha256').update(JSON.stringify(tls)).digest('hex');
    if (current?.key !== hash) {
      // What still runs over the old connections may finish.
      void current?.dispatcher.close();
      const common = { allowH2: false, headersTimeout: callMs, bodyTimeout: 0, keepAliveTimeout: callMs };
      const dispatcher =
        proxyUrl === undefined
          ? new Agent({ ...common, connect: tls })
          : new ProxyAgent({ ...common, uri: proxyUrl, requestTls: tls });
      current = { key: hash, dispatcher };
    }
    return current.dispatcher;
  };
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
  const basic = auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...Object.fromEntries(given), ...basic };
}

function queryText(query: Readonly<Record<string, string>> | undefined): string {
  return query === undefined ? '' : `?${new URLSearchParams(query)}`;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return seconds > 0 ? seconds * 1000 : undefined;
}
