import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { latestStatuses } from '../api/commit-routes.ts';
import { type ForgeDeps, parameter } from '../api/request.ts';
import { branches, type CommitSummary, commitOf, diff, log, mergeBase } from '../git.ts';
import { mergePull, refreshPulls } from '../pulls.ts';
import { defaultBranch, type Repository } from '../repositories.ts';
import type { Pull, RepositoryState } from '../state.ts';
import { diffView } from './diff.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './layout.ts';
import { pullView } from './pull-view.ts';
import { isLocalVisitor, isOwnForm } from './visitor.ts';

interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly repository: Repository;
  readonly state: RepositoryState;
}

/** Pages for people: repositories, a repository, a pull request, a commit. Private repositories show only to somebody on this machine. */
export function createPages(deps: ForgeDeps): Router {
  const router = Router();

  const visit = (show: (visit: Visit) => Promise<void>) => async (request: Request, response: Response) => {
    const repository = await deps.repositories.find(`${parameter(request, 'owner')}/${parameter(request, 'repo')}`);
    if (repository === undefined || (repository.private && !isLocalVisitor(request))) return missing(response);
    await deps.locked(repository.name, async () => {
      await refreshPulls(deps, repository);
      await show({ request, response, repository, state: deps.store.of(repository.name) });
    });
  };

  router.get('/', async (request, response) => {
    const all = (await deps.repositories.all()).filter((repository) => !repository.private || isLocalVisitor(request));
    const rows = all.map(({ name, private: isPrivate }) => {
      const open = deps.store.of(name).pulls.filter((pull) => pull.state === 'open').length;
      return html`<li><a href="/${name}"><strong>${name}</strong></a> <span class="quiet">${isPrivate ? 'private, ' : ''}${open} open</span></li>`;
    });
    sendPage(
      response,
      200,
      'Repositories',
      [],
      html`<h1>Repositories</h1>${listOf(rows, 'There is no repository yet.')}`,
    );
  });
  router.get('/:owner/:repo', visit(showRepository));
  router.get('/:owner/:repo/pull/:number', visit(showPull));
  router.post(
    '/:owner/:repo/pull/:number/merge',
    visit((context) => mergeFromPage(deps, context)),
  );
  router.get('/:owner/:repo/commit/:sha', visit(showCommit));
  router.use((_request, response) => missing(response));
  router.use(failed);
  return router;
}

async function showRepository({ response, repository, state }: Visit): Promise<void> {
  const heads = await branches(repository.folder);
  const main = await defaultBranch(repository);
  const head = heads.get(main);
  const commits = head === undefined ? [] : await log(repository.folder, head, 20);
  const newest = state.pulls.toReversed();
  const pulls = (isShown: (pull: Pull) => boolean): readonly Html[] =>
    newest
      .filter(isShown)
      .slice(0, 50)
      .map((pull) => pullRow(repository.name, pull));
  const branchRows = [...heads]
    .slice(0, 100)
    .map(
      ([name, commit]) =>
        html`<li><code>${name}</code> ${commitLink(repository.name, commit)}${name === main ? html` <span class="quiet">default</span>` : null}</li>`,
    );
  sendPage(
    response,
    200,
    repository.name,
    [],
    html`<h1>${repository.name}</h1>
<h2>Open pull requests</h2>${listOf(
      pulls((pull) => pull.state === 'open'),
      'No pull request is open.',
    )}
<h2>Merged and closed</h2>${listOf(
      pulls((pull) => pull.state !== 'open'),
      'None yet.',
    )}
<h2>Commits of ${main}</h2>${listOf(
      commits.map((commit) => commitRow(repository.name, commit, state)),
      'The branch is empty.',
    )}
<h2>Branches</h2>${listOf(branchRows, 'There is no branch yet.')}`,
  );
}

async function showPull({ request, response, repository, state }: Visit): Promise<void> {
  const pull = pullOf(request, state);
  if (pull === undefined) return missing(response);
  const from = await mergeBase(repository.folder, pull.base.commit, pull.head.commit);
  const body = pullView({
    repository: repository.name,
    pull,
    statuses: latestStatuses(state.statuses, pull.head.commit),
    diff: await diff(repository.folder, from, pull.head.commit),
    mayMerge: pull.state === 'open' && isLocalVisitor(request),
  });
  sendPage(response, 200, `${pull.title} · #${pull.number}`, [repositoryLink(repository.name)], body);
}

