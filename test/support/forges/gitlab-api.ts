/**
 * GitLab's API v4 as far as Slipway uses it, written from doc/api/{merge_requests,commits,repositories,users}.md of GitLab and from the
 * texts that its users quote. It is no GitLab: what is only here has not been seen at a real one.
 */
import type { EmulatedAnswer, EmulatedForge, EmulatedPull, EmulatedRequest } from './emulated-forge.ts';

const refuse = (status: number, message: unknown): EmulatedAnswer => ({ status, body: { message } });

/** Answers below `/api/v4`. */
export async function gitlabApi(forge: EmulatedForge, request: EmulatedRequest): Promise<EmulatedAnswer> {
  const { method, parts, query, user } = request;
  const [api, version, kind, id = '', ...rest] = parts;
  if (api !== 'api' || version !== 'v4') return refuse(404, '404 Not Found');
  if (user === undefined) return refuse(401, '401 Unauthorized');
  if (kind === 'user') return { status: 200, body: account(user) };
  if (kind === 'users')
    return {
      status: 200,
      body: forge.users.filter(({ login }) => login === query.get('username')?.toLowerCase()).map(account),
    };
  if (kind !== 'projects' || !forge.sees(user, id)) return refuse(404, '404 Project Not Found');
  if (method !== 'GET' && user.may === 'read') {
    const text = 'The request requires higher privileges than provided by the access token.';
    return { status: 403, body: { error: 'insufficient_scope', error_description: text, scope: 'api' } };
  }
  return project(forge, request, id, rest);
}

async function project(
  forge: EmulatedForge,
  request: EmulatedRequest,
  repository: string,
  [what, ...rest]: readonly string[],
): Promise<EmulatedAnswer> {
  const isOff = repository === 'acme/closed';
  const [first = '', second = ''] = rest;
  if (what === undefined)
    return {
      status: 200,
      body: {
        id: projectId(repository),
        path_with_namespace: repository,
        archived: false,
        merge_requests_enabled: !isOff,
        permissions: { project_access: { access_level: 30 }, group_access: null },
      },
    };
  if (what === 'repository' && first === 'branches') {
    const head = await forge.head(repository, second);
    return head === undefined
      ? refuse(404, '404 Branch Not Found')
      : { status: 200, body: { name: second, protected: true, commit: { id: head } } };
  }
  if (what === 'repository' && first === 'compare') return compare(forge, request, repository);
  if (what === 'statuses') return setStatus(forge, request, repository, first);
  if (what !== 'merge_requests') return refuse(404, '404 Not Found');
  if (isOff) return refuse(403, '403 Forbidden');
  if (first === '')
    return request.method === 'GET' ? list(forge, request, repository) : create(forge, request, repository);
  const pull = forge.pulls.find((one) => one.repository === repository && one.number === Number(first));
  if (pull === undefined) return refuse(404, '404 Not found');
  if (second === 'notes') {
    pull.comments.push({ body: request.body.body, author: request.user?.login ?? '' });
    return { status: 201, body: { id: 1, body: request.body.body } };
  }
  if (request.method === 'PUT') change(forge, pull, request.body);
  return { status: 200, body: present(forge, pull) };
}

async function list(
  forge: EmulatedForge,
  { query, origin }: EmulatedRequest,
  repository: string,
): Promise<EmulatedAnswer> {
  const states = { opened: 'open', closed: 'closed', merged: 'merged' } as const;
  const state = query.get('state') ?? 'all';
  const found = (await forge.current()).filter(
    (pull) =>
      pull.repository === repository &&
      (state === 'all' || pull.state === states[state as keyof typeof states]) &&
      pull.source.branch === (query.get('source_branch') ?? pull.source.branch) &&
      pull.base === (query.get('target_branch') ?? pull.base),
  );
  const [size, page] = [Number(query.get('per_page') ?? 20), Number(query.get('page') ?? 1)];
  const items = found.toReversed().slice((page - 1) * size, page * size);
  const link = `<${origin}/next>; rel="next", <${origin}/first>; rel="first"`;
  const headers: Record<string, string> = page * size < found.length ? { link } : {};
  return { status: 200, body: items.map((pull) => present(forge, pull)), headers };
}

