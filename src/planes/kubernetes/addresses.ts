import { isPlainObject } from '../../openchoreo/workflow/plain-object.ts';
import type { StepRequest } from '../steps/step-request.ts';

/** `host[:port]` as the worker reaches it → as builds reach it, for the few hosts where these differ. */
export type Addresses = ReadonlyMap<string, string>;

/** The request with the addresses that count where builds run. */
export function withAddresses(steps: StepRequest, addresses: Addresses): StepRequest {
  const there = (host: string): string => addresses.get(host) ?? host;
  const both = (hosts: readonly string[]): string[] => [...new Set(hosts.flatMap((host) => [host, there(host)]))];
  const { source, image, sourceHttpHosts, registryHttpHosts } = steps;
  const url = new URL(source.repository);
  const host = there(url.host);
  // Setting the URL's own host would keep a port that the new one does not have.
  const repository = host === url.host ? source.repository : source.repository.replace(url.host, () => host);
  return {
    ...steps,
    source: { ...source, repository },
    image: { ...image, registry: there(image.registry) },
    sourceHttpHosts: both(sourceHttpHosts),
    registryHttpHosts: both(registryHttpHosts),
  };
}

/** A docker `config.json` that also holds the credentials under the addresses that count where builds run. */
export function authWithAddresses(config: string, addresses: Addresses): string {
  const parsed: unknown = addresses.size === 0 ? undefined : parseJson(config);
  if (!isPlainObject(parsed) || !isPlainObject(parsed['auths'])) return config;
  const { auths } = parsed;
  const there = [...addresses].flatMap(([host, to]) => (auths[host] === undefined ? [] : [[to, auths[host]]]));
  return JSON.stringify({ ...parsed, auths: { ...auths, ...Object.fromEntries(there) } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
