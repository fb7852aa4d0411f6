const dockerHub = 'docker.io';

/** `host[:port]` of an image's registry. */
export function hostOf(reference: string): string {
  return splitImage(reference).host;
}

/** The same image with another host. */
export function withHost(reference: string, change: (host: string) => string): string {
  const { host, rest } = splitImage(reference);
  const changed = change(host);
  return changed === host ? reference : `${changed}/${rest}`;
}

/** The image's names at the registries that are asked before its own. */
export function mirrorsOf(reference: string, mirrors: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const { host, rest } = splitImage(reference);
  return (Object.hasOwn(mirrors, host) ? (mirrors[host] ?? []) : []).map((mirror) => `${mirror}/${rest}`);
}

/** The registry of a reference and the rest; a first part that looks like no host is a name at Docker Hub. */
function splitImage(reference: string): { readonly host: string; readonly rest: string } {
  const [first = '', ...more] = reference.split('/');
  const isHost = more.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const [host, rest] = isHost ? [first, more.join('/')] : [dockerHub, reference];
  return { host, rest: host === dockerHub && !rest.includes('/') ? `library/${rest}` : rest };
}
