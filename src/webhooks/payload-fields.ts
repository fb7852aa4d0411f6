import { z } from 'zod';
import type { PushedCommit } from './change.ts';

/** A field that may be absent or null, read as undefined. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** More commits than any provider lists are not looked at, so that nobody can make checking them take long. */
const MAX_COMMITS = 10_000;

/** A list of commits that may be absent or null, read as an empty one. */
export function commitList<Schema extends z.ZodType>(commit: Schema) {
  return z
    .array(z.unknown())
    .nullish()
    .transform((items) => (items ?? []).slice(0, MAX_COMMITS))
    .pipe(z.array(commit));
}

/** One mistake at most, however many of a million paths are none. */
const paths = z
  .custom<readonly string[]>(
    (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    'must be a list of texts',
  )
  .nullish();

/** A commit as GitHub, GitLab and Gitea tell it. */
export const Commit = z
  .object({
    id: optional(z.string()),
    message: optional(z.string()),
    author: optional(z.object({ email: optional(z.string()) })),
    added: paths,
    removed: paths,
    modified: paths,
  })
  .transform(({ id, message, author, added, removed, modified }): PushedCommit => {
    const lists = [added, removed, modified].flatMap((list) => (list ? [list] : []));
    return {
      id: id ?? '',
      message: message ?? '',
      email: author?.email ?? null,
      paths: lists.length > 0 ? lists.flat() : null,
    };
  });

/** A repository as GitHub and Gitea tell it. */
export const Repository = z
  .object({
    clone_url: optional(z.string()),
    html_url: optional(z.string()),
    ssh_url: optional(z.string()),
    pushed_at: optional(z.union([z.number(), z.string()])),
  })
  .transform(({ clone_url, html_url, ssh_url, pushed_at }) => ({
    urls: someUrls(clone_url, html_url, ssh_url),
    pushedAt: pushed_at === undefined ? null : String(pushed_at).slice(0, 40),
  }))
  .refine(({ urls }) => urls.length > 0, 'names no URL');

/** The URLs that are there, each once. */
export function someUrls(...urls: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(urls.filter((url): url is string => url !== undefined && url !== ''))];
}

/** Who pushed, in one line of at most 200 characters. */
export function actorName(name: string | undefined): string | null {
  return (
    name
      ?.replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 200) || null
  );
}
