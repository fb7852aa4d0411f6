import type { Pull, Status } from '../state.ts';
import { diffView } from './diff.ts';
import { type Html, html } from './html.ts';
import { markdown } from './markdown.ts';

interface PullViewFacts {
  readonly repository: string;
  readonly pull: Pull;
  readonly statuses: readonly Status[];
  /** Unified diff of what the pull request changes. */
  readonly diff: string;
  readonly mayMerge: boolean;
}

/** The page of a pull request, without its frame. */
export function pullView({ repository, pull, statuses, diff, mayMerge }: PullViewFacts): Html {
  const merge = html`<form method="post" action="/${repository}/pull/${pull.number}/merge"><button>Merge pull request</button></form>`;
  return html`<h1>${pull.title} <span class="quiet">#${pull.number}</span></h1>
<p><span class="badge ${pull.state}">${pull.state}</span> ${pull.author} wants to merge <code>${pull.head.branch}</code> into <code>${pull.base.branch}</code>
<span class="quiet">opened ${pull.createdAt}${pull.closedAt === null ? '' : `, ${pull.state} ${pull.closedAt}`}${pull.mergedBy === null ? '' : ` by ${pull.mergedBy}`}</span></p>
${names('Labels', pull.labels)}${names('Reviewers', pull.reviewers)}
${statuses.map((status) => html`<p><span class="badge ${status.state}">${status.state}</span> ${status.context} <span class="quiet">${status.description}</span></p>`)}
<div class="panel">${pull.body === '' ? html`<p class="quiet">No description.</p>` : markdown(pull.body)}</div>
${pull.comments.map((comment) => html`<div class="panel" id="comment-${comment.id}"><p class="quiet">${comment.author}, ${comment.createdAt}</p>${markdown(comment.body)}</div>`)}
${mayMerge ? merge : null}
<h2>Changes</h2>${diffView(diff)}`;
}

function names(title: string, values: readonly string[]): Html | null {
  return values.length === 0
    ? null
    : html`<p>${title}: ${values.map((value) => html`<span class="badge">${value}</span> `)}</p>`;
}
