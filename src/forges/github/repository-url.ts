import { Failure } from '../../failures.ts';

/** A repository at GitHub or at a GitHub Enterprise Server. */
export interface GithubRepository {
  /** `host[:port]`. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
  /** Root of the REST API, without a trailing slash. */
  readonly api: string;
}

const segment = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Reads a repository's URL and derives the API's root: `https://api.github.com` for github.com, `<scheme>://<host>/api/v3` for any other host.
 * Throws `InvalidRun` for anything that is no such URL, `NotAllowed` for plain http to a host that is not in `httpHosts` (`host[:port]`).
 */
export function parseGithubUrl(text: string, httpHosts: readonly string[]): GithubRepository {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw new Failure(
      'InvalidRun',
      'The repository is not an https URL. Write it as https://<host>/<owner>/<repository>.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure(
      'InvalidRun',
      `The URL of a repository at ${url.host} holds a user or a password. Remove them; tokens belong to the secrets.`,
    );
  }
  if (url.protocol === 'http:' && !httpHosts.includes(url.host)) {
    throw new Failure(
      'NotAllowed',
      `Plain http to ${url.host} is not allowed, because the token would travel unprotected. Use https, or name the host in SLIPWAY_HTTP_HOSTS.`,
    );
  }
  const [owner, name, ...more] = url.pathname
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .slice(1);
  if (!isName(owner) || !isName(name) || more.length > 0 || url.search !== '' || url.hash !== '') {
    throw new Failure(
      'InvalidRun',
      `The URL of the repository at ${url.host} has another path than /<owner>/<repository>. Write it as ${url.origin}/<owner>/<repository>.`,
    );
  }
  const api = url.host === 'github.com' ? 'https://api.github.com' : `${url.origin}/api/v3`;
  return { host: url.host, owner, name, api };
}

function isName(text: string | undefined): text is string {
  return text !== undefined && segment.test(text) && text !== '.' && text !== '..';
}
