import { z } from 'zod';

/** A path in a repository as people write it (`/svc`, `./svc/`, `svc`), made relative without a leading `./`; the root is `.`. */
export const RepositoryPath = z.string().transform((text, context) => {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) context.addIssue('must stay inside the repository: it holds ".."');
  if (parts.some((part) => part.toLowerCase() === '.git')) context.addIssue('must not lead into .git');
  if (/[\p{Cc}\\]/u.test(text)) context.addIssue('must not hold control characters or backslashes');
  return parts.length === 0 ? '.' : parts.join('/');
});
export type RepositoryPath = z.infer<typeof RepositoryPath>;

/** The path of a file, so never the root. */
export const RepositoryFilePath = RepositoryPath.refine((path) => path !== '.', 'must name a file');
export type RepositoryFilePath = z.infer<typeof RepositoryFilePath>;

/** A path below a folder, both relative to the repository. */
export function joinRepositoryPath(folder: string, path: string): string {
  return folder === '.' ? path : path === '.' ? folder : `${folder}/${path}`;
}
