import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/failures.ts';
import type { CommitStatus, Forge } from '../../../src/forges/forge.ts';
import type { FileTexts } from '../../support/commit-files.ts';
import { failureOf, request } from './releases.ts';

/** `robot` opens the pull requests; `reader`'s token may only read; `blind` does not see acme/secret; `nobody`'s token is no token. */
export type Who = 'robot' | 'ada' | 'reader' | 'blind' | 'nobody';

/** A forge with acme/gitops, its fork ada/gitops, acme/secret, which is private, and acme/closed, without pull requests. */
export interface ForgeUnderTest {
  readonly host: string;
  /** How many pull requests one page of its API holds. */
  readonly pageSize: number;
  readonly tokens: Readonly<Record<Who, string>>;
  open(repository: string, who?: Who, key?: 'gitops-token' | 'status-token'): Promise<Forge>;
  /** Commits onto a branch, which begins at main where it is new, and says the commit. */
  commit(repository: string, branch: string, files: FileTexts): Promise<string>;
  /** Opens a pull request from ada/gitops to acme/gitops by the robot. */
  openFromFork(head: string): Promise<void>;
  merge(number: number): Promise<void>;
  deleteBranch(branch: string): Promise<void>;
  labels(number: number): Promise<readonly string[]>;
  reviewers(number: number): Promise<readonly string[]>;
  comments(number: number): Promise<readonly { readonly body: string; readonly author: string }[]>;
  /** The newest status of each context. */
  statuses(commit: string): Promise<readonly CommitStatus[]>;
  stop(): Promise<void>;
}

const repository = 'acme/gitops';

/** In what a forge differs. */
export interface ForgeTraits {
  /** What follows the repository in the address of a pull request. */
  readonly page?: string;
  /** False where pull requests have no labels. */
  readonly labels?: boolean;
  /** False where pull requests cannot be turned off. */
  readonly turnsOff?: boolean;
}

