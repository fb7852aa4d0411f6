import { cancellationSignal } from '@temporalio/activity';
import type { Catalog } from '../src/catalog/catalog.ts';
import { Failure } from '../src/failures.ts';
import type { Forge, OpenForge } from '../src/forges/forge.ts';
import type { SourceRepositories } from '../src/git/git.ts';
import type { OpenRemote } from '../src/git/remotes.ts';
import type { AcceptedDelivery } from '../src/webhooks/accepted-delivery.ts';
import type { FindCandidates } from '../src/webhooks/candidates.ts';
import type { Change, Push } from '../src/webhooks/delivery.ts';
import { type Match, matchPush, needsPaths, withPaths } from '../src/webhooks/match.ts';
import type { HostRules } from '../src/webhooks/repository-identity.ts';
import type { Verdict } from '../src/webhooks/verdict.ts';

export interface JudgeDeps {
  readonly catalog: Catalog;
  readonly findCandidates: FindCandidates;
  readonly hosts: HostRules;
  readonly openRemote: OpenRemote;
  readonly sources: Pick<SourceRepositories, 'changedPaths'>;
  readonly openForge: (...args: Parameters<OpenForge>) => Promise<Pick<Forge, 'changedFiles'>>;
}

export interface JudgedDelivery {
  readonly paths: { readonly complete: boolean; readonly count: number; readonly notes: readonly string[] };
  readonly starts: readonly Verdict[];
  readonly skips: readonly Verdict[];
  readonly omitted: number;
}

/** What a workflow's history is spared: nobody reads thousands of skipped components. */
const MAX_SKIPS = 1_000;
/** Git may be asked for so long about one change; after that its paths count as unknown. */
const LOOK_MS = 90_000;

export function createJudgeDelivery(deps: JudgeDeps) {
  return {
    /** Says for every component of the repository whether the push starts it; looks changed paths up where the payload leaves some out. Safe to repeat. */
    async judgeDelivery({ push: told, scope }: AcceptedDelivery): Promise<JudgedDelivery> {
      const branches = told.changes.map(({ branch }) => branch);
      const catalogCommit = (await deps.catalog.pushed?.(told.urls, branches)) ?? null;
      const candidates = await deps.findCandidates(deps.catalog, told.urls);
      const match = (push: Push) => matchPush(push, candidates, { hosts: deps.hosts, scope });
      const notes =
        catalogCommit === null ? [] : [`the catalog is read from here, now at ${catalogCommit.slice(0, 12)}`];
      let push = told;
      let matches = match(push);
      for (const change of told.changes) {
        if (!needsPaths(change, matches)) continue;
        const { list, note } = await lookUp(deps, change, repositoriesOf(change, matches));
        notes.push(note);
        if (list !== null) push = withPaths(push, change, list);
      }
      if (push !== told) matches = match(push);
      const verdicts = matches.map(({ verdict }) => verdict);
      const skips = verdicts.filter(({ outcome }) => outcome === 'skip');
      return {
        paths: {
          complete: push.changes.every(({ paths }) => paths.complete),
          count: push.changes.reduce((sum, { paths }) => sum + paths.count, 0),
          notes,
        },
        starts: verdicts.filter(({ outcome }) => outcome === 'start'),
        skips: skips.slice(0, MAX_SKIPS),
        omitted: Math.max(0, skips.length - MAX_SKIPS),
      };
    },
  };
}

interface Place {
  readonly url: string;
  readonly namespace: string;
  readonly secretRef: string | undefined;
}

/** Where the change may be looked up: the repository as those name it whom the answer concerns, each with a credential of its own. */
function repositoriesOf(change: Change, matches: readonly Match[]): readonly Place[] {
  const places = matches.flatMap(({ verdict: { reason }, candidate: { state, namespace }, change: about }) =>
    about === change && (reason === 'matched' || reason === 'paths') && 'watch' in state
      ? [{ url: state.repository, namespace, secretRef: state.secretRef }]
      : [],
  );
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()].slice(0, 3);
}

/** The changed paths from git, else from the code host's API; null where nobody can tell. */
async function lookUp(
  { openRemote, sources, openForge }: JudgeDeps,
  { branch, before, after }: Change,
  places: readonly Place[],
): Promise<{ readonly list: readonly string[] | null; readonly note: string }> {
  const problems: string[] = [];
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(LOOK_MS)]);
  const attempt = async (look: () => Promise<readonly string[] | null>) => {
    try {
      return await look();
    } catch (error) {
      cancellationSignal().throwIfAborted();
      if (!(error instanceof Failure) && !signal.aborted) throw error;
      problems.push(error instanceof Failure ? error.message : 'git took too long');
      return null;
    }
  };
  for (const { url, namespace, secretRef } of places) {
    if (before === null) break;
    const git = await attempt(async () =>
      sources.changedPaths(await openRemote(url, 'git-token', namespace, secretRef), before, after, signal),
    );
    if (git !== null) return { list: git, note: `${branch}: the changed paths are from git` };
    const forge = await attempt(async () =>
      (await openForge(url, 'git-token', namespace, signal)).changedFiles(before, after),
    );
    if (forge !== null) return { list: forge, note: `${branch}: the changed paths are from the code host` };
  }
  const why = problems[0] === undefined ? '' : ` (${problems[0].slice(0, 300)})`;
  return { list: null, note: `${branch}: nobody could tell all changed paths, so everything counts as touched${why}` };
}
