import { z } from 'zod';

const kinds = ['github', 'gitea', 'gitlab', 'bitbucket'] as const;

/** The code hosts that Slipway speaks to; `bitbucket` is Bitbucket Cloud. */
export type ForgeKind = (typeof kinds)[number];

/** Which forge answers at an address. */
export interface ForgeHost {
  readonly kind: ForgeKind;
  /** `host[:port]` */
  readonly host: string;
  /** Where the forge begins on that host: `/git`, or empty. */
  readonly path: string;
}

const builtIn: readonly ForgeHost[] = [
  { kind: 'github', host: 'github.com', path: '' },
  { kind: 'gitlab', host: 'gitlab.com', path: '' },
  { kind: 'bitbucket', host: 'bitbucket.org', path: '' },
];

const Entry = z.string().transform((text, context): ForgeHost => {
  const [, host, path = '', name] = /^([^/=\s]+)((?:\/[\w.~-]+)*)\/?=(\w+)$/.exec(text) ?? [];
  const kind = kinds.find((one) => one === name);
  if (host === undefined || kind === undefined) {
    context.addIssue(`${JSON.stringify(text)} must be <host[:port]>[/<path>]=<kind>, and a kind ${kinds.join(', ')}`);
    return z.NEVER;
  }
  if (kind === 'github' && path !== '') context.addIssue(`${JSON.stringify(text)}: GitHub has no path on its host`);
  return { kind, host: host.toLowerCase(), path };
});

/** Reads `git.example.com=gitea` and the like, one text each. */
export const ForgeHosts = z.array(Entry);

/** The forge at a URL, the one with the longest path where several fit; undefined for a host that nobody told about. */
export function findForgeHost(url: URL, configured: readonly ForgeHost[]): ForgeHost | undefined {
  return [...configured, ...builtIn]
    .filter(({ host, path }) => host === url.host && `${url.pathname}/`.startsWith(`${path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}
