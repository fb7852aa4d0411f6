import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { Failure } from '../failures.ts';
import { describeConnectionError } from './connection-error.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
}

/** Sends one request and reads the whole answer. Throws `Failure` when there is no answer. */
export type SendHttp = (url: URL, request: HttpRequest) => Promise<HttpResponse>;

interface HttpOptions {
  /** `host[:port]` of the registries that may be asked by plain http. */
  readonly httpHosts: readonly string[];
  /** PEM file with certificate authorities to trust besides the usual ones; read at use. */
  readonly caFile?: string | undefined;
  /** Ends what is under way; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const idleTimeoutMs = 30_000;
const maxRedirects = 5;
const maxBytes = 8 * 1024 * 1024;

/**
 * HTTP for registries. Certificates are always checked; plain http only to `httpHosts`, also after a redirect.
 * Node's own `https` and not `fetch`, because `fetch` takes further certificate authorities for the whole process only.
 */
export function createSendHttp({ httpHosts, caFile, signal }: HttpOptions): SendHttp {
  const follow = async (url: URL, request: HttpRequest, redirectsLeft: number): Promise<HttpResponse> => {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && httpHosts.includes(url.host))) {
      throw new Failure(
        'NotAllowed',
        `The registry sent us to ${url.protocol}//${url.host}, but plain http is only allowed to hosts named in the settings. Use https, or name ${url.host} there.`,
      );
    }
    const response = await exchange(url, request, caFile, signal);
    const location = response.headers.location;
    const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
    if (!isRedirect || (request.method !== 'GET' && request.method !== 'HEAD')) return response;
    if (redirectsLeft === 0)
      throw new Failure('Unavailable', `${url.host} redirected more than ${maxRedirects} times.`);
    const target = new URL(location, url);
    return follow(target, target.origin === url.origin ? request : withoutAuthorization(request), redirectsLeft - 1);
  };
  return (url, request) => follow(url, request, maxRedirects);
}

/** The same request for another host: our credential is not meant for it. */
function withoutAuthorization(request: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...request, headers: Object.fromEntries(headers) };
}

async function exchange(
  url: URL,
  { method, headers = {}, body }: HttpRequest,
  caFile: string | undefined,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const ca = url.protocol === 'https:' && caFile !== undefined ? await authorities(caFile) : undefined;
  const options = {
    method,
    headers: {
      ...headers,
      'user-agent': 'slipway',
      ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
    },
    agent: false,
    timeout: idleTimeoutMs,
    ...(ca === undefined ? {} : { ca }),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      const onResponse = (response: http.IncomingMessage): void => {
        collect(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, url }),
          reject,
        );
      };
      const request =
        url.protocol === 'https:' ? https.request(url, options, onResponse) : http.request(url, options, onResponse);
      request.on('timeout', () =>
        request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
      );
      request.on('error', reject);
      request.end(body);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw describeConnectionError(url.host, error);
  }
}

async function authorities(caFile: string): Promise<string[]> {
  return [...tls.getCACertificates('default'), await readFile(caFile, 'utf8')];
}

async function collect(response: http.IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks);
}
