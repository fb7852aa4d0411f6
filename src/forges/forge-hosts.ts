import { z } from 'zod';

/** The code hosts that Slipway speaks to. */
export type ForgeKind = 'github' | 'gitea';

/** Which forge answers at an address. */
export interface ForgeHost {
  readonly kind: ForgeKind;
  /** `host[:port]` */
  readonly host: string;
  /** Where the forge begins on that host: `/git`, or empty. */
  readonly path: string;
}

const builtIn: readonly ForgeHost[] = [{ kind: 'github', host: 'github.com', path: '' }];

const Entry = z.string().transform((text, context): ForgeHost => {
  const [, host, path = '', kind] = /^([^/=\s]+)((?:\/[\w.~-]+)*)\/?=(github|gitea)$/.exec(text) ?? [];
  if (host === undefined || (kind !== 'github' && kind !== 'gitea')) {
    context.addIssue(`${JSON.stringify(text)} must be <host[:port]>[/<path>]=github or …=gitea`);
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
