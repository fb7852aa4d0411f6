import { describe, expect, it } from 'vitest';
import type { Out } from '../../../src/cli/out.ts';
import { type RunPlanDeps, runPlan } from '../../../src/cli/run-plan.ts';
import { makePlan, type PlanTools } from '../../../src/cli/run-plan-make.ts';
import { UsageError } from '../../../src/cli/usage.ts';
import type { GitopsMirror, SourceSnapshot, TreeEntry } from '../../../src/git/git.ts';
import { createFindCredential } from '../../../src/secrets/find-credential.ts';
import { catalog, defaults, developerRun, sampleRun, token } from '../runs/sample-resources.ts';

const head = '0123456789abcdef0123456789abcdef01234567';
const noSecrets = { read: async () => undefined, readFirst: async () => undefined, places: () => [] };

/** The command in a world without network: a source of these paths, and no GitOps repository. */
function stage(run: unknown, { paths = [], settings }: { paths?: string[]; settings?: string } = {}) {
  const written = { out: '', err: '' };
  const asked: string[] = [];
  const to = (stream: 'out' | 'err'): Out => ({
    write: (text) => {
      written[stream] += text;
    },
    columns: undefined,
    colours: false,
  });
  const entry = async (path: string): Promise<TreeEntry | undefined> =>
    paths.includes(path)
      ? { path, mode: '100644', type: path.includes('.') || path.endsWith('Dockerfile') ? 'blob' : 'tree', id: head }
      : undefined;
  const snapshot: SourceSnapshot = {
    commit: head,
    subject: 'Change',
    author: 'Ada',
    committedAt: 0,
    entry,
    files: async () => [],
    filesBelow: async () => [],
    readFiles: async () => new Map(),
  };
  const tools: PlanTools = {
    catalog,
    planDefaults: defaults,
    findStored: createFindCredential({ secrets: noSecrets }),
    hasCertificates: false,
    httpHosts: [],
    forges: [],
    look: () => ({
      openRemote: async (url, key) => {
        asked.push(`${key} ${url}`);
        return { url, authorization: undefined };
      },
      sources: { withCommit: async (_remote, _wanted, _signal, use) => use(snapshot), relation: async () => 'same' },
      resolveImage: async (reference) => reference,
      openMirror: (): Promise<GitopsMirror> => Promise.reject(new Error('nobody asked for a diff')),
    }),
  };
  const { signal } = new AbortController();
  const deps: RunPlanDeps = {
    readFile: async (path) => (path === 'run.yaml' ? JSON.stringify(run) : Promise.reject(new Error('no such file'))),
    makePlan: async (request) => {
      if (settings !== undefined) throw new UsageError(settings);
      return makePlan(request, tools, signal);
    },
  };
  return { written, asked, plan: (...args: string[]) => runPlan(args, deps, { out: to('out'), err: to('err') }) };
}

