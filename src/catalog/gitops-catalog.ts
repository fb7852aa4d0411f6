import type { GitopsMirror, OpenMirror, Remote } from '../git/git.ts';
import { type HostRules, repositoryIdentity } from '../webhooks/repository-identity.ts';
import type { Catalog } from './catalog.ts';
import { type CatalogFile, createFileCatalog } from './file-catalog.ts';
import { isCatalogPath } from './resource-index.ts';

interface GitopsCatalogSettings {
  readonly openMirror: OpenMirror;
  /** The GitOps repository, with the credential of the moment. */
  readonly remote: () => Promise<Remote>;
  /** The repository's URL for messages, without credentials. */
  readonly url: string;
  /** Base branch. */
  readonly branch: string;
  /** Which URLs name the same repository. */
  readonly hosts: HostRules;
  /** How long an answer of the remote counts as current. */
  readonly refreshMs: number;
  /** How long one refresh or reading may take. */
  readonly timeoutMs?: number;
  /** Milliseconds of a clock. */
  readonly now?: () => number;
}

/** No run can have this name, so no run takes away the catalog's commit. */
const pinName = '_catalog';

/** A catalog of the YAML files at the head of a GitOps repository's base branch. Throws what the mirror throws. */
export function createGitopsCatalog({
  openMirror,
  remote,
  url,
  branch,
  hosts,
  refreshMs,
  timeoutMs = 120_000,
  now = Date.now,
}: GitopsCatalogSettings): Catalog {
  const open = async (): Promise<GitopsMirror> => openMirror(await remote(), AbortSignal.timeout(timeoutMs));
  let commit = '';
  let files: readonly CatalogFile[] = [];
  let asked = Number.NEGATIVE_INFINITY;
  /** That the last answer may be out of date: after a push, or where something is missing. */
  let told = false;

  const own = repositoryIdentity(url, hosts);

  const catalog = createFileCatalog(`GitOps repository ${url} at ${branch}`, {
    async list() {
      if (!told && now() - asked < refreshMs) return files;
      told = false;
      const started = now();
      const mirror = await open();
      const head = await mirror.pin(branch, pinName);
      if (head !== commit) {
        files = [...(await mirror.files(head))].flatMap(({ path, mode, id }) =>
          mode.startsWith('100') && isCatalogPath(path) ? [{ path, version: id }] : [],
        );
        commit = head;
      }
      asked = started;
      return files;
    },
    async *read(wanted) {
      if (wanted.length === 0) return;
      const byId = new Map(wanted.map((file) => [file.version, file]));
      const mirror = await open();
      for await (const { id, text } of mirror.readBlobs([...byId.keys()])) {
        const file = byId.get(id);
        if (file !== undefined) yield { file, text };
      }
    },
  });

  return {
    ...catalog,
    async find(kind, namespace, name) {
      const before = asked;
      const found = await catalog.find(kind, namespace, name);
      // What is missing in an answer from memory may have been merged a moment ago.
      if (found !== undefined || asked !== before) return found;
      told = true;
      return catalog.find(kind, namespace, name);
    },
    async pushed(urls, branches) {
      const ours = urls.some((other) => own !== undefined && repositoryIdentity(other, hosts) === own);
      if (!ours || !branches.includes(branch)) return null;
      told = true;
      await catalog.now();
      return commit;
    },
  };
}
