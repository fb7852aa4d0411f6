import { createHash } from 'node:crypto';
import type { Relation } from '../../src/git/git.ts';
import { commit, pushPayloads } from './payloads.ts';

/** A commit of a made-up repository. */
export interface HistoryCommit {
  readonly name: string;
  readonly parent: string | null;
  readonly paths: readonly string[];
}

/** A made-up repository at a Gitea, and what its host tells of it. */
export interface BranchHistory {
  readonly url: string;
  /** Full id of a commit by its name. */
  id(name: string): string;
  name(id: string): string | undefined;
  /** What a push from one commit to another is told as. */
  payload(before: string, after: string): unknown;
  /** Null where one of them is of another repository. */
  relation(commit: string, other: string): Relation | null;
  /** What the commit changes; null where it is of another repository. */
  paths(id: string): readonly string[] | null;
}

/** A repository with these commits. */
export function branchHistory(repository: string, commits: readonly HistoryCommit[]): BranchHistory {
  const url = `https://git.acme.io/org/${repository}`;
  const id = (name: string) => createHash('sha1').update(`${repository} ${name}`).digest('hex');
  const byId = new Map(commits.map((one) => [id(one.name), one]));
  const isAncestor = (one: string, other: string): boolean => {
    const parent = byId.get(other)?.parent ?? null;
    return parent !== null && (id(parent) === one || isAncestor(one, id(parent)));
  };
  return {
    url,
    id,
    name: (of) => byId.get(of)?.name,
    payload(before, after) {
      const head = commit({ id: id(after), paths: [...(byId.get(id(after))?.paths ?? [])] });
      const moved = { before: id(before), after: id(after), commits: [head], head_commit: head };
      return pushPayloads.gitea({ ...moved, repository: { clone_url: `${url}.git` } });
    },
    relation(one, other) {
      if (!byId.has(one) || !byId.has(other)) return null;
      if (one === other) return 'same';
      return isAncestor(one, other) ? 'ancestor' : isAncestor(other, one) ? 'descendant' : 'unrelated';
    },
    paths: (of) => byId.get(of)?.paths ?? null,
  };
}
