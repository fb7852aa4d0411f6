import { Failure } from '../failures.ts';
import { type ForgeHost, type ForgeKind, findForgeHost } from './forge-hosts.ts';

const sshOnly: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

/** The https URL under which the forge of an `ssh://` repository is asked; any other URL as it is. SSH's user and port say nothing about it. */
export function apiUrl(text: string): string {
  if (!text.startsWith('ssh://')) return text;
  const { hostname, pathname } = new URL(text);
  return `https://${sshOnly[hostname.toLowerCase()] ?? hostname}${pathname}`;
}

/** A repository at a forge. */
export interface ForgeRepository {
  readonly kind: ForgeKind;
  /** `host[:port]`. */
  readonly host: string;
  /** At GitLab all groups, with slashes between. */
  readonly owner: string;
  readonly name: string;
  /** Root of the REST API, without a trailing slash. */
  readonly api: string;
}

export interface UrlSettings {
  /** `host[:port]` of hosts that may be spoken to by plain http. */
  readonly httpHosts: readonly string[];
  /** Which forge is where, beside the public ones. */
  readonly forges: readonly ForgeHost[];
}

const segment = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Reads a repository's URL and finds its forge's API. Throws `InvalidRun` for anything that is no such URL (`ssh://` is one), `NotAllowed` for plain
 * http to a host that is not in `httpHosts` and for a host whose forge nobody told.
 */
export function parseRepositoryUrl(text: string, { httpHosts, forges }: UrlSettings): ForgeRepository {
  const url = URL.canParse(text) ? new URL(apiUrl(text)) : undefined;
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
  const forge = findForgeHost(url, forges);
  if (forge === undefined) {
    throw new Failure(
      'NotAllowed',
      `Nothing says which code host ${url.host} is. Name it in SLIPWAY_FORGES: ${url.host}=gitea, …=gitlab or …=github.`,
    );
  }
  const parts = url.pathname
    .slice(forge.path.length)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .slice(1);
  const name = parts.at(-1);
  const owners = parts.slice(0, -1);
  const fits = forge.kind === 'gitlab' ? owners.length > 0 : owners.length === 1;
  if (!isName(name) || !fits || !owners.every(isName) || url.search !== '' || url.hash !== '') {
    throw new Failure(
      'InvalidRun',
      `The URL of the repository at ${url.host} has another path than ${forge.path}/<owner>/<repository>. Write it as ${url.origin}${forge.path}/<owner>/<repository>.`,
    );
  }
  const owner = owners.join('/');
  return { kind: forge.kind, host: url.host, owner, name, api: apiOf(forge, url) };
}

function apiOf({ kind, path }: ForgeHost, { host, origin }: URL): string {
  switch (kind) {
    case 'github':
      return host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
    case 'gitea':
      return `${origin}${path}/api/v1`;
    case 'gitlab':
      return `${origin}${path}/api/v4`;
    case 'bitbucket':
      return host === 'bitbucket.org' ? 'https://api.bitbucket.org/2.0' : `${origin}${path}/2.0`;
  }
}

function isName(text: string | undefined): text is string {
  return text !== undefined && segment.test(text) && text !== '.' && text !== '..';
}
