import { Failure } from '../../../src/failures.ts';
import type { NewPullRequest } from '../../../src/forges/forge.ts';
import type { ForgeKind } from '../../../src/forges/forge-hosts.ts';
import type { UrlSettings } from '../../../src/forges/repository-url.ts';
import type { TestWorld } from './world.ts';

/** What lets a worker speak to a forge at a URL. */
export function accessTo(url: string, kind: ForgeKind): UrlSettings {
  const { host } = new URL(url);
  return { httpHosts: [host], forges: [{ kind, host, path: '' }] };
}

/** A pull request to be opened. */
export function request(head: string, more: Partial<NewPullRequest> = {}): NewPullRequest {
  return { head, base: 'main', title: `Release ${head}`, body: 'A body', labels: [], reviewers: [], ...more };
}

let counter = 0;

/** A branch of its own for each test, one commit ahead of main. */
export async function newBranch(world: TestWorld, repository = 'acme/gitops'): Promise<string> {
  counter += 1;
  const branch = `release/greeter-${counter}`;
  await world.commit(repository, branch, `file-${counter}.yaml`, `number: ${counter}\n`, 'main');
  return branch;
}

/** The failure that something ends with. Throws where it ends otherwise. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('A Failure was expected.', { cause: error });
  return error;
}
