import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../src/failures.ts';
import type { Forge, OpenForge, PullRequest } from '../src/forges/forge.ts';
import type { GitopsMirror } from '../src/git/git.ts';
import type { GeneratedRelease } from '../src/openchoreo/generate/release.ts';
import { parseTrailers } from '../src/runs/commit-message.ts';
import { pullRequestBody, pullRequestTitle } from '../src/runs/pull-request.ts';
import { openGitops } from './clone-gitops.ts';
import type { CommitInput } from './commit-and-push.ts';
import { type GenerateDeps, releaseOn } from './generate-resources.ts';
import { openReleases } from './open-releases.ts';

export interface PullRequestDeps extends GenerateDeps {
  readonly openForge: OpenForge;
  /** Committer of our commits. */
  readonly committerEmail: string;
}

export interface PullRequestInput extends CommitInput {
  readonly branch: string;
  readonly commit: string;
  readonly link: string | null;
}

export interface OpenedPullRequest {
  /** `superseded` when a newer run has closed it meanwhile. */
  readonly outcome: 'released' | 'superseded';
  readonly pullRequest: { readonly number: number; readonly url: string };
  readonly warnings: readonly string[];
}

/** Written into the body of a pull request when we close it, so that it is told from one that a person closed. */
const closedByUs = (number: number) => `<!-- slipway closed for #${number} -->`;

export function createCreatePullRequest(deps: PullRequestDeps) {
  return {
    /** Finds the branch's pull request or opens it, then closes older ones of ours. Safe to repeat. */
    async createPullRequest(input: PullRequestInput): Promise<OpenedPullRequest> {
      const { plan, branch } = input;
      const forge = await deps.openForge(plan.gitops.repository, 'gitops-token', plan.namespace, cancellationSignal());
      const mirror = await openGitops(deps, plan);
      const [known] = (await forge.pullRequests({ head: branch, base: plan.gitops.branch })).filter(({ ours }) => ours);
      if (known?.state === 'closed') return closedEnd(known);
      const release = await releaseOn(deps, mirror, input);
      const { environment } = release.binding;
      const opened = known
        ? { pullRequest: known, warnings: [] }
        : await forge.openPullRequest({
            head: branch,
            base: plan.gitops.branch,
            ...describe(input, release),
            labels: plan.settings.labels,
            reviewers: plan.settings.reviewers,
          });
      if (plan.settings.closeOlder) await closeOlder(deps, forge, mirror, input, environment, opened.pullRequest);
      const { number, url } = opened.pullRequest;
      return { outcome: 'released', pullRequest: { number, url }, warnings: opened.warnings };
    },
  };
}

function closedEnd({ number, url, body }: PullRequest): OpenedPullRequest {
  if (/<!-- slipway closed for #\d+ -->/.test(body)) {
    return { outcome: 'superseded', pullRequest: { number, url }, warnings: [] };
  }
  throw new Failure(
    'ReleaseConflict',
    `Pull request ${url} of this run was closed without merging: reopen it there if it should go ahead, or start a new run`,
  );
}

function describe({ plan, source, image, link }: PullRequestInput, release: GeneratedRelease) {
  const facts = {
    namespace: plan.namespace,
    project: plan.project,
    component: plan.component,
    environment: release.binding.environment,
    pipeline: release.pipeline,
    run: plan.run,
    workflowUrl: link,
    source: {
      repository: plan.source.repository,
      commit: source.commit,
      subject: source.subject,
      author: source.author,
    },
    image: image.reference,
    release: release.release,
    binding: release.binding,
    before: release.before,
    removed: release.removed,
    warnings: [...new Set([...plan.warnings, ...source.warnings, ...release.warnings])],
  };
  return { title: pullRequestTitle(facts), body: pullRequestBody(facts) };
}

/** Closes older pull requests and deletes their branches; where a person pushed to one, it only tells and leaves it open. */
async function closeOlder(
  deps: PullRequestDeps,
  forge: Forge,
  mirror: GitopsMirror,
  { plan }: PullRequestInput,
  environment: string,
  newer: PullRequest,
): Promise<void> {
  const older = (await openReleases(forge, plan, environment)).filter((open) => open.pullRequest.number < newer.number);
  for (const { pullRequest } of older) {
    const { number, body, head } = pullRequest;
    const { message, committerEmail } = await mirror.describeCommit(head.branch, head.commit);
    if (committerEmail !== deps.committerEmail || !parseTrailers(message)) {
      await forge.comment(
        number,
        `#${newer.number} proposes a newer release. This one stays open because somebody pushed to it.`,
      );
      continue;
    }
    await forge.closePullRequest(number, `${body}\nSuperseded by #${newer.number}.\n\n${closedByUs(newer.number)}\n`);
    await forge.comment(number, `Superseded by #${newer.number}.`);
    await mirror.deleteBranch(head.branch, head.commit);
  }
}
