import type { Connections } from '../connections.ts';
import type { ForgeRepository } from '../forges/repository-url.ts';
import type { Remote } from '../git/git.ts';
import type { Plan } from '../runs/plan.ts';
import { checkBaseBranch } from './base-branch.ts';
import { checkCatalog } from './catalog.ts';
import type { Check } from './check.ts';
import { checkClock } from './clock.ts';
import { checkCommitStatus } from './commit-status.ts';
import { checkDisk } from './disk.ts';
import { forgeQuestions } from './forge-questions.ts';
import { checkGitRead } from './git-read.ts';
import { checkGitopsPush } from './gitops-push.ts';
import { checkGitopsToken } from './gitops-token.ts';
import { checkPullRequests } from './pull-requests.ts';
import { checkRegistry, type RegistryProbes } from './registry.ts';
import { askWithToken, once } from './with-token.ts';

type CheckConnections = Pick<Connections, 'catalog' | 'findCredential' | 'openForge' | 'openMirror' | 'openRemote'>;

export interface MachineOptions {
  readonly connections: CheckConnections;
  /** Whose resources are counted. */
  readonly namespace: string;
  /** What it is that builds. */
  readonly builders: readonly Check[];
  readonly buildFolder: string;
  readonly cacheFolder: string;
}

export interface PlanOptions {
  readonly connections: CheckConnections;
  readonly plan: Plan;
  readonly parseUrl: (url: string) => ForgeRepository;
  readonly askHead: (
    remote: Remote,
    key: 'git-token' | 'gitops-token',
    branch: string,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  readonly registry: RegistryProbes;
}

/** The checks of what every run needs. */
export function machineChecks(options: MachineOptions): readonly Check[] {
  const { connections, namespace, builders, buildFolder, cacheFolder } = options;
  return [
    checkCatalog(connections.catalog, namespace),
    ...builders,
    checkDisk('build', buildFolder, 'SLIPWAY_BUILD_DIRECTORY'),
    checkDisk('cache', cacheFolder, 'SLIPWAY_CACHE_DIRECTORY'),
  ];
}

/** The checks of the hosts that one plan names. */
export function planChecks({ connections, plan, parseUrl, askHead, registry }: PlanOptions): readonly Check[] {
  const { openForge, openRemote, openMirror } = connections;
  const { source, gitops, namespace } = plan;
  const git = (
    name: string,
    key: 'git-token' | 'gitops-token',
    { repository, branch }: Plan['source' | 'gitops'],
    secretRef?: string,
  ) =>
    checkGitRead({
      name,
      url: repository,
      branch,
      key,
      open: () => openRemote(repository, key, namespace, secretRef),
      head: (remote, signal) => askHead(remote, key, branch, signal),
    });
  const { findCredential } = connections;
  const tools = { findCredential, parseUrl, namespace };
  const askGitops = askWithToken(tools, gitops.repository, 'gitops-token');
  const askSource = askWithToken(tools, source.repository, 'status-token');
  const { branch } = gitops;
  const repository = once((signal) => askGitops({ method: 'GET', path: '' }, signal));
  const asked = (url: string) => forgeQuestions[parseUrl(url).kind];
  return [
    git('source', 'git-token', source, source.secretRef),
    ...(source.repository.startsWith('file:')
      ? []
      : [
          checkCommitStatus(async (signal) => {
            const { path, body } = asked(source.repository).status;
            return askSource({ method: 'POST', path, body }, signal);
          }),
        ]),
    git('gitops', 'gitops-token', gitops),
    checkGitopsPush(branch, gitops.repository, async (signal) =>
      openMirror(await openRemote(gitops.repository, 'gitops-token', namespace), signal),
    ),
    checkGitopsToken(repository),
    checkBaseBranch(branch, async (signal) =>
      askGitops({ method: 'GET', path: asked(gitops.repository).branch(branch) }, signal),
    ),
    checkPullRequests(
      async (signal) => {
        const { path, body } = asked(gitops.repository).opening;
        return askGitops({ method: 'POST', path, body: body(branch) }, signal);
      },
      async (signal) =>
        (await openForge(gitops.repository, 'gitops-token', namespace, signal)).pullRequests({ openAgainst: branch }),
    ),
    checkClock(repository),
    ...checkRegistry(registry),
  ];
}
