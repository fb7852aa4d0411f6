import { z } from 'zod';
import type { JsonApi } from '../json-api.ts';
import type { ForgeRepository } from '../repository-url.ts';

/** Whole commits by the first digits that Bitbucket's pull requests have of them; asked for once by each worker. */
export interface WholeCommits {
  /** The digits as they are where the commit is gone. */
  find(api: JsonApi, repository: ForgeRepository, digits: string): Promise<string>;
}

const Commit = z.object({ hash: z.string() });

/** A bounded memory; the oldest entry goes when it is full. */
export function createWholeCommits(limit = 5000): WholeCommits {
  const known = new Map<string, string>();
  return {
    async find(api, { api: root, owner, name }, digits) {
      const key = `${root}/${owner}/${name}/${digits}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const request = { doing: 'look for a commit', path: `./commit/${digits}?fields=hash` };
      const answer = await api.ask(request);
      if (answer.status === 404) return digits;
      const { hash } = api.read(request, answer, Commit);
      const oldest = known.keys().next();
      if (known.size >= limit && oldest.done !== true) known.delete(oldest.value);
      known.set(key, hash);
      return hash;
    },
  };
}
