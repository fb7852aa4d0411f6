import type { ForgeKind } from '../forges/forge-hosts.ts';
import { encodePath } from '../forges/json-api.ts';

/** What the doctor asks a forge: paths below a repository, and requests that no forge can obey but answers by who asks. */
export interface ForgeQuestions {
  branch(name: string): string;
  /** A pull request from a branch into itself, and how it is refused whoever may open pull requests. */
  readonly opening: {
    readonly path: string;
    body(branch: string): object;
    readonly refusals: readonly number[];
  };
  /** A status of a commit that can't exist, and how it is refused whoever may set statuses. */
  readonly status: { readonly path: string; readonly body: object; readonly refusals: readonly number[] };
}

const noCommit = '0'.repeat(40);
const context = 'slipway doctor';
const github: ForgeQuestions = {
  branch: (name) => `/branches/${encodePath(name)}`,
  opening: { path: '/pulls', body: (branch) => ({ title: context, head: branch, base: branch }), refusals: [422] },
  status: { path: `/statuses/${noCommit}`, body: { state: 'success', context }, refusals: [422] },
};

/** The questions in each forge's own words. */
export const forgeQuestions: Readonly<Record<ForgeKind, ForgeQuestions>> = {
  github,
  // Gitea answers 500 for a commit that it has not.
  gitea: { ...github, status: { ...github.status, refusals: [500] } },
  gitlab: {
    branch: (name) => `/repository/branches/${encodeURIComponent(name)}`,
    opening: {
      path: '/merge_requests',
      body: (branch) => ({ title: context, source_branch: branch, target_branch: branch }),
      refusals: [400, 409, 422],
    },
    status: { path: `/statuses/${noCommit}`, body: { state: 'success', name: context }, refusals: [404] },
  },
  bitbucket: {
    branch: (name) => `/refs/branches/${encodePath(name)}`,
    opening: {
      path: '/pullrequests',
      body: (branch) => ({
        title: context,
        source: { branch: { name: branch } },
        destination: { branch: { name: branch } },
      }),
      refusals: [400],
    },
    status: {
      path: `/commit/${noCommit}/statuses/build`,
      body: { state: 'SUCCESSFUL', key: context, name: context, url: 'https://example.com' },
      refusals: [404],
    },
  },
};
