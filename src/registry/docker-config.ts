import { z } from 'zod';
import { Failure } from '../failures.ts';
import type { ImageRepository } from './registry.ts';

/** What a docker `config.json` says about one registry. */
export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, exchanged at the registry's token server. */
  | { readonly kind: 'identityToken'; readonly token: string };

const DockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .default({}),
});

const dockerHub = 'docker.io';
const dockerHubAliases = new Set([dockerHub, 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** The registry's one name: Docker Hub has several. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return dockerHubAliases.has(lower) ? dockerHub : lower;
}

/**
 * The credential for a repository: an entry for it or the nearest path above it, else the host's; undefined where there is none.
 * Throws `SecretMissing` for a text that is no `config.json`; the message quotes none of it.
 */
export function findRegistryCredential(
  configJson: string,
  repository: ImageRepository,
): RegistryCredential | undefined {
  const { auths } = parseDockerConfig(configJson);
  const entries = new Map(Object.entries(auths).map(([key, entry]) => [canonicalKey(key), entry]));
  const host = canonicalHost(repository.registry);
  const segments = repository.name.split('/');
  for (let length = segments.length; length >= 0; length -= 1) {
    const entry = entries.get([host, ...segments.slice(0, length)].join('/'));
    if (entry === undefined) continue;
    if (entry.identitytoken !== undefined) return { kind: 'identityToken', token: entry.identitytoken };
    const pair = entry.auth === undefined ? undefined : Buffer.from(entry.auth, 'base64').toString('utf8');
    const colon = pair?.indexOf(':') ?? -1;
    const username = entry.username ?? pair?.slice(0, Math.max(colon, 0));
    const password = entry.password ?? pair?.slice(colon + 1);
    if (username !== undefined && username !== '' && password !== undefined)
      return { kind: 'password', username, password };
  }
  return undefined;
}

function parseDockerConfig(configJson: string): z.infer<typeof DockerConfig> {
  const parsed = DockerConfig.safeParse(parseJson(configJson));
  if (parsed.success) return parsed.data;
  throw new Failure(
    'SecretMissing',
    'The secret registry-auth is not a docker config.json: expected {"auths": {"<registry>": {"auth": "<base64 of user:password>"}}}.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A parser's message would quote the secret.
    return undefined;
  }
}

function canonicalKey(key: string): string {
  const [host = '', ...path] = key
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .split('/');
  const isApiVersion = path.length === 1 && /^v[12]$/.test(path[0] ?? '');
  return [canonicalHost(host), ...(isApiVersion ? [] : path)].join('/');
}