async function mergeFromPage(deps: ForgeDeps, { request, response, repository, state }: Visit): Promise<void> {
  const pull = pullOf(request, state);
  if (pull === undefined) return missing(response);
  const path = [repositoryLink(repository.name)];
  if (!isLocalVisitor(request) || !isOwnForm(request))
    return sendPage(
      response,
      403,
      'Not allowed',
      path,
      html`<h1>Not allowed</h1><p>Merge from a browser on this machine, or through the API.</p>`,
    );
  await deps.watch.prepare(repository);
  const result = pull.state === 'open' ? await mergePull(deps, repository, pull, 'visitor', 'merge') : 'moved';
  if (result !== 'merged')
    return sendPage(
      response,
      409,
      'Not merged',
      path,
      html`<h1>Not merged</h1><p>${result === 'conflict' ? 'The branches conflict.' : 'The pull request or its base changed meanwhile.'}</p>`,
    );
  await deps.watch.announce(repository, 'visitor');
  response.redirect(303, `/${repository.name}/pull/${pull.number}`);
}

async function showCommit({ request, response, repository, state }: Visit): Promise<void> {
  const id = await commitOf(repository.folder, parameter(request, 'sha'));
  const [commit] = id === undefined ? [] : await log(repository.folder, id, 1);
  if (commit === undefined) return missing(response);
  const [subject = '', ...rest] = commit.message.split('\n');
  const statuses = latestStatuses(state.statuses, commit.commit).map((status) => {
    const context =
      status.targetUrl !== null && /^https?:\/\//.test(status.targetUrl)
        ? html`<a href="${status.targetUrl}" rel="noreferrer noopener">${status.context}</a>`
        : html`${status.context}`;
    return html`<li><span class="badge ${status.state}">${status.state}</span> ${context} <span class="quiet">${status.description}</span></li>`;
  });
  sendPage(
    response,
    200,
    subject,
    [repositoryLink(repository.name)],
    html`<h1>${subject}</h1><p class="quiet">${commit.author}, ${commit.date}, <code>${commit.commit}</code></p>
${rest.join('\n').trim() === '' ? null : html`<pre>${rest.join('\n').trim()}</pre>`}
<h2>Statuses</h2>${listOf(statuses, 'None.')}
<h2>Changes</h2>${diffView(await diff(repository.folder, commit.parents[0], commit.commit))}`,
  );
}

function pullOf(request: Request, state: RepositoryState): Pull | undefined {
  return state.pulls.find((pull) => String(pull.number) === parameter(request, 'number'));
}

function pullRow(repository: string, pull: Pull): Html {
  return html`<li><span class="badge ${pull.state}">${pull.state}</span> <a href="/${repository}/pull/${pull.number}">${pull.title}</a> <span class="quiet">#${pull.number} by ${pull.author}</span></li>`;
}

function commitRow(repository: string, commit: CommitSummary, state: RepositoryState): Html {
  const statuses = latestStatuses(state.statuses, commit.commit).map(
    (status) => html` <span class="badge ${status.state}">${status.context}</span>`,
  );
  return html`<li>${commitLink(repository, commit.commit)} ${commit.message.split('\n')[0]} <span class="quiet">${commit.author}, ${commit.date}</span>${statuses}</li>`;
}

function commitLink(repository: string, commit: string): Html {
  return html`<a href="/${repository}/commit/${commit}"><code>${commit.slice(0, 8)}</code></a>`;
}

function repositoryLink(name: string): Html {
  return html`<a href="/${name}">${name}</a>`;
}

function listOf(rows: readonly Html[], nothing: string): Html {
  return rows.length === 0 ? html`<p class="quiet">${nothing}</p>` : html`<ul class="rows">${rows}</ul>`;
}

function missing(response: Response): void {
  sendPage(response, 404, 'Not found', [], html`<h1>Not found</h1><p>There is nothing here, or it is private.</p>`);
}

const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendPage(
    response,
    500,
    'Something went wrong',
    [],
    html`<h1>Something went wrong</h1><p>The forge could not make this page.</p>`,
  );
};
