import { canonicalHost } from './docker-config.ts';

/** An image as `docker pull` takes it, in its parts. */
export interface ImageReferenceParts {
  /** `host[:port]`; `docker.io` where none is named. */
  readonly registry: string;
  readonly name: string;
  /** `latest` where neither tag nor digest is named. */
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

/** Takes `[host[:port]/]name[:tag][@digest]` apart, as Docker does. */
export function parseImageReference(reference: string): ImageReferenceParts {
  const [named = '', digest] = reference.split('@');
  const [, path = named, tag] = /^(.*?)(?::([^:/]+))?$/.exec(named) ?? [];
  const [first = '', ...rest] = path.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasHost ? canonicalHost(first) : 'docker.io';
  const given = hasHost ? rest.join('/') : path;
  const name = registry === 'docker.io' && !given.includes('/') ? `library/${given}` : given;
  return { registry, name, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}
