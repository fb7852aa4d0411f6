/**
 * Bitbucket Cloud's API 2.0 as far as Slipway uses it, written from its reference at developer.atlassian.com and from answers that its
 * users quote. It is no Bitbucket: what is only here has not been seen at the real one.
 */
import type { EmulatedAnswer, EmulatedForge, EmulatedPull, EmulatedRequest, EmulatedUser } from './emulated-forge.ts';

const refuse = (status: number, message: string, more: object = {}): EmulatedAnswer => ({
  status,
  body: { type: 'error', error: { message, ...more } },
});

const lacking = (required: string) =>
  refuse(403, 'Your credentials lack one or more required privilege scopes.', {
    detail: { granted: ['repository'], required: [required] },
  });

/** Answers below `/2.0`. */
export async function bitbucketApi(forge: EmulatedForge, request: EmulatedRequest): Promise<EmulatedAnswer> {
  const { method, parts, user } = request;
  const [version, kind, owner = '', name = '', ...rest] = parts;
  if (version !== '2.0') return refuse(404, 'Resource not found');
  if (user === undefined) return refuse(401, 'Token is invalid, expired, or not supported for this endpoint.');
  if (kind === 'user') return user.kind === 'token' ? lacking('account') : { status: 200, body: account(user) };
  if (kind === 'workspaces')
    return page(
      request,
      forge.users.filter(({ may }) => may !== 'read').map((one) => ({ user: account(one) })),
    );
  const repository = `${owner}/${name}`;
  if (kind !== 'repositories' || !forge.sees(user, repository)) {
    return refuse(404, 'You may not have access to this repository or it no longer exists in this workspace.');
  }
  if (method !== 'GET' && user.may === 'read') return lacking('pullrequest:write');
  const [what, first = '', ...more] = rest;
  switch (what) {
    case undefined:
      return { status: 200, body: { full_name: repository, type: 'repository' } };
    case 'refs': {
      const head = await forge.head(repository, more.join('/'));
      return head === undefined ? refuse(404, 'No such branch') : { status: 200, body: { target: { hash: head } } };
    }
    case 'commit':
      return commit(forge, request, repository, first, more);
    case 'diffstat':
      return diffstat(forge, request, repository, first);
    case 'pullrequests':
      return pullRequests(forge, request, repository, first, more[0]);
    default:
      return refuse(404, 'Resource not found');
  }
}

async function pullRequests(
  forge: EmulatedForge,
  request: EmulatedRequest,
  repository: string,
  id: string,
  action: string | undefined,
): Promise<EmulatedAnswer> {
  if (id === '')
    return request.method === 'GET' ? list(forge, request, repository) : create(forge, request, repository);
  const pull = forge.pulls.find((one) => one.repository === repository && one.number === Number(id));
  if (pull === undefined) return refuse(404, 'No such pull request');
  if (action === 'comments') {
    pull.comments.push({ body: request.body.content.raw, author: request.user?.login ?? '' });
    return { status: 201, body: {} };
  }
  if (request.method === 'GET') return { status: 200, body: present(forge, pull) };
  if (pull.state !== 'open') return refuse(400, 'You can only change an open pull request');
  if (action === 'decline') pull.state = 'closed';
  else change(forge, pull, request.body);
  return { status: 200, body: present(forge, pull) };
}

/** What the change leaves out is cleared. */
function change(
  forge: EmulatedForge,
  pull: EmulatedPull,
  body: { title: string; description?: string; reviewers?: { uuid?: string; account_id?: string }[] },
): void {
  pull.title = body.title;
  pull.body = body.description ?? '';
  pull.reviewers = (body.reviewers ?? []).flatMap(
    ({ uuid, account_id: id }) =>
      forge.users.find((one) => account(one).uuid === uuid || account(one).account_id === id) ?? [],
  );
}

async function list(forge: EmulatedForge, request: EmulatedRequest, repository: string): Promise<EmulatedAnswer> {
  const { query } = request;
  const states = query.getAll('state');
  const [, field, text = '""'] = /^(source|destination)\.branch\.name = (".*")$/.exec(query.get('q') ?? '') ?? [];
  const branch: string = JSON.parse(text);
  const found = (await forge.current()).filter(
    (pull) =>
      pull.repository === repository &&
      (states.length === 0 ? ['OPEN'] : states).includes(stateOf(pull)) &&
      (field === undefined || (field === 'source' ? pull.source.branch : pull.base) === branch),
  );
  return page(
    request,
    found.toReversed().map((pull) => present(forge, pull)),
  );
}

