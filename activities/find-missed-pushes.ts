import { cancellationSignal, getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Catalog } from '../src/catalog/catalog.ts';
import { Failure } from '../src/failures.ts';
import type { Remote, SourceRepositories } from '../src/git/git.ts';
import type { OpenRemote } from '../src/git/remotes.ts';
import type { findAutomaticRun, lastRequested } from '../src/temporal/last-requested.ts';
import type { DeliveryVerdict } from '../src/webhooks/accepted-delivery.ts';
import type { Candidate, FindCandidates } from '../src/webhooks/candidates.ts';
import { type HostRules, repositoryPlace } from '../src/webhooks/repository-identity.ts';
import type { Heads, MissedRun, SweepLook } from '../src/webhooks/sweep.ts';
import { type TrackedBranch, trackedBranches } from '../src/webhooks/tracked-branches.ts';
import { judgeBranch } from './judge-branch.ts';

export interface MissedPushesDeps {
  readonly catalog: Catalog;
  readonly findCandidates: FindCandidates;
  readonly hosts: HostRules;
  readonly openRemote: OpenRemote;
  readonly sources: Pick<SourceRepositories, 'heads' | 'ranges'>;
  readonly lastRequested: typeof lastRequested;
  readonly findAutomaticRun: typeof findAutomaticRun;
}

/** Repositories that are asked side by side. */
const AT_ONCE = 8;
/** A repository that does not say its heads within this is left for the next time. */
const HEADS_MS = 20_000;
/** The same for what was pushed to it. */
const RANGES_MS = 5 * 60_000;
/** A host that did not answer so often is not asked any more. */
const MOST_FAILURES = 5;
/** No further repository is asked after this. */
const ALL_MS = 20 * 60_000;
/** What a workflow's history is spared. */
const MOST_MISSED = 500;
const MOST_SKIPS = 200;
const MOST_NOTES = 20;
const MOST_HEADS = 20_000;

export function createFindMissedPushes(deps: MissedPushesDeps) {
  return {
    /**
     * Compares the branches that components are built from with where they were, and says whose runs nobody has asked for. `only`: the
     * keys of the branches to look at; null for all. A repository that cannot be asked keeps none of the others back. Safe to repeat.
     */
    async findMissedPushes(given: {
      readonly heads: Heads;
      readonly only: readonly string[] | null;
    }): Promise<SweepLook> {
      const began = Date.now();
      const candidates = await deps.findCandidates(deps.catalog);
      const tracked = trackedBranches(candidates).filter(({ key }) => given.only?.includes(key) ?? true);
      const kept = tracked.flatMap(({ key }) =>
        given.heads[key] === undefined ? [] : [[key, given.heads[key]] as const],
      );
      const heads = new Map(kept);
      const found = { missed: [] as MissedRun[], skips: [] as DeliveryVerdict[], notes: [] as string[] };
      const failures = new Map<string, number>();

      async function look({ remote, host, branches }: Repository): Promise<void> {
        if (Date.now() - began > ALL_MS) throw new Failure('Unavailable', 'there was no time left for it');
        if ((failures.get(host) ?? 0) >= MOST_FAILURES)
          throw new Failure('Unavailable', `${host} did not answer before`);
        const names = [...new Set(branches.map(({ branch }) => branch))];
        const now = await deps.sources.heads(remote, names, within(HEADS_MS));
        failures.delete(host);
        for (const branch of branches) {
          const head = now.get(branch.branch);
          const last = heads.get(branch.key);
          if (head === undefined || head === last) continue;
          const judged = await judgeBranch(branch, head, last, {
            hosts: deps.hosts,
            ...questions(deps, getClient()),
            ranges: (befores, after) => deps.sources.ranges(remote, befores, after, within(RANGES_MS)),
          });
          found.missed.push(...judged.missed);
          found.skips.push(...judged.skips);
          if (judged.missed.length === 0) heads.set(branch.key, head);
        }
      }

      async function attempt(repository: Repository): Promise<void> {
        try {
          await look(repository);
        } catch (error) {
          cancellationSignal().throwIfAborted();
          const { host, branches } = repository;
          failures.set(host, (failures.get(host) ?? 0) + failureWeight(error));
          const text = error instanceof Error ? error.message : String(error);
          found.notes.push(`${branches[0]?.url} was not looked at: ${text.slice(0, 300)}`);
        }
      }

      const { repositories, notes } = await groupByRemote(tracked, deps.openRemote);
      found.notes.push(...notes);
      const queue = repositories.values();
      const drain = async () => {
        for (const repository of queue) await attempt(repository);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, drain));
      const { missed, skips } = found;
      return {
        heads: Object.fromEntries([...heads].slice(0, MOST_HEADS)),
        missed: missed.slice(0, MOST_MISSED),
        rest: Math.max(0, missed.length - MOST_MISSED),
        skips: skips.slice(0, MOST_SKIPS),
        omitted: Math.max(0, skips.length - MOST_SKIPS),
        notes: shortened(found.notes),
      };
    },
  };
}

/** The branches of one repository that the same credential reads. */
interface Repository {
  readonly remote: Remote;
  readonly host: string;
  readonly branches: TrackedBranch[];
}

async function groupByRemote(tracked: readonly TrackedBranch[], openRemote: OpenRemote) {
  const repositories = new Map<string, Repository>();
  const notes: string[] = [];
  for (const branch of tracked) {
    const { url, namespace, secretRef } = branch;
    try {
      const remote = await openRemote(url, 'git-token', namespace, secretRef);
      const name = JSON.stringify(remote);
      const known = repositories.get(name);
      if (known) known.branches.push(branch);
      else repositories.set(name, { remote, host: repositoryPlace(url)?.host ?? url, branches: [branch] });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      notes.push(`${url} was not looked at: ${error.message.slice(0, 300)}`);
    }
  }
  return { repositories: [...repositories.values()], notes };
}

function questions(
  { lastRequested, findAutomaticRun }: Pick<MissedPushesDeps, 'lastRequested' | 'findAutomaticRun'>,
  client: Client,
) {
  const named = ({ namespace, component }: Candidate) => ({
    namespace,
    project: component?.spec.owner.projectName ?? '',
    component: component?.metadata.name ?? '',
  });
  return {
    lastRequested: (candidate: Candidate) => lastRequested(client, named(candidate)),
    findRun: (candidate: Candidate, commit: string, since: number) =>
      findAutomaticRun(client, named(candidate), commit, since),
  };
}

const within = (ms: number) => AbortSignal.any([cancellationSignal(), AbortSignal.timeout(ms)]);

/** Only a host that is away, or asks to be left alone, is not asked further. */
function failureWeight(error: unknown): number {
  if (error instanceof Failure)
    return error.type === 'RateLimited' ? MOST_FAILURES : error.type === 'Unavailable' ? 1 : 0;
  return 1;
}

function shortened(notes: readonly string[]): readonly string[] {
  const more = notes.length - MOST_NOTES;
  return more > 0 ? [...notes.slice(0, MOST_NOTES), `and ${more} repositories more`] : notes;
}
