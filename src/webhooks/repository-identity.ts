import type { ProviderName } from './delivery.ts';

/** What an operator says about hosts, besides what is known of the public ones. */
export interface HostRules {
  /** Other names of a host, `host[:port]` each, such as `git.acme.io:7999` -> `git.acme.io`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Hosts on which capital letters make no difference in a path. */
  readonly caseless: readonly string[];
}

/** The public hosts, on which capital letters make no difference, and whose webhooks may speak for them. */
const publicHosts: Readonly<Record<string, ProviderName>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
};

const publicAliases: HostRules['aliases'] = {
  'ssh.github.com:443': 'github.com',
  'altssh.gitlab.com:443': 'gitlab.com',
  'altssh.bitbucket.org:443': 'bitbucket.org',
};

/** A repository's place, whichever way of transport its URL names. */
export interface RepositoryPlace {
  /** `host`, or `host:port` where the port is not the usual one. */
  readonly host: string;
  /** Without `.git` and slashes around it, as it was written. */
  readonly path: string;
}

/** The place that a URL names: `https://`, `http://`, `ssh://` and `git@host:path` alike. Undefined for what is no such URL. */
export function repositoryPlace(text: string): RepositoryPlace | undefined {
  const url = parse(text.trim());
  if (url === undefined || url.search !== '' || url.hash !== '' || /[?#]/.test(text)) return undefined;
  const path = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .replace(/\.git$/i, '');
  const port = url.port === '' || url.port === usualPorts[url.protocol] ? '' : `:${url.port}`;
  const host = hostName(url);
  if (host === undefined || path === '' || path.endsWith('/')) return undefined;
  return { host: `${host}${port}`, path };
}

/** Two places with the same identity are the same repository: `host/path`. */
export function placeIdentity({ host, path }: RepositoryPlace, { aliases, caseless }: HostRules): string {
  const name = lookUp(aliases, host) ?? lookUp(publicAliases, host) ?? host;
  const folds = Object.hasOwn(publicHosts, name) || caseless.includes(name);
  return `${name}/${folds ? path.toLowerCase() : path}`;
}

/** The identity of the repository that a URL names. Undefined for what is no URL of a repository. */
export function repositoryIdentity(text: string, rules: HostRules): string | undefined {
  const place = repositoryPlace(text);
  return place && placeIdentity(place, rules);
}

/** May this provider's webhooks tell of the repository? A public host's only by its own; of any other host nothing is known. */
export function isSpokenForBy(identity: string, provider: ProviderName): boolean {
  return (lookUp(publicHosts, identity.split('/')[0] ?? '') ?? provider) === provider;
}

const usualPorts: Readonly<Record<string, string>> = { 'ssh:': '22', 'http:': '80', 'https:': '443' };

function parse(text: string): URL | undefined {
  if (/[\p{Cc}\s\\]/u.test(text)) return undefined;
  const scp = /^[^@/:]+@([^@/:]+):(?!\/\/)(.+)$/.exec(text);
  // Somebody put `ssh://` before it, so that what follows the colon looks like a port.
  const mixed = /^(?:git\+)?ssh:\/\/(?:[^@/]+@)?([^@/:]+):(?!\d*(?:\/|$))(.+)$/i.exec(text);
  const [, host, path] = scp ?? mixed ?? [];
  const url = host === undefined ? text.replace(/^git\+ssh:/i, 'ssh:') : `ssh://${host}/${path}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && Object.hasOwn(usualPorts, parsed.protocol) ? parsed : undefined;
}

/** A host is written in one way only where URLs are the web's; those of ssh keep capitals, `0` for `0.0.0.0` and letters beyond ASCII. */
function hostName({ hostname }: URL): string | undefined {
  const url = `https://${hostname}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function lookUp<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
