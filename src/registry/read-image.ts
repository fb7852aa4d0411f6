import { z } from 'zod';
import { ImageDigest } from '../builds/build-end.ts';
import { parseJson } from '../builds/parse-json.ts';
import { Failure } from '../failures.ts';
import { parseImageReference } from './image-reference.ts';
import { createOpenRegistry } from './open-registry.ts';
import type { FoundImage, ReadImage } from './registry.ts';
import { createRegistryCall, type RegistryOptions } from './registry-call.ts';
import { failureOf } from './response-failure.ts';

const Platform = z.object({ os: z.string(), architecture: z.string() });
const Manifest = z.union([
  z.object({ manifests: z.array(z.object({ digest: ImageDigest, platform: Platform.optional() })) }),
  z.object({ config: z.object({ digest: ImageDigest }) }),
]);

/** Reads images by the OCI distribution API. */
export function createReadImage(options: RegistryOptions): ReadImage {
  return async (reference, namespace, signal) => {
    const { registry, name, tag = 'latest', digest } = parseImageReference(reference);
    const repository = { registry, name };
    const { manifest } = createOpenRegistry(options)(namespace, signal);

    const read = async (version: string): Promise<FoundImage | undefined> => {
      const found = await manifest(repository, version);
      if (found === undefined) return undefined;
      const content = Manifest.safeParse(parseJson(textOf(found.bytes))).data;
      if (content === undefined) throw unusable(reference, 'its manifest is none of an image');
      if ('manifests' in content) {
        const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
        const ours = content.manifests.find(
          ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
        );
        if (ours === undefined) throw unusable(reference, `it is not made for linux/${architecture}`);
        return read(ours.digest);
      }
      const call = createRegistryCall(options, namespace, signal);
      const config = await call(repository, `blobs/${content.config.digest}`, { method: 'GET' }, 'pull');
      if (config.status !== 200) throw failureOf(config, repository, 'read the config of');
      return { reference: `${registry}/${name}@${found.digest}`, config: parseJson(textOf(config.bytes)) };
    };
    return read(digest ?? tag);
  };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function unusable(reference: string, why: string): Failure {
  return new Failure('BuildFailed', `The image ${reference} cannot be used: ${why}.`);
}
