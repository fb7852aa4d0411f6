import { readFileSync } from 'node:fs';
import type { Delivery, Headers, ProviderName, Push } from '../../src/webhooks/delivery.ts';
import { readDelivery } from '../../src/webhooks/read-delivery.ts';

/** Commits for payloads. */
export const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];
export const noCommit = '0'.repeat(40);

/** A recorded payload, as `github/push`. */
export function recorded(name: string): unknown {
  return JSON.parse(readFileSync(`test/fixtures/webhooks/${name}.json`, 'utf8'));
}

/** A commit as GitHub, GitLab and Gitea list it. */
export function commit({ id = second, message = 'Change', email = 'ada@acme.example', paths = ['svc/main.go'] } = {}) {
  return { id, message, author: { name: 'Ada', email }, added: [], removed: [], modified: paths };
}

/** How each provider names a push. */
export const pushEvents = { github: 'push', gitlab: 'Push Hook', bitbucket: 'repo:push', gitea: 'push' } as const;

/** Which event a header names when nobody says. */
const pushHeaders = {
  github: { 'x-github-event': 'push', 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' },
  gitlab: { 'x-gitlab-event': 'Push Hook', 'idempotency-key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f' },
  bitbucket: { 'x-event-key': 'repo:push', 'x-request-uuid': '{c2f5e1d0-0000-4000-8000-000000000001}' },
  gitea: { 'x-gitea-event': 'push', 'x-gitea-delivery': 'd1a35a5f-0000-4000-8000-000000000002' },
} as const satisfies Record<ProviderName, Headers>;

const move = { ref: 'refs/heads/main', before: first, after: second };
const url = 'https://github.com/Org/Repo.git';

/** The payload of a push as each provider sends it, from one commit to the next; what is given replaces its parts. */
export const pushPayloads = {
  github: (parts: object = {}) => ({
    ...move,
    created: false,
    deleted: false,
    forced: false,
    commits: [commit()],
    head_commit: commit(),
    repository: {
      clone_url: url,
      html_url: 'https://github.com/Org/Repo',
      ssh_url: 'git@github.com:Org/Repo.git',
      pushed_at: 1,
    },
    sender: { login: 'ada' },
    ...parts,
  }),
  gitlab: (parts: object = {}) => ({
    object_kind: 'push',
    ...move,
    user_username: 'ada',
    project: { git_http_url: 'https://gitlab.com/org/repo.git', git_ssh_url: 'git@gitlab.com:org/repo.git' },
    commits: [commit()],
    total_commits_count: 1,
    ...parts,
  }),
  bitbucket: (...changes: object[]) => ({
    actor: { nickname: 'ada' },
    repository: { links: { html: { href: 'https://bitbucket.org/org/repo' } } },
    push: { changes: changes.length > 0 ? changes : [bitbucketChange()] },
  }),
  gitea: (parts: object = {}) => ({
    ...move,
    commits: [commit()],
    head_commit: commit(),
    total_commits: 1,
    repository: { clone_url: 'https://git.acme.io/org/repo.git', ssh_url: 'ssh://git@git.acme.io:2222/org/repo.git' },
    pusher: { login: 'ada' },
    ...parts,
  }),
};

/** One branch of Bitbucket's. */
export function bitbucketChange(parts: object = {}) {
  const target = (hash: string, message = 'Change') => ({ hash, message, author: { raw: 'Ada <ada@acme.example>' } });
  return {
    old: { type: 'branch', name: 'main', target: target(first) },
    new: { type: 'branch', name: 'main', target: target(second) },
    created: false,
    closed: false,
    forced: false,
    truncated: false,
    commits: [target(second)],
    ...parts,
  };
}

/** Reads a payload as a delivery of the provider. */
export function deliver(provider: ProviderName, payload: unknown, headers: Headers = {}): Delivery {
  return readDelivery(provider, { ...pushHeaders[provider], ...headers }, Buffer.from(JSON.stringify(payload)));
}

/** The same, which must be a push. */
export function push(provider: ProviderName, payload: unknown, headers: Headers = {}): Push {
  const delivery = deliver(provider, payload, headers);
  if (delivery.ignored !== null) throw new Error(`ignored: ${delivery.ignored}`);
  return delivery;
}
