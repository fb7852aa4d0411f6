import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { commandOutput } from '../run-command.ts';

export interface SeedOptions {
  /** git's program. */
  readonly git: string;
  /** Where bare repositories lie, as `<owner>/<name>.git`. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the samples' addresses lead on this machine. */
  readonly addresses: { readonly forgeUrl: string; readonly registry: string };
}

/** The sample repositories: owner and name on the forge, and the folder here that holds their files. */
export const sampleRepositories = [
  { owner: 'acme', name: 'greeter', sample: 'greeter' },
  { owner: 'acme', name: 'gitops', sample: 'gitops' },
] as const;

const branch = 'main';

/**
 * Makes the bare sample repositories where they are missing; in those that are there, only files that hold an address of
 * this machine are brought up to date, by a commit. Safe to repeat.
 */
export async function seedRepositories(options: SeedOptions): Promise<void> {
  await Promise.all(sampleRepositories.map((repository) => seed(repository, options)));
}

const failingStep =
  '\n# Fails on purpose; the next change takes it out again.\nRUN echo "this build fails on purpose" && exit 3\n';

/** Commits a small change to the sample service, as a developer would, and returns the commit; one whose build fails, if wanted. */
export async function commitSampleChange(
  options: SeedOptions,
  text: string,
  build: 'works' | 'fails' = 'works',
): Promise<string> {
  const { owner, name } = sampleRepositories[0];
  const bare = bareFolder(options, owner, name);
  return withWorkTree(bare, options, async (folder, git) => {
    const page = join(folder, 'www/index.html');
    const html = await readFile(page, 'utf8');
    const note = `<p id="note">${text}</p>\n</html>`;
    await writeFile(page, html.replace(/(<p id="note">.*<\/p>\s*)?<\/html>/s, note));
    const dockerfile = join(folder, 'Dockerfile');
    const steps = (await readFile(dockerfile, 'utf8')).replace(failingStep, '');
    await writeFile(dockerfile, build === 'fails' ? steps + failingStep : steps);
    await git('commit', '--quiet', '--all', '--allow-empty', '--message', text);
    await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    return (await git('rev-parse', 'HEAD')).trim();
  });
}

async function seed({ owner, name, sample }: (typeof sampleRepositories)[number], options: SeedOptions): Promise<void> {
  const bare = bareFolder(options, owner, name);
  const files = await readSample(sample);
  if (await exists(bare)) {
    const withAddress = files.filter(({ text }) => render(text, options.addresses) !== text);
    await commitFiles(bare, withAddress, 'Follow the addresses of this machine', options);
    return;
  }
  // Made aside, so that a repository that is there is a whole one.
  const draft = `${bare}.${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true });
    await commandOutput(
      options.git,
      ['init', '--quiet', '--bare', '--initial-branch', branch, draft],
      gitOptions(options),
    );
    await commitFiles(draft, files, `Add the ${name} sample`, options);
    await rename(draft, bare);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

interface SampleFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

async function commitFiles(
  bare: string,
  files: readonly SampleFile[],
  message: string,
  options: SeedOptions,
): Promise<void> {
  await withWorkTree(bare, options, async (folder, git) => {
    for (const { path, text, mode } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), render(text, options.addresses));
      await chmod(join(folder, path), mode);
    }
    await git('add', '--all');
    if ((await git('status', '--porcelain')) === '') return;
    await git('commit', '--quiet', '--message', message);
    await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  });
}

/** Lends a checkout of the branch, which is removed afterwards. */
async function withWorkTree<T>(
  bare: string,
  options: SeedOptions,
  use: (folder: string, git: (...args: string[]) => Promise<string>) => Promise<T>,
): Promise<T> {
  const folder = `${bare}.${randomUUID()}`;
  const git = (...args: string[]) => commandOutput(options.git, ['-C', folder, ...args], gitOptions(options));
  try {
    await commandOutput(options.git, ['clone', '--quiet', '--no-hardlinks', bare, folder], gitOptions(options));
    return await use(folder, git);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The user's own settings of git (signing, hooks, names) have no say here. */
function gitOptions({ environment }: SeedOptions) {
  const person = { NAME: 'Ada', EMAIL: 'ada@acme.example' };
  return {
    environment: {
      PATH: environment['PATH'],
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: person.NAME,
      GIT_AUTHOR_EMAIL: person.EMAIL,
      GIT_COMMITTER_NAME: person.NAME,
      GIT_COMMITTER_EMAIL: person.EMAIL,
    },
  };
}

async function readSample(sample: string): Promise<readonly SampleFile[]> {
  const root = join(import.meta.dirname, sample);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    files.map(async (file) => ({
      path: relative(root, file),
      text: await readFile(file, 'utf8'),
      mode: (await stat(file)).mode & 0o777,
    })),
  );
}

/** The samples name hosts that can exist nowhere; here they get their real addresses. */
function render(text: string, { forgeUrl, registry }: SeedOptions['addresses']): string {
  return text.replaceAll('https://forge.slipway.invalid', forgeUrl).replaceAll('registry.slipway.invalid', registry);
}

function bareFolder({ folder }: SeedOptions, owner: string, name: string): string {
  return join(folder, owner, `${name}.git`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