async function create(
  forge: EmulatedForge,
  { body, user }: EmulatedRequest,
  repository: string,
): Promise<EmulatedAnswer> {
  const [head, base] = [body.source.branch.name, body.destination.branch.name];
  for (const [field, branch] of [
    ['source', head],
    ['destination', base],
  ] as const) {
    if ((await forge.head(repository, branch)) === undefined)
      return refuse(400, 'Bad request', { fields: { [field]: [`branch "${branch}" not found`] } });
  }
  if (head === base) return refuse(400, 'There are no changes to be pulled');
  if (user === undefined) throw new Error('unreachable');
  const { title, description = '' } = body;
  const pull = await forge.openPull({
    repository,
    source: { repository, branch: head },
    base,
    title,
    body: description,
    author: user,
  });
  return { status: 201, body: present(forge, pull) };
}

async function commit(
  forge: EmulatedForge,
  { body }: EmulatedRequest,
  repository: string,
  name: string,
  [statuses]: readonly string[],
): Promise<EmulatedAnswer> {
  const hash = await forge.git(repository, 'rev-parse', '--verify', `${name}^{commit}`).catch(() => undefined);
  if (hash === undefined) return refuse(404, 'Commit not found');
  if (statuses === undefined) return { status: 200, body: { hash } };
  if (String(body.key).length > 40 || !body.url) return refuse(400, 'Bad request', { fields: { key: ['too long'] } });
  forge.statuses.push({
    commit: hash,
    context: body.name,
    state: body.state,
    description: body.description,
    url: body.url,
  });
  return { status: 201, body: {} };
}

async function diffstat(
  forge: EmulatedForge,
  request: EmulatedRequest,
  repository: string,
  spec: string,
): Promise<EmulatedAnswer> {
  const [after = '', earlier = ''] = spec.split('..');
  const isTopic = request.query.get('topic') !== 'false';
  const before = isTopic ? await forge.git(repository, 'merge-base', earlier, after).catch(() => earlier) : earlier;
  const names = await forge
    .git(repository, 'diff-tree', '-r', '-z', '--name-status', before, after)
    .catch(() => undefined);
  if (names === undefined) return refuse(404, 'Commit not found');
  const fields = names.split('\0');
  const values = fields.flatMap((field, index) => {
    const path = fields[index + 1];
    if (index % 2 === 1 || path === undefined) return [];
    return [{ old: field === 'A' ? null : { path }, new: field === 'D' ? null : { path } }];
  });
  return page(request, values);
}

function page({ query, parts, origin }: EmulatedRequest, values: readonly unknown[]): EmulatedAnswer {
  const [size, number] = [Number(query.get('pagelen') ?? 10), Number(query.get('page') ?? 1)];
  const next = new URLSearchParams(query);
  next.set('page', String(number + 1));
  const items = values.slice((number - 1) * size, number * size);
  const path = parts.map(encodeURIComponent).join('/');
  const more = number * size < values.length ? { next: `${origin}/${path}?${next}` } : {};
  return { status: 200, body: { values: items, page: number, pagelen: size, ...more } };
}

const stateOf = ({ state }: EmulatedPull) => ({ open: 'OPEN', merged: 'MERGED', closed: 'DECLINED' })[state];

function present(forge: EmulatedForge, pull: EmulatedPull) {
  return {
    id: pull.number,
    title: pull.title,
    description: pull.body,
    state: stateOf(pull),
    author: account(pull.author),
    source: {
      branch: { name: pull.source.branch },
      commit: { hash: pull.commit.slice(0, 12) },
      repository: { full_name: pull.source.repository },
    },
    destination: { branch: { name: pull.base }, repository: { full_name: pull.repository } },
    reviewers: pull.reviewers.map(account),
    links: { html: { href: `${forge.url}/${pull.repository}/pull-requests/${pull.number}` } },
  };
}

function account({ id, login, kind }: EmulatedUser) {
  return { uuid: `{${id}}`, account_id: `557058:${id}`, nickname: login, type: kind === 'token' ? 'app_user' : 'user' };
}
