import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BuilderImage, buildBuilderImage } from '../../deploy/builder/build.ts';
import { buildkitPrograms } from '../../deploy/builder/buildkit.ts';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'builder-image-'));
});
afterEach(() => rm(folder, { recursive: true }));

const cacheFolder = defaultCacheFolder(process.env);
const build = (name: string, cache: string): Promise<BuilderImage> =>
  buildBuilderImage({ output: path.join(folder, name), cacheFolder: cache, onProgress: () => {} });

/** With all but BuildKit's programs, whose compilation takes minutes, made anew. */
async function buildAnew(name: string): Promise<BuilderImage> {
  const buildkit = await buildkitPrograms(cacheFolder, () => {});
  const cache = path.join(folder, `${name}-cache`);
  await mkdir(path.join(cache, 'tools'), { recursive: true });
  await cp(buildkit, path.join(cache, 'tools', path.basename(buildkit)), { recursive: true });
  return build(name, cache);
}

it('has the same digest when it is made again', { timeout: 600_000 }, async () => {
  const kept = await build('kept', cacheFolder);
  const first = await buildAnew('first');
  // The kept one may be of before Debian's last update.
  const second = first.digest === kept.digest ? kept : await buildAnew('second');

  expect(second.digest).toBe(first.digest);
  expect(first.size).toBeLessThan(160 * 2 ** 20);
});
