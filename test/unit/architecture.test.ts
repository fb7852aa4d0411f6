import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders that only turn values into values: no network, no files, no processes. What holds no file yet is not in a checkout. */
const pure = ['src/openchoreo', 'src/runs', 'src/webhooks', 'src/builds'].filter((folder) => existsSync(folder));
const pureLibraries = [
  'zod',
  'yaml',
  '@marcbachmann/cel-js',
  're2js',
  'smol-toml',
  'ignore',
  'node:crypto',
  'node:path',
];
const shared = ['src/failures.ts', ...pure];
/** A cluster's API: whoever is about Kubernetes speaks to it, over a connection that a root has opened. */
const kubernetes = ['kube-call', 'lines', 'list-objects', 'read-answer', 'follow-objects', 'get-object'].map(
  (name) => `src/kubernetes/${name}.ts`,
);

/** Folder -> what its files may import by value. `import type` is free: it leaves no trace at run time. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  workflows: ['workflows', ...pure, 'src/temporal/names.ts', '@temporalio/workflow', '@temporalio/common'],
  activities: [
    'activities',
    ...shared,
    'src/temporal/names.ts',
    '@temporalio/activity',
    '@temporalio/client',
    '@temporalio/common',
    'node:crypto',
  ],
  ...Object.fromEntries(pure.map((folder) => [folder, [...shared, ...pureLibraries]])),
  'src/occ': ['src/occ', ...shared, 'node:fs', 'node:path', 'zod'],
  'src/logs': ['src/logs', ...shared, 'aws4fetch', 'node:'],
  'src/metrics': ['src/metrics', ...shared, 'prom-client'],
  'src/ingress': ['src/ingress', 'src/metrics', ...shared, 'express', 'express-rate-limit', 'prom-client', 'node:'],
  ...Object.fromEntries(
    ['git', 'forges', 'registry', 'catalog', 'secrets', 'planes', 'temporal', 'kubernetes', 'controller'].map(
      (concept) => [
        `src/${concept}`,
        [
          `src/${concept}`,
          ...shared,
          ...kubernetes,
          'node:',
          'zod',
          'yaml',
          'simple-git',
          '@octokit/',
          '@temporalio/',
          '@kubernetes/',
          'undici',
        ],
      ],
    ),
  ),
};

/** Programs of their own below a concept: they put implementations together, as the roots do. */
const programs = ['src/planes/local/step.ts', 'src/planes/kubernetes/job-step.ts', 'src/planes/steps'];

/** Roots, which alone may read the environment. */
const roots = [
  'src/worker.ts',
  'src/server.ts',
  'src/steps.ts',
  'src/cli.ts',
  'src/cli/',
  'src/embedded/',
  ...programs,
];

const valueImport = /^(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+?\sfrom\s+)?['"]([^'"]+)['"]/gm;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(valueImport)]
    .map((match) => match[1] ?? '')
    .map((target) => (target.startsWith('.') ? normalize(join(dirname(file), target)) : target));

const startsWithOne = (text: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => text === prefix || text.startsWith(/[/:]$/.test(prefix) ? prefix : `${prefix}/`));

const sources = ['src', 'workflows', 'activities'].flatMap(filesIn);

describe.each(Object.entries(allowed))('%s', (folder, targets) => {
  it('imports only what it may', () => {
    const offences = filesIn(folder)
      .filter((file) => !startsWithOne(file, programs))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => !startsWithOne(target, targets))
          .map((target) => `${file} imports ${target}`),
      );
    expect(offences).toEqual([]);
  });
});

/** A file and all that it loads, packages by their names. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (existsSync(file)) for (const target of importsOf(file)) loadedBy(target, seen);
  return seen;
}

describe.each([
  'src/cli/workload-create.ts',
  'src/cli/componentrelease-generate.ts',
  'src/cli/releasebinding-generate.ts',
  'src/cli/roots/occ.ts',
])('%s', (file) => {
  it('starts quickly, for it loads two small libraries at most', () => {
    const packages = [...loadedBy(file)].filter((one) => !existsSync(one) && !one.startsWith('node:'));
    expect(packages.filter((one) => !['zod', 'yaml'].includes(one))).toEqual([]);
  });
});

describe('every source file', () => {
  it('is under 250 lines', () => {
    const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length >= 250);
    expect(long).toEqual([]);
  });

  it('leaves the environment to the roots, but for the path to programs', () => {
    const readers = sources.filter(
      (file) =>
        /process\.env(?!\['PATH'\])/.test(readFileSync(file, 'utf8')) && !roots.some((root) => file.startsWith(root)),
    );
    expect(readers).toEqual([]);
  });
});
