import { Failure } from '../failures.ts';
import { parseImageReference } from './image-reference.ts';
import { manifestTypes } from './record-manifest.ts';
import type { ImageRepository, ResolveImage } from './registry.ts';
import { createRegistryCall, type RegistryCall, type RegistryOptions } from './registry-call.ts';
import { failureOf } from './response-failure.ts';

export interface ResolveOptions extends Omit<RegistryOptions, 'registryAuth'> {
  /** Registry host → `host[:port][/prefix]` of the registries that are asked before it. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
}

const patienceMs = 10_000;

/** Asks without a credential, as builds pull without one; by HEAD, which Docker Hub does not count as a pull. */
export function createResolveImage({ mirrors, ...options }: ResolveOptions): ResolveImage {
  return async (reference, signal) => {
    const { registry, name, tag, digest } = parseImageReference(reference);
    if (digest !== undefined || tag === undefined) return reference;
    const deadline = AbortSignal.timeout(patienceMs);
    const anonymous = { ...options, registryAuth: async () => undefined };
    const call = createRegistryCall(anonymous, '', AbortSignal.any([signal, deadline]));
    const places = [...(mirrors[registry] ?? []).map((mirror) => below(mirror, name)), { registry, name }];
    let trouble: Failure | undefined;
    for (const place of places) {
      try {
        return `${registry}/${name}@${await digestAt(call, place, tag)}`;
      } catch (error) {
        if (deadline.aborted && !signal.aborted) {
          throw new Failure('Unavailable', `${place.registry} did not answer within ${patienceMs / 1000} s.`);
        }
        if (!(error instanceof Failure)) throw error;
        trouble = error;
      }
    }
    throw trouble;
  };
}

function below(mirror: string, name: string): ImageRepository {
  const [registry = '', ...prefix] = mirror.split('/');
  return { registry, name: [...prefix, name].join('/') };
}

async function digestAt(call: RegistryCall, place: ImageRepository, tag: string): Promise<string> {
  const request = { method: 'HEAD', headers: { accept: manifestTypes.join(', ') } } as const;
  const response = await call(place, `manifests/${tag}`, request, 'pull');
  const digest = response.headers['docker-content-digest'];
  if (response.status === 404) {
    throw new Failure('SourceNotFound', `${place.registry} has no image ${place.name}:${tag}.`);
  }
  if (response.status !== 200) throw failureOf(response, place, `read ${tag} of`);
  if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Failure('Unavailable', `${place.registry} does not say which digest ${place.name}:${tag} has.`);
}
