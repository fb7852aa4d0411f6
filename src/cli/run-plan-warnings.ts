import { Failure } from '../failures.ts';
import { type ForgeHost, findForgeHost } from '../forges/forge-hosts.ts';
import type { Plan } from '../runs/plan.ts';
import type { CredentialKey, FindStored } from '../secrets/credentials.ts';

export interface PlanSettings {
  readonly findStored: FindStored;
  /** `host[:port]` that a worker with these settings may speak to without TLS. */
  readonly httpHosts: readonly string[];
  /** Which forge is where, beside the public ones. */
  readonly forges: readonly ForgeHost[];
}

/** What the hosts of a plan lack on a worker with these settings. Asks nobody, and a token that is missing is none of it. */
export async function hostWarnings(plan: Plan, settings: PlanSettings): Promise<readonly string[]> {
  const { source, gitops, namespace } = plan;
  const of = (what: string, url: string, key: CredentialKey, unbound: string, secretRef?: string) =>
    warningsOf({ what, url, key, unbound, namespace, secretRef }, settings);
  const each = await Promise.all([
    of(
      'source',
      source.repository,
      'git-token',
      source.secretRef === undefined ? 'so it is read anonymously' : 'so a run is refused',
      source.secretRef,
    ),
    of('GitOps', gitops.repository, 'gitops-token', 'so a run is refused'),
  ]);
  return [...each.flat(), ...forgeWarnings(gitops.repository, settings)];
}

function forgeWarnings(repository: string, { forges }: PlanSettings): readonly string[] {
  const url = new URL(repository);
  if (url.protocol === 'file:' || findForgeHost(url, forges)) return [];
  const fix = `name it in SLIPWAY_FORGES, as ${url.host}=gitea, …=gitlab or …=github`;
  return [`nothing says which code host ${url.host} is, the GitOps repository's host, so a run is refused: ${fix}`];
}

interface Repository {
  readonly what: string;
  readonly url: string;
  readonly key: CredentialKey;
  /** What follows where no token is bound to the host. */
  readonly unbound: string;
  readonly namespace: string;
  readonly secretRef: string | undefined;
}

async function warningsOf(
  { what, url, key, unbound, namespace, secretRef }: Repository,
  { findStored, httpHosts }: PlanSettings,
): Promise<readonly string[]> {
  const { host, protocol } = new URL(url);
  // What SSH needs is known when a run uses it.
  if (protocol === 'file:' || protocol === 'ssh:') return [];
  const credential = await findStored(key, url, namespace, secretRef).catch((error: unknown) => {
    if (error instanceof Failure) return { kind: 'unreadable', message: error.message } as const;
    throw error;
  });
  const fix = `name it in SLIPWAY_CREDENTIAL_HOSTS, or store a ${key} made for it`;
  return [
    ...(protocol === 'http:' && !httpHosts.includes(host)
      ? [`the ${what} repository is addressed without TLS: use https, or name ${host} in SLIPWAY_HTTP_HOSTS`]
      : []),
    ...(credential.kind === 'unbound'
      ? [`no ${key} is bound to ${host}, the ${what} repository's host, ${unbound}: ${fix}`]
      : []),
    ...(credential.kind === 'unreadable' ? [credential.message] : []),
  ];
}
