import { cancellationSignal } from '@temporalio/activity';
import { buildRecordTag, toRecordAnnotations } from '../src/builds/build-record.ts';
import { Failure } from '../src/failures.ts';
import type { OpenRegistry } from '../src/registry/registry.ts';
import { imageTag } from '../src/runs/names.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { BuiltImage } from './build-image.ts';
import type { ClonedSource } from './clone-source.ts';

export interface PublishedImage {
  /** `registry/name:tag@sha256:…`, as resources refer to it. */
  readonly reference: string;
  readonly digest: string;
}

export function createPushImage({ openRegistry }: { readonly openRegistry: OpenRegistry }) {
  return {
    /** Publishes the run's tag and the build record for a digest that is in the registry already. Safe to repeat. */
    async pushImage({ plan, source, built }: PushRequest): Promise<PublishedImage> {
      const { image } = plan;
      const registry = openRegistry(plan.namespace, cancellationSignal());
      const name = `${image.registry}/${image.name}`;
      const manifest = await registry.manifest(image, built.digest);
      if (!manifest) {
        throw new Failure(
          'BuildInfrastructure',
          `${name}@${built.digest} is not in the registry any more: retry the run to build it again`,
        );
      }
      const tag = imageTag(image.tag, source.commit);
      await registry.tag(image, manifest, tag);
      if (!built.reused) {
        const record = { digest: built.digest, builtAt: new Date().toISOString() };
        await registry.putRecord(image, buildRecordTag(source.inputs), toRecordAnnotations(record));
      }
      const published = await registry.manifest(image, tag);
      if (published?.digest !== built.digest) {
        throw new Failure(
          'Contended',
          `${name}:${tag} is ${published?.digest ?? 'missing'} and not ${built.digest}: somebody else pushes the same tag`,
        );
      }
      return { reference: `${name}:${tag}@${built.digest}`, digest: built.digest };
    },
  };
}

/** What `pushImage` is asked for. */
export interface PushRequest {
  readonly plan: Plan;
  readonly source: ClonedSource;
  readonly built: BuiltImage;
}
