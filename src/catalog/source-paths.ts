import { repositoryPlace } from '../webhooks/repository-identity.ts';

/**
 * The paths of repositories that a Component's text may have its source in, in small letters: those of every `url` in it. Null where
 * only a parser can tell, or where the ComponentWorkflow may say it.
 */
export function sourcePaths(document: string): readonly string[] | null {
  const urls = [...document.matchAll(/(?:^|[\s{,])(["']?)url\1\s*:(?=(.*)$)/gm)].map(([, , rest = '']) =>
    plainWord(rest),
  );
  if (urls.length === 0) return document.includes('autoBuild') ? null : [];
  const paths = urls.map((url) => (url === undefined ? undefined : repositoryPlace(url)?.path.toLowerCase()));
  return paths.every((path) => path !== undefined) ? [...new Set(paths)] : null;
}

/** What stands behind a key, where it is one word, quoted or not, and means just what it says. */
function plainWord(rest: string): string | undefined {
  const [, quote, word] = /^\s*(["']?)([^\s"',}\\]+)\1\s*(?:[,}#].*)?$/.exec(rest) ?? [];
  return quote === '' && /^[&*!|>%@`]/.test(word ?? '') ? undefined : word;
}
