import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../builds/parse-json.ts';
import { Failure } from '../failures.ts';
import type { HttpResponse } from './http.ts';
import { probePush } from './probe-registry.ts';
import { emptyBlob, manifestTypes, readRecord, recordManifest } from './record-manifest.ts';
import type { ImageRepository, Manifest, OpenRegistry, Registry } from './registry.ts';
import { createRegistryCall, type RegistryCall, type RegistryOptions } from './registry-call.ts';
import { failureOf } from './response-failure.ts';

/** The registry clients, by the OCI distribution API. They keep no connection, and tokens only for as long as they are used. */
export function createOpenRegistry(options: RegistryOptions): OpenRegistry {
  return (namespace, signal) => openRegistry(createRegistryCall(options, namespace, signal));
}

function openRegistry(call: RegistryCall): Registry {
  const manifest: Registry['manifest'] = async (repository, reference) => {
    const path = `manifests/${reference}`;
    const response = await call(
      repository,
      path,
      { method: 'GET', headers: { accept: manifestTypes.join(', ') } },
      'pull',
    );
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw failureOf(response, repository, `read ${reference} of`);
    const digest = digestOf(response.bytes);
    const promised = reference.startsWith('sha256:') ? reference : response.headers['docker-content-digest'];
    if (promised !== undefined && promised !== digest) {
      throw new Failure(
        'Unavailable',
        `The registry ${repository.registry} answered for ${repository.name} ${promised} with content whose digest is ${digest}.`,
      );
    }
    return { digest, mediaType: mediaTypeOf(response), bytes: response.bytes };
  };

  const putManifest = async (
    repository: ImageRepository,
    reference: string,
    { mediaType, bytes }: Omit<Manifest, 'digest'>,
  ): Promise<void> => {
    const request = { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes } as const;
    const response = await call(repository, `manifests/${reference}`, request, 'pull,push');
    if (response.status !== 201) throw failureOf(response, repository, `write ${reference} of`);
  };

  const putEmptyBlob = async (repository: ImageRepository): Promise<void> => {
    const found = await call(repository, `blobs/${emptyBlob.digest}`, { method: 'HEAD' }, 'pull,push');
    if (found.status === 200) return;
    if (found.status !== 404) throw failureOf(found, repository, 'look into');
    const opened = await call(repository, 'blobs/uploads/', { method: 'POST' }, 'pull,push');
    const location = opened.headers.location;
    if (opened.status !== 202 || location === undefined) throw failureOf(opened, repository, 'start an upload to');
    const target = new URL(location, opened.url);
    target.searchParams.set('digest', emptyBlob.digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const stored = await call(repository, target.href, { method: 'PUT', headers, body: emptyBlob.bytes }, 'pull,push');
    if (stored.status !== 201) throw failureOf(stored, repository, 'store a blob in');
  };

  const tags: Registry['tags'] = async (repository) => {
    const found: string[] = [];
    for (let path: string | undefined = 'tags/list?n=1000'; path !== undefined; ) {
      const response: HttpResponse = await call(repository, path, { method: 'GET' }, 'pull');
      if (response.status === 404) return found;
      if (response.status !== 200) throw failureOf(response, repository, 'list the tags of');
      found.push(...readTags(response, repository));
      path = nextPage(response);
    }
    return found.sort();
  };

  return {
    manifest,
    tags,
    remove: async (repository, digest) => {
      const response = await call(repository, `manifests/${digest}`, { method: 'DELETE' }, 'pull,delete');
      if (response.status === 405) return false;
      if (response.status >= 300 && response.status !== 404) throw failureOf(response, repository, 'delete from');
      return true;
    },
    checkPush: (repository) => probePush(call, repository),
    tag: (repository, { mediaType, bytes }, tag) => putManifest(repository, tag, { mediaType, bytes }),
    putRecord: async (repository, tag, annotations) => {
      await putEmptyBlob(repository);
      await putManifest(repository, tag, recordManifest(annotations));
    },
    record: async (repository, tag) => {
      const found = await manifest(repository, tag);
      return found === undefined ? undefined : readRecord(found);
    },
  };
}

const TagList = z.object({ tags: z.array(z.string()).nullish() });

function readTags({ bytes }: HttpResponse, { registry }: ImageRepository): readonly string[] {
  const parsed = TagList.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  if (parsed.success) return parsed.data.tags ?? [];
  throw new Failure('Unavailable', `The registry ${registry} answered a list of tags that cannot be read.`);
}

/** Where the registry says that the list goes on, as a path below its own host. */
function nextPage({ headers, url }: HttpResponse): string | undefined {
  const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(headers['link'] ?? '')) ?? [];
  return next === undefined ? undefined : new URL(next, url).href;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function mediaTypeOf({ headers }: HttpResponse): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}
