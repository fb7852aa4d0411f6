import { z } from 'zod';

/** Name of a branch, without `refs/heads/`. */
export const BranchName = z
  .string()
  .min(1, 'must name a branch')
  .max(244, 'is too long for a branch')
  .refine(isBranchName, 'is not a name that git allows for a branch');
export type BranchName = z.infer<typeof BranchName>;

function isBranchName(name: string): boolean {
  // A leading `-` would be read as an option, `refs/` as a whole ref.
  const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|^refs\/|[/.]$|(^|\/)\.|\.lock(\/|$)|^@$/u;
  return !forbidden.test(name);
}

/** A commit in 7 to 40 hexadecimal digits, in small letters; an empty text is none. */
export const OptionalCommit = z
  .string()
  .trim()
  .regex(/^([0-9a-fA-F]{7,40})?$/, 'must be 7 to 40 hexadecimal digits, or empty for the head of the branch')
  .transform((text) => (text === '' ? null : text.toLowerCase()));
export type OptionalCommit = z.infer<typeof OptionalCommit>;

/** Ways to reach a repository beside https. */
export interface Transports {
  /** `host[:port]` of repositories that may be spoken to without TLS. */
  readonly httpHosts: readonly string[] | 'any';
  /** True where `file://` repositories may be read. */
  readonly allowFile?: boolean;
  /** True where `ssh://` and `git@host:path` repositories may be read. */
  readonly ssh?: boolean;
}

/** URL of a repository over https or one of the other transports; never with a password in it, and a user for SSH only. */
export function repositoryUrl(transports: Transports) {
  return z
    .string()
    .trim()
    .transform(withScheme)
    .superRefine((text, context) => {
      const mistake = urlMistake(text, transports);
      if (mistake !== undefined) context.addIssue(mistake);
    });
}

/** `git@host:path` as the URL that it means. */
function withScheme(text: string): string {
  const [, login, path] = /^([\w.-]+@[\w.-]+):(?!\/\/)\/*(.+)$/.exec(text) ?? [];
  return login === undefined ? text : `ssh://${login}/${path}`;
}

function urlMistake(text: string, { httpHosts, allowFile = false, ssh = false }: Transports): string | undefined {
  if (text.startsWith('ssh://')) {
    if (!ssh) return 'must be an https URL: SSH is for sources only, write https://<host>/<owner>/<repository>';
    return /^ssh:\/\/[A-Za-z_][\w.-]*@[A-Za-z0-9][\w.-]*(:\d{1,5})?\/[^\s\\?#\p{Cc}]+$/u.test(text) &&
      URL.canParse(text)
      ? undefined
      : 'must be ssh://<user>@<host>/<path> or <user>@<host>:<path>, without password, ? or #';
  }
  if (!URL.canParse(text)) return 'must be an https URL';
  const url = new URL(text);
  const isFile = allowFile && url.protocol === 'file:' && url.host === '';
  if (url.protocol !== 'https:' && url.protocol !== 'http:' && !isFile) return 'must be an https URL';
  if (url.username !== '' || url.password !== '' || /^\w+:\/*[^/]*@/.test(text)) {
    return 'must not hold a user, password or token: take it out (and revoke it), and store it as the secret git-token or gitops-token';
  }
  if (url.protocol === 'http:' && httpHosts !== 'any' && !httpHosts.includes(url.host))
    return 'must be an https URL: plain http is not allowed for this host';
  if (/[\p{Cc}\s\\]/u.test(text)) return 'must not hold blanks, backslashes or control characters';
  if (/[?#]/.test(text)) return 'must not hold a query or fragment';
  if (url.pathname.replaceAll('/', '') === '') return 'must name a repository, not only a host';
  return undefined;
}
