import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { Failure } from '../failures.ts';
import { isLogName, type LogStore, logName, type StoredLog } from './log-store.ts';

export interface S3Place {
  /** `https://host/bucket` or `https://host/bucket/folder`. */
  readonly url: string;
  readonly region: string;
}

interface S3Options extends S3Place {
  /** `<id>:<secret>` of an access key; read at each use, so that it may be rotated. */
  readonly readKey: () => Promise<string | undefined>;
}

/** Logs as objects of an S3-compatible store, addressed by path. Nothing is repeated here. */
export function createS3LogStore({ url, region, readKey }: S3Options): LogStore {
  const { origin, pathname } = new URL(url);
  const [bucket = '', ...folders] = pathname.split('/').filter((part) => part !== '');
  const prefix = folders.map((part) => `${part}/`).join('');
  const root = `${origin}/${bucket}`;
  const address = (name: string) => `${root}/${prefix}${name}`;

  async function ask(target: string, init: RequestInit, doing: string): Promise<Response> {
    const client = clientFor(await readKey(), region);
    const hash = createHash('sha256');
    if (init.body instanceof Blob) for await (const piece of init.body.stream()) hash.update(piece);
    const headers = { 'x-amz-content-sha256': hash.digest('hex'), ...init.headers };
    const response = await client.fetch(target, { ...init, headers }).catch((cause: unknown) => {
      init.signal?.throwIfAborted();
      throw new Failure('Unavailable', `Could not ${doing}: ${origin} was not reached.`, { cause });
    });
    if (response.ok || response.status === 404) return response;
    const text = (await response.text()).replaceAll(/<[^>]*>|\s+/g, ' ').slice(0, 200);
    throw refusal(response.status, `Could not ${doing} at ${root}: it answered ${response.status} ${text.trim()}.`);
  }

  async function page(after: string | undefined, signal: AbortSignal): Promise<string> {
    const query = new URLSearchParams({ 'list-type': '2', prefix, ...(after && { 'continuation-token': after }) });
    const response = await ask(`${root}?${query}`, { signal }, 'list the logs');
    if (response.status === 404) throw new Failure('Unavailable', `There is no bucket ${bucket} at ${origin}.`);
    return response.text();
  }

  return {
    place: url,
    async put(build, log, signal) {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const init = { method: 'PUT', headers, body: log, signal };
      const { status } = await ask(address(logName(build)), init, 'keep a log');
      if (status === 404) throw new Failure('Unavailable', `There is no bucket ${bucket} at ${origin}: make it.`);
    },
    async get(build, signal) {
      const { status, body } = await ask(address(logName(build)), { signal }, 'read a log');
      return status === 404 || body === null ? null : body;
    },
    async olderThan(time, signal) {
      const logs: StoredLog[] = [];
      let after: string | undefined;
      do {
        const text = await page(after, signal);
        logs.push(...readLogs(text, prefix).filter(({ keptAt }) => keptAt < time));
        after = textIn(text, 'NextContinuationToken');
      } while (after !== undefined);
      return logs;
    },
    async remove({ name }, signal) {
      await ask(address(name), { method: 'DELETE', signal }, 'delete a log');
    },
  };
}

function clientFor(key: string | undefined, region: string): AwsClient {
  const [, accessKeyId, secretAccessKey] = /^([^:]+):(.+)$/.exec(key ?? '') ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const text =
      'The secret log-store-key is missing or is not <access key id>:<secret access key>. Store it for all namespaces.';
    throw new Failure('SecretMissing', text);
  }
  return new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
}

function refusal(status: number, text: string): Failure {
  if (status === 401 || status === 403)
    return new Failure(
      'AccessDenied',
      `${text} Check the secret log-store-key: it must read, write, list and delete there.`,
    );
  return new Failure(status >= 500 || status === 429 ? 'Unavailable' : 'PolicyRejected', text);
}

/** Our names need no XML to be undone: others are left out. */
function readLogs(xml: string, prefix: string): readonly StoredLog[] {
  return [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, entry = '']) => {
    const key = textIn(entry, 'Key') ?? '';
    const keptAt = new Date(textIn(entry, 'LastModified') ?? '');
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
    return isLogName(name) && !Number.isNaN(keptAt.getTime()) ? [{ name, keptAt }] : [];
  });
}

function textIn(xml: string, element: string): string | undefined {
  const [, text] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return (
    text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&') ||
    undefined
  );
}
