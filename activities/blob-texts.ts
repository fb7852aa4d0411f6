import type { GitopsMirror } from '../src/git/git.ts';

/** Texts of blobs by id. Those that were asked for last are kept, so that a worker's next release asks git only for what is new. */
export type ReadTexts = (
  mirror: Pick<GitopsMirror, 'readBlobs'>,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

/** Keeps at most so many characters. */
export function createBlobTexts(maximumCharacters: number): ReadTexts {
  const kept = new Map<string, string>(); // the longest unused first
  let size = 0;

  const keep = (id: string, text: string): void => {
    if (!kept.delete(id)) size += text.length;
    kept.set(id, text);
    for (const [oldest, { length }] of kept) {
      if (size <= maximumCharacters) return;
      kept.delete(oldest);
      size -= length;
    }
  };

  return async (mirror, ids) => {
    const wanted = new Set(ids);
    const found = new Map<string, string>();
    for (const id of wanted) {
      const text = kept.get(id);
      if (text !== undefined) found.set(id, text);
    }
    const unknown = [...wanted].filter((id) => !found.has(id));
    for await (const { id, text } of mirror.readBlobs(unknown)) found.set(id, text);
    for (const [id, text] of found) keep(id, text);
    return found;
  };
}
