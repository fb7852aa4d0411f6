import { Failure } from '../failures.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';
import type { BareRepository } from './bare-repository.ts';
import type { SourceSnapshot } from './git.ts';
import { entryAt, fetchObjects, filesAt, filesBelow, readObjects } from './objects.ts';

/** Reads a commit whose trees are in the repository; files are fetched when they are asked for. */
export async function readSnapshot(repository: BareRepository, commit: string): Promise<SourceSnapshot> {
  const format = '--format=%s%x00%an%x00%ct';
  const output = await repository.read(['log', '-1', '--no-show-signature', format, commit]);
  const [subject = '', author = '', committedAt = ''] = output.toString('utf8').trimEnd().split('\0');
  const fetched = new Set<string>();
  return {
    commit,
    subject,
    author,
    committedAt: Number(committedAt),
    entry: (path) => entryAt(repository, commit, path),
    files: (paths) => filesAt(repository, commit, new Set(paths)),
    filesBelow: (folder) => filesBelow(repository, commit, folder),
    readFiles: async (paths, maximumMiB = 1) => {
      const files = await filesAt(repository, commit, new Set(paths));
      const ids = [...new Set(files.map(({ id }) => id))];
      const lacking = ids.filter((id) => !fetched.has(id));
      await fetchObjects(repository, lacking);
      for (const id of lacking) fetched.add(id);
      const pathOf = (id: string): string => files.find((file) => file.id === id)?.path ?? id;
      const texts = await readTexts(repository, ids, maximumMiB, pathOf);
      return new Map(files.map(({ path, id }) => [path, texts.get(id) ?? '']));
    },
  };
}

async function readTexts(
  repository: BareRepository,
  ids: readonly string[],
  maximumMiB: number,
  pathOf: (id: string) => string,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const { id, bytes } of readObjects(repository, ids)) {
    if (bytes === undefined) throw new Failure('Unavailable', `the remote did not send ${pathOf(id)}`);
    if (bytes.length > maximumMiB * 1024 * 1024) {
      throw new Failure(
        'DescriptorInvalid',
        `${pathOf(id)} is larger than ${maximumMiB} MiB; make it smaller or do not name it`,
      );
    }
    texts.set(id, decodeText(bytes));
  }
  return texts;
}
