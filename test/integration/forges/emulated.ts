import type { ForgeKind } from '../../../src/forges/forge-hosts.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { type EmulatedForge, emulatedUsers } from '../../support/forges/emulated-forge.ts';
import type { ForgeUnderTest } from './contract.ts';
import { accessTo } from './releases.ts';

const tokenOf = (login: string) => emulatedUsers.find((user) => user.login === login)?.token ?? '';

/** An emulated forge as the contract wants it. */
export function underTest(
  emulated: EmulatedForge,
  kind: ForgeKind,
  pageSize: number,
  stateOf: (state: string) => 'pending' | 'success' | 'failure' | 'error',
): ForgeUnderTest {
  const tokens = {
    robot: tokenOf('slipway-robot'),
    ada: tokenOf('ada'),
    reader: tokenOf('reader'),
    blind: tokenOf('blind'),
    nobody: 'tok-wrong-value',
  };
  const pull = (number: number) => {
    const found = emulated.pulls.find((one) => one.number === number);
    if (found === undefined) throw new Error(`no pull request ${number}`);
    return found;
  };
  return {
    host: new URL(emulated.url).host,
    pageSize,
    tokens,
    open(repository, who = 'robot', key = 'gitops-token') {
      const findCredential = async () => ({ kind: 'token', token: tokens[who] }) as const;
      const open = createOpenForge({ findCredential, ...accessTo(emulated.url, kind) });
      return open(`${emulated.url}/${repository}.git`, key, 'default', new AbortController().signal);
    },
    commit: (repository, branch, files) => emulated.commit(repository, branch, files),
    async openFromFork(head) {
      const source = { repository: 'ada/gitops', branch: head };
      await emulated.openPull({
        repository: 'acme/gitops',
        source,
        base: 'main',
        title: head,
        body: '',
        author: emulatedUsers[0],
      });
    },
    async merge(number) {
      await emulated.current();
      pull(number).state = 'merged';
    },
    async deleteBranch(branch) {
      await emulated.git('acme/gitops', 'update-ref', '-d', `refs/heads/${branch}`);
    },
    labels: async (number) => pull(number).labels,
    reviewers: async (number) => pull(number).reviewers.map(({ login }) => login),
    comments: async (number) => pull(number).comments,
    statuses: async (commit) => {
      const newest = new Map(emulated.statuses.filter((one) => one.commit === commit).map((one) => [one.context, one]));
      return [...newest.values()].map(({ context, state, description, url }) => ({
        context,
        state: stateOf(state),
        description,
        url,
      }));
    },
    stop: () => emulated.stop(),
  };
}