async function create(
  forge: EmulatedForge,
  { body, user }: EmulatedRequest,
  repository: string,
): Promise<EmulatedAnswer> {
  const { source_branch: head, target_branch: base, title, description } = body;
  if (head === base) return refuse(422, ["You can't use same project/branch for source and target"]);
  for (const [field, branch] of [
    ['source_branch', head],
    ['target_branch', base],
  ] as const) {
    if ((await forge.head(repository, branch)) === undefined) return refuse(400, { [field]: ['does not exist'] });
  }
  const open = forge.pulls.find(
    (pull) =>
      pull.state === 'open' &&
      pull.source.repository === repository &&
      pull.source.branch === head &&
      pull.base === base,
  );
  if (open !== undefined)
    return refuse(409, [`Another open merge request already exists for this source branch: !${open.number}`]);
  if (user === undefined) throw new Error('unreachable');
  const source = { repository, branch: head };
  const pull = await forge.openPull({ repository, source, base, title, body: description ?? '', author: user });
  return { status: 201, body: present(forge, pull) };
}

function change(
  forge: EmulatedForge,
  pull: EmulatedPull,
  body: { add_labels?: string; reviewer_ids?: number[]; description?: string; state_event?: string },
): void {
  if (body.add_labels !== undefined) pull.labels = [...new Set([...pull.labels, ...body.add_labels.split(',')])];
  if (body.reviewer_ids !== undefined)
    pull.reviewers = body.reviewer_ids.flatMap((id) => forge.users.find((user) => user.id === id) ?? []);
  pull.body = body.description ?? pull.body;
  if (body.state_event === 'close' && pull.state === 'open') pull.state = 'closed';
}

async function setStatus(
  forge: EmulatedForge,
  { body }: EmulatedRequest,
  repository: string,
  commit: string,
): Promise<EmulatedAnswer> {
  const isThere = await forge.git(repository, 'cat-file', '-e', `${commit}^{commit}`).then(
    () => true,
    () => false,
  );
  if (!isThere) return refuse(404, '404 Commit Not Found');
  const { name: context, state, description = '', target_url: url = null } = body;
  const last = forge.statuses.findLast((status) => status.commit === commit && status.context === context);
  if (state === 'pending' && last?.state === 'pending')
    return refuse(
      400,
      'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")',
    );
  forge.statuses.push({ commit, context, state, description, url });
  return { status: 201, body: { sha: commit, name: context, status: state } };
}

async function compare(forge: EmulatedForge, { query }: EmulatedRequest, repository: string): Promise<EmulatedAnswer> {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const base =
    query.get('straight') === 'true' ? from : await forge.git(repository, 'merge-base', from, to).catch(() => from);
  const range = [base, to];
  const raw = await forge
    .git(repository, 'diff-tree', '-r', '-z', '-M', '--name-status', ...range)
    .catch(() => undefined);
  if (raw === undefined) return refuse(404, '404 Not Found');
  const fields = raw.split('\0').filter((field) => field !== '');
  const diffs = [];
  while (fields.length > 0) {
    const [status = '', old = ''] = fields.splice(0, 2);
    diffs.push({ old_path: old, new_path: status.startsWith('R') ? fields.shift() : old });
  }
  return {
    status: 200,
    body: { diffs, compare_timeout: diffs.length > 1000, compare_same_ref: range[0] === range[1] },
  };
}

function present(forge: EmulatedForge, pull: EmulatedPull) {
  return {
    iid: pull.number,
    web_url: `${forge.url}/${pull.repository}/-/merge_requests/${pull.number}`,
    title: pull.title,
    description: pull.body,
    state: pull.state === 'open' ? 'opened' : pull.state,
    author: account(pull.author),
    source_branch: pull.source.branch,
    target_branch: pull.base,
    sha: pull.commit,
    source_project_id: projectId(pull.source.repository),
    target_project_id: projectId(pull.repository),
    labels: pull.labels,
    reviewers: pull.reviewers.map(account),
  };
}

const account = ({ id, login }: { readonly id: number; readonly login: string }) => ({ id, username: login });

function projectId(repository: string): number {
  return [...repository].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 100_003, 7);
}