describe('run plan', () => {
  it('prints the promised JSON without asking anybody', async () => {
    const { plan, written, asked } = stage(sampleRun());

    expect(await plan('-f', 'run.yaml', '--json')).toBe(0);
    expect(JSON.parse(written.out)).toEqual({
      flow: 'docker-gitops-release',
      run: 'shop-api-001',
      namespace: 'default',
      project: 'shop',
      component: 'shop-api',
      source: {
        repository: 'https://github.com/acme/shop',
        branch: 'main',
        commit: null,
        appPath: 'services/api',
        descriptorPath: 'services/api/workload.yaml',
      },
      build: { kind: 'docker', context: 'services/api', dockerfile: 'services/api/Dockerfile' },
      image: { registry: 'registry.acme.example:5000', name: 'shop-shop-api-image', tag: 'v1' },
      gitops: { repository: 'https://github.com/acme/gitops', branch: 'main', environment: null, pipeline: null },
      warnings: [],
    });
    expect(asked).toEqual([]);
  });

  it('tells people what is decided and what is only known later', async () => {
    const { plan, written } = stage(sampleRun());

    expect(await plan('-f', 'run.yaml')).toBe(0);
    for (const line of [
      'Plan of default/shop-api-001: nothing has been started',
      'commit          the head of the branch when it runs',
      '  dockerfile    services/api/Dockerfile',
      'image           registry.acme.example:5000/shop-shop-api-image:v1-<first 8 digits of the commit>',
      'environment     the first one of the pipeline',
    ]) {
      expect(written.out.split('\n')).toContain(line);
    }
  });

  it('warns of plain http and of hosts that no credential is bound to, and still plans', async () => {
    const run = developerRun({
      gitops: { repositoryUrl: 'https://git.acme.example/a/gitops', deploymentPipeline: 'standard' },
    });
    const { plan, written } = stage({
      ...run,
      spec: JSON.parse(
        JSON.stringify(run['spec']).replace('https://github.com/acme/shop', 'http://127.0.0.1:9/acme/shop'),
      ),
    });

    expect(await plan('-f', 'run.yaml', '--json')).toBe(0);
    const { warnings } = JSON.parse(written.out);
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('addressed without TLS: use https, or name 127.0.0.1:9 in SLIPWAY_HTTP_HOSTS'),
        expect.stringMatching(/no git-token is bound to 127\.0\.0\.1:9.*read anonymously/),
        expect.stringMatching(/no gitops-token is bound to git\.acme\.example.*a run is refused/),
        expect.stringMatching(/which code host git\.acme\.example is.*SLIPWAY_FORGES, as git\.acme\.example=gitea/),
      ]),
    );
  });

  it('answers 1 and names every field that does not fit', async () => {
    const run = sampleRun({ repository: { appPath: '../x' }, parameters: { docker: { context: 3 }, size: 'big' } });
    const { plan, written } = stage(run);

    expect(await plan('-f', 'run.yaml', '--json')).toBe(1);
    for (const field of [
      'spec.workflow.systemParameters.repository.appPath',
      'spec.workflow.parameters.docker.context',
      'spec.workflow.parameters.size',
    ]) {
      expect(written.err).toContain(field);
    }
    expect(JSON.parse(written.out)).toMatchObject({ failure: { type: 'InvalidRun' } });
  });

  it('refuses a run that holds a token without showing it', async () => {
    const { plan, written } = stage(sampleRun({ repository: { url: `https://x:${token}@github.com/acme/shop` } }));

    expect(await plan('-f', 'run.yaml')).toBe(1);
    expect(written.err).toContain('spec.workflow.systemParameters.repository.url');
    expect(written.err + written.out).not.toContain(token);
  });

  it('with --resolve pins the commit and warns of a descriptor that is not there', async () => {
    const { plan, written, asked } = stage(sampleRun(), { paths: ['services/api', 'services/api/Dockerfile'] });

    expect(await plan('-f', 'run.yaml', '--resolve', '--json')).toBe(0);
    expect(asked).toEqual(['git-token https://github.com/acme/shop']);
    expect(JSON.parse(written.out)).toMatchObject({
      source: { commit: head },
      warnings: [expect.stringContaining('"services/api/workload.yaml" is not in')],
    });
  });

  it('with --resolve answers 1 for all that the build lacks', async () => {
    const { plan, written } = stage(sampleRun());

    expect(await plan('-f', 'run.yaml', '--resolve')).toBe(1);
    expect(written.err).toMatch(
      /^SourceNotFound: build context "services\/api".*; Dockerfile "services\/api\/Dockerfile"/s,
    );
  });

  it('answers 2 to wrong usage, a file that cannot be read, and settings that do not fit', async () => {
    const { plan, written } = stage(sampleRun());
    expect(await plan()).toBe(2);
    expect(await plan('-f', 'run.yaml', '--dif')).toBe(2);
    expect(await plan('-f', 'other.yaml')).toBe(2);
    expect(written.err).toContain('other.yaml cannot be read: no such file');
    expect(written.out).toBe('');

    const unset = stage(sampleRun(), { settings: 'SLIPWAY_CATALOG is not set' });
    expect(await unset.plan('-f', 'run.yaml')).toBe(2);
    expect(unset.written.err).toContain('SLIPWAY_CATALOG is not set');
  });
});
