import { Failure } from '../failures.ts';
import type { GitSettings } from './settings.ts';

/**
 * Says a repository's URL in its normal form. Throws `InvalidRun` for what is no plain URL and `NotAllowed` for a way of
 * transport that is not allowed; the message names the host at most, because a wrong URL may hold a password.
 */
export function checkRepositoryUrl(url: string, settings: Pick<GitSettings, 'httpHosts' | 'allowFile'>): string {
  const parsed = URL.canParse(url) && isPrintable(url) ? new URL(url) : undefined;
  if (parsed === undefined) {
    throw new Failure('InvalidRun', 'the repository is no URL; write it as https://<host>/<owner>/<name>');
  }
  const where = parsed.host === '' ? 'the repository' : `the repository on ${parsed.host}`;
  if (parsed.protocol === 'ssh:') return checkSshUrl(parsed, where);
  if (parsed.username !== '' || parsed.password !== '') {
    throw new Failure(
      'InvalidRun',
      `the URL of ${where} holds a user name or password; remove it and put the token into the secret`,
    );
  }
  if (parsed.search !== '' || parsed.hash !== '' || parsed.pathname.length < 2) {
    throw new Failure('InvalidRun', `the URL of ${where} must be https://<host>/<owner>/<name> without ? or #`);
  }
  checkTransport(parsed, where, settings);
  return parsed.href.replace(/\/+$/, '');
}

function checkSshUrl(url: URL, where: string): string {
  const isPlain = /^[A-Za-z_][\w.-]*$/.test(url.username) && /^[A-Za-z0-9[][\w.:\]-]*$/.test(url.hostname);
  if (!isPlain || url.password !== '' || url.search !== '' || url.hash !== '' || url.pathname.length < 2)
    throw new Failure('InvalidRun', `the URL of ${where} must be ssh://<user>@<host>/<path>, without password, ? or #`);
  return url.href.replace(/\/+$/, '');
}

function checkTransport(url: URL, where: string, settings: Pick<GitSettings, 'httpHosts' | 'allowFile'>): void {
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:') {
    if (settings.httpHosts.includes(url.host)) return;
    throw new Failure(
      'NotAllowed',
      `${where} is addressed without TLS; use https, or let the operator allow http for ${url.host}`,
    );
  }
  if (url.protocol === 'file:') {
    if (settings.allowFile && url.host === '') return;
    throw new Failure('NotAllowed', 'file:// repositories are not allowed on this worker; use https');
  }
  throw new Failure('NotAllowed', `${where} is addressed by ${url.protocol}//; only https and ssh are supported`);
}

/** The host of a URL with its port, and "this machine" for a file. */
export function hostOf(url: string): string {
  return new URL(url).host || 'this machine';
}

/** The name that people give a repository, as `owner/name`. */
export function repositoryName(url: string): string {
  return new URL(url).pathname.replace(/^\/+|\.git$/g, '');
}

/** The full ref of a branch. Throws `InvalidRun` for a name that git would refuse or could mistake for something else. */
export function branchRef(branch: string): string {
  const parts = branch.split('/');
  const fine =
    branch.length <= 255 &&
    branch !== '@' &&
    isPrintable(branch) &&
    !/^-|\.\.|@\{|[ ~^:?*[\\]/.test(branch) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.') && !part.endsWith('.lock'));
  if (!fine) throw new Failure('InvalidRun', `${JSON.stringify(branch)} is no name of a branch`);
  return `refs/heads/${branch}`;
}

/** Is it a full commit or object id? */
export function isFullSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Is it the beginning of an id, long enough to mean one commit? */
export function isShortSha(text: string): boolean {
  return /^[0-9a-f]{7,39}$/.test(text);
}

/** Can a tree hold this path? Relative, without `.`, `..`, `.git`, empty parts or control characters. */
export function isTreePath(path: string): boolean {
  return (
    isPrintable(path) &&
    !path.includes('\\') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
  );
}

function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}
