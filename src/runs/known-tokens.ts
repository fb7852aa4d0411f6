import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { fieldPath } from '../openchoreo/workflow/problem.ts';

/** How tokens begin that code hosts, clouds and registries give out; each with enough after it that no ordinary word fits. */
const knownTokens = new RegExp(
  [
    String.raw`(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|gl(?:pat|rt|dt|cbt|ptt|ft|oas|soat)-|ATBB|ATCTT3|npm_|dckr_(?:pat|oat)_|hvs\.|pypi-|dop_v1_)[\w.-]{10,}`,
    '(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])',
    String.raw`(?<![A-Za-z0-9])(?:AIza[\w-]{35}|xox[abeprs]-[\w-]{10,}|sk-[\w-]{32,})`,
    String.raw`(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.`,
    '-----BEGIN [A-Z ]*PRIVATE KEY-----',
  ].join('|'),
);

/** True for a text that holds what looks like a token or private key of a known kind. */
export function looksLikeToken(text: string): boolean {
  return knownTokens.test(text);
}

/** Paths of all fields at or below a value that hold what looks like a token; the values themselves are not in the answer. */
export function fieldsWithTokens(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return looksLikeToken(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, at) => fieldsWithTokens(item, `${path}[${at}]`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    looksLikeToken(name) ? [path] : fieldsWithTokens(item, path === '' ? name : fieldPath(path, name)),
  );
}