/** What every forge does alike. */
export function describeForge(
  name: string,
  start: () => Promise<ForgeUnderTest>,
  { page = 'pull', labels: hasLabels = true, turnsOff = true }: ForgeTraits = {},
): void {
  const onlyWith = (labels: readonly string[]) => (hasLabels ? labels : []);
  const noLabels = hasLabels ? [] : [expect.stringMatching(/add the labels .*have none/)];

  describe(name, () => {
    let world: ForgeUnderTest;
    let counter = 0;
    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world?.stop());

    const newBranch = async (where = repository) => {
      counter += 1;
      const branch = `release/greeter-${counter}`;
      await world.commit(where, branch, { [`file-${counter}.yaml`]: `number: ${counter}\n` });
      return branch;
    };
    const look = async (head: string, who?: Who) =>
      (await world.open(repository, who)).pullRequests({ head, base: 'main' });

    it('opens a pull request with labels and reviewers, which the look-up finds again as ours', async () => {
      const forge = await world.open(repository);
      const head = await newBranch();
      const { pullRequest, warnings } = await forge.openPullRequest(
        request(head, { labels: ['release', 'greeter'], reviewers: ['ada'] }),
      );

      expect(warnings).toEqual(noLabels);
      expect(pullRequest).toMatchObject({
        url: expect.stringContaining(`${world.host}/${repository}/${page}`),
        title: `Release ${head}`,
        body: 'A body',
        state: 'open',
        base: 'main',
        ours: true,
        head: { branch: head, commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      });
      expect(await forge.pullRequests({ head, base: 'main' })).toEqual([pullRequest]);
      expect((await world.labels(pullRequest.number)).toSorted()).toEqual(onlyWith(['greeter', 'release']));
      expect(await world.reviewers(pullRequest.number)).toEqual(['ada']);
    });

    it('adopts the one that is open for that head, also in another process', async () => {
      const head = await newBranch();
      const first = await (await world.open(repository)).openPullRequest(request(head));
      const again = request(head, { title: 'Another title', labels: ['late'] });
      const second = await (await world.open(repository)).openPullRequest(again);

      expect(second).toEqual({ pullRequest: first.pullRequest, warnings: noLabels });
      expect(await world.labels(first.pullRequest.number)).toEqual(onlyWith(['late']));
    });

    it('warns about reviewers that it cannot ask, and keeps the pull request and its labels', async () => {
      const { pullRequest, warnings } = await (await world.open(repository)).openPullRequest(
        request(await newBranch(), { labels: ['kept'], reviewers: ['nobody-of-that-name', 'acme/no-team'] }),
      );

      expect(pullRequest.state).toBe('open');
      expect(warnings).toEqual([
        ...noLabels,
        expect.stringMatching(/ask nobody-of-that-name, acme\/no-team for a review/),
      ]);
      expect(await world.labels(pullRequest.number)).toEqual(onlyWith(['kept']));
    });

    it('says which branch is missing', async () => {
      const forge = await world.open(repository);
      const noBase = await failureOf(forge.openPullRequest(request(await newBranch(), { base: 'production' })));
      const noHead = await failureOf(forge.openPullRequest(request('release/never-pushed')));

      expect(noBase).toMatchObject({
        type: 'SourceNotFound',
        message: expect.stringMatching(/to production.*base branch does not exist/),
      });
      expect(noHead).toMatchObject({
        type: 'SourceNotFound',
        message: expect.stringMatching(/release\/never-pushed.*does not exist any more/),
      });
    });

    if (turnsOff) {
      it('is refused where pull requests are turned off', async () => {
        const closed = await world.open('acme/closed');

        expect(await failureOf(closed.openPullRequest(request(await newBranch('acme/closed'))))).toMatchObject({
          type: 'PolicyRejected',
          message: expect.stringContaining('Turn on pull requests'),
        });
      });
    }

    it('counts none as ours that a person opened or that comes from a fork', async () => {
      const head = await newBranch();
      await world.commit('ada/gitops', head, { 'fork.yaml': 'fork: true\n' });
      await world.openFromFork(head);
      const { pullRequest } = await (await world.open(repository, 'ada')).openPullRequest(request(head));
      const open = await (await world.open(repository)).pullRequests({ openAgainst: 'main' });

      expect(await look(head)).toEqual([{ ...pullRequest, ours: false }]);
      expect(open.filter((pull) => pull.head.branch === head).map(({ ours }) => ours)).toEqual([false, false]);
    });

    it('finds what was closed, with its new body, and closes twice', async () => {
      const forge = await world.open(repository);
      const head = await newBranch();
      const { number } = (await forge.openPullRequest(request(head))).pullRequest;
      await forge.comment(number, 'Replaced by a newer one.');
      await forge.closePullRequest(number, 'Closed by us');
      await forge.closePullRequest(number, 'Closed by us');
      const open = await forge.pullRequests({ openAgainst: 'main' });

      expect(await look(head)).toMatchObject([{ number, state: 'closed', body: 'Closed by us', ours: true }]);
      expect(open.some((pull) => pull.number === number)).toBe(false);
      expect(await world.comments(number)).toEqual([{ body: 'Replaced by a newer one.', author: 'slipway-robot' }]);
    });

    it('finds what was merged, also once its branch is gone and somebody closes it', async () => {
      const forge = await world.open(repository);
      const head = await newBranch();
      const { number } = (await forge.openPullRequest(request(head))).pullRequest;
      await world.merge(number);
      await world.deleteBranch(head);
      expect(await look(head)).toMatchObject([{ number, state: 'merged', ours: true }]);

      await forge.closePullRequest(number, 'Too late');
      expect(await look(head)).toMatchObject([{ number, state: 'merged' }]);
    });

    it('finds the open one beside one that was closed for the same head, newest first', async () => {
      const forge = await world.open(repository);
      const head = await newBranch();
      const first = (await forge.openPullRequest(request(head))).pullRequest;
      await forge.closePullRequest(first.number, 'Closed by us');
      const second = (await forge.openPullRequest(request(head))).pullRequest;

      expect((await look(head)).map(({ number, state }) => [number, state])).toEqual([
        [second.number, 'open'],
        [first.number, 'closed'],
      ]);
    });

    it('lists more open ones than one page holds, against that base only', async () => {
      await world.commit(repository, 'many/base', { 'many.yaml': 'many: 0\n' });
      const forge = await world.open(repository);
      const titles = Array.from({ length: world.pageSize + 3 }, (_, index) => `many ${index}`);
      for (const [index, title] of titles.entries()) {
        await world.commit(repository, `many-${index}`, { 'many.yaml': `many: ${index + 1}\n` });
        await forge.openPullRequest(request(`many-${index}`, { title, base: 'many/base' }));
      }
      const open = await forge.pullRequests({ openAgainst: 'many/base' });

      expect(open.map(({ title }) => title)).toEqual(titles.toReversed());
      expect(await forge.pullRequests({ head: 'many-0', base: 'many/base' })).toEqual([open.at(-1)]);
    });

    it('sets the status of a commit, and replaces it under its context', async () => {
      const forge = await world.open(repository, 'robot', 'status-token');
      const commit = await world.commit(repository, 'statuses', { 'status.yaml': 's' });
      const status = { context: 'slipway/greeter', description: 'Building', url: null } as const;
      await forge.setCommitStatus(commit, { ...status, state: 'pending' });
      const last = { ...status, state: 'success', description: 'Done', url: 'https://example.com/run' } as const;
      await forge.setCommitStatus(commit, last);

      expect(await world.statuses(commit)).toEqual([last]);
    });

    it('sets no status of a commit that the repository has not', async () => {
      const status = { state: 'error', context: 'slipway/x', description: '', url: null } as const;

      expect(await failureOf((await world.open(repository)).setCommitStatus('ab'.repeat(20), status))).toMatchObject({
        type: 'SourceNotFound',
        message: expect.stringContaining('commit abababab'),
      });
    });

    it('tells every path that differs between two commits', async () => {
      const forge = await world.open(repository);
      const first = await world.commit(repository, 'paths', { 'a/b/one.yaml': '1', 'a/two.yaml': '2', top: '3' });
      await world.commit(repository, 'paths', { 'a/b/one.yaml': 'changed', 'new/deep/ä.yaml': '4' });
      const last = await world.commit(repository, 'paths', { 'a/two.yaml': null, top: null, 'top/below': '5' });

      expect((await forge.changedFiles(first, last))?.toSorted()).toEqual(
        ['a/b/one.yaml', 'a/two.yaml', 'new/deep/ä.yaml', 'top', 'top/below'].toSorted(),
      );
      expect(await forge.changedFiles(last, last)).toEqual([]);
    });

    it('tells no paths from a commit that it does not know', async () => {
      const forge = await world.open(repository);
      const commit = await world.commit(repository, 'known', { known: 'x' });

      expect(await forge.changedFiles('0'.repeat(40), commit)).toBeNull();
      expect(await forge.changedFiles(commit, 'ab'.repeat(20))).toBeNull();
    });

    const refusals: readonly [string, string, Who, Failure['type'], RegExp][] = [
      ['a wrong token', repository, 'nobody', 'AccessDenied', /expired or was revoked/],
      ['a token that may only read', repository, 'reader', 'AccessDenied', /gitops-token may not do that/],
      ['a repository that the token cannot see', 'acme/secret', 'blind', 'SourceNotFound', /cannot see it/],
      ['a repository that does not exist', 'acme/nothing', 'robot', 'SourceNotFound', /does not exist, or/],
    ];
    it.each(refusals)('explains %s', async (_what, where, who, type, message) => {
      const failure = await failureOf((await world.open(where, who)).openPullRequest(request(await newBranch())));

      expect(failure).toMatchObject({ type, message: expect.stringMatching(message) });
      expect(failure.message).toContain(`${where} at ${world.host}`);
      expect(JSON.stringify([failure.message, failure.cause, String(failure.stack)])).not.toContain(world.tokens[who]);
    });
  });
}
