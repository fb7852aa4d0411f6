import { cancellationSignal } from '@temporalio/activity';
import { isBuildRecordTag, parseRecordAnnotations } from '../src/builds/build-record.ts';
import { cacheDate, isLayerCacheTag } from '../src/builds/layer-cache.ts';
import { Failure } from '../src/failures.ts';
import type { ImageRepository, OpenRegistry, Registry } from '../src/registry/registry.ts';
import { type Cleaned, joinCleaned, type Leftover, nothingCleaned } from '../src/runs/cleaned.ts';
import { findPlaces, type PlacesDeps } from './release-places.ts';

export interface CleanRegistriesDeps extends PlacesDeps {
  readonly openRegistry: OpenRegistry;
  /** Build records and layer caches of the last so many days stay; null: all. */
  readonly keepCacheDays: number | null;
}

const dayMs = 24 * 3600_000;

export function createCleanRegistries(deps: CleanRegistriesDeps) {
  return {
    /**
     * Deletes old build records and layer caches, which no build uses any more, and no image. With `dryRun` says what it would delete.
     * Safe to repeat.
     */
    async cleanRegistries({ dryRun }: { readonly dryRun: boolean }): Promise<Cleaned> {
      if (deps.keepCacheDays === null) return nothingCleaned;
      const before = Date.now() - deps.keepCacheDays * dayMs;
      const parts: Cleaned[] = [];
      for (const { image, namespace } of (await findPlaces(deps)).images) {
        parts.push(await cleanImage(deps.openRegistry(namespace, cancellationSignal()), image, before, dryRun));
      }
      return joinCleaned(parts);
    },
  };
}

async function cleanImage(
  registry: Registry,
  repository: ImageRepository,
  before: number,
  dryRun: boolean,
): Promise<Cleaned> {
  const place = `${repository.registry}/${repository.name}`;
  const removed: Leftover[] = [];
  const cleaned = (notes: readonly string[]) => ({ removed, count: removed.length, notes });
  try {
    for (const name of await registry.tags(repository)) {
      const found = await lookAt(registry, repository, name);
      if (found === undefined || !(found.date.getTime() < before)) continue;
      if (!dryRun && !(await registry.remove(repository, found.digest))) {
        return cleaned([`${repository.registry} does not let manifests be deleted, so old records and caches stay.`]);
      }
      removed.push({ kind: found.kind, place, name, reason: `it is of ${found.date.toISOString().slice(0, 10)}` });
    }
    return cleaned([]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return cleaned([error.message]);
  }
}

interface Found {
  readonly kind: 'build-record' | 'layer-cache';
  readonly digest: string;
  readonly date: Date;
}

/** What is ours by its name and by what it holds; undefined for anything else. */
async function lookAt(registry: Registry, repository: ImageRepository, tag: string): Promise<Found | undefined> {
  if (!isBuildRecordTag(tag) && !isLayerCacheTag(tag)) return undefined;
  const manifest = await registry.manifest(repository, tag);
  if (manifest === undefined) return undefined;
  const { digest, bytes } = manifest;
  if (isLayerCacheTag(tag)) {
    const date = cacheDate(Buffer.from(bytes).toString('utf8'));
    return date && { kind: 'layer-cache', digest, date };
  }
  // By its digest, for the tag may mean another one by now.
  const record = parseRecordAnnotations((await registry.record(repository, digest)) ?? {});
  return record && { kind: 'build-record', digest, date: new Date(record.builtAt) };
}
