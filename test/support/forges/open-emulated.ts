import type { Forge } from '../../../src/forges/forge.ts';
import type { ForgeKind } from '../../../src/forges/forge-hosts.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { type EmulatedForge, emulatedUsers } from './emulated-forge.ts';

/** The token of an emulation's user. */
export function tokenOf(login: (typeof emulatedUsers)[number]['login']): string {
  return emulatedUsers.find((user) => user.login === login)?.token ?? '';
}

/** Opens a repository at an emulated forge, as a worker does; `path` is where the forge begins on its host. */
export function openEmulated(
  { url }: EmulatedForge,
  kind: ForgeKind,
  {
    repository = 'acme/gitops',
    token = tokenOf('slipway-robot'),
    path = '',
    signal = new AbortController().signal,
  }: {
    readonly repository?: string;
    readonly token?: string;
    readonly path?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Forge> {
  const { host } = new URL(url);
  const findCredential = async () => ({ kind: 'token', token }) as const;
  const open = createOpenForge({ findCredential, httpHosts: [host], forges: [{ kind, host, path }] });
  return open(`${url}${path}/${repository}.git`, 'gitops-token', 'default', signal);
}
