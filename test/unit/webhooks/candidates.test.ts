import { describe, expect, it } from 'vitest';
import { createFileCatalog } from '../../../src/catalog/file-catalog.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { createFindCandidates } from '../../../src/webhooks/candidates.ts';
import { platform } from '../runs/sample-resources.ts';
import { catalogWith, component } from './matching.ts';

const find = createFindCandidates(builtInFlows);
const url = 'https://github.com/org/repo';

/** A catalog of two files, of the platform and of a Component, that can be changed. */
function changing(platformText: string, componentText: string) {
  let files = ['0', '1'];
  const texts = [platformText, componentText];
  const list = () => files.map((version, at) => ({ path: `${at}.yaml`, version }));
  let listed = list();
  const catalog = createFileCatalog('sample', {
    list: async () => listed,
    async *read(wanted) {
      for (const file of wanted) yield { file, text: texts[Number(file.version)] ?? '' };
    },
  });
  const change = (at: 0 | 1, text: string) => {
    files = files.with(at, `${texts.push(text) - 1}`);
    listed = list();
  };
  return { catalog, change };
}

describe('createFindCandidates', () => {
  it('works out where the source is and what of it matters', async () => {
    const [api] = await find(catalogWith([{ appPath: '/svc', context: '.', dockerfile: './Dockerfile' }]), [url]);

    expect(api).toMatchObject({
      id: 'default/shop/api',
      namespace: 'default',

      state: { branch: 'main', watch: ['svc', 'svc/workload.yaml', '.', 'Dockerfile'], ignore: [] },
    });
  });

  it('reads watched and ignored paths from the run template', async () => {
    const platformWithPaths = platform.replace(
      '- { name: image-tag',
      "- { name: slipway-watch-paths, value: '/libs/common/, go.*' }\n          - { name: slipway-ignore-paths, value: '[\"**/*.md\"]' }\n          - { name: image-tag",
    );
    const [api] = await find(changing(platformWithPaths, component()).catalog, [url]);

    expect(api?.state).toMatchObject({
      watch: ['svc', 'svc/workload.yaml', 'svc/Dockerfile', 'libs/common', 'go.*'],
      ignore: ['**/*.md'],
    });
  });

  it('finds the components of one repository alone, in any form of its URL', async () => {
    const catalog = catalogWith([
      { name: 'a' },
      { name: 'b', url: 'git@github.com:Org/Repo.git' },
      { name: 'c', url: `${url}2` },
    ]);
    const found = await find(catalog, [url]);

    expect(found.map(({ id }) => id)).toEqual(['default/shop/a', 'default/shop/b']);
    expect(await find(catalog, ['https://github.com/none/here'])).toEqual([]);
    expect(await find(catalog)).toHaveLength(3);
  });

  it.each([
    ['"parameters":', '"paramters":', 'spec.workflow.paramters: unknown field; known here: name'],
    ['"systemParameters":{', '"systemParameters":{"repo":{},', 'spec.workflow.systemParameters.repo: unknown'],
  ])('takes no slip of a Component for a default: %s as %s', async (right, slip, detail) => {
    const [api] = await find(changing(platform, component().replace(right, slip)).catalog, [url]);

    expect(api?.state).toEqual({ reason: 'invalid', detail: expect.stringContaining(detail) });
    expect(api?.state).toMatchObject({ detail: expect.stringMatching(/^its run would be refused: /) });
  });

  it('reads a Component of a later dialect, which tells the kind of its workflow', async () => {
    const [api] = await find(changing(platform, component().replace('"workflow":{', '$&"kind":"Workflow",')).catalog, [
      url,
    ]);

    expect(api?.state).toMatchObject({ branch: 'main' });
  });

  it('gives the same answer until the component, its workflow or its type changes', async () => {
    const { catalog, change } = changing(platform, component());
    const stateOf = async () => (await find(catalog, [url]))[0]?.state;
    const before = await stateOf();
    expect(await stateOf()).toBe(before);

    change(1, component({ branch: 'dev' }));
    expect(await stateOf()).toMatchObject({ branch: 'dev' });
    change(0, platform.replace("'${systemParameters.repository.revision.branch}'", 'fixed'));
    expect(await stateOf()).toMatchObject({ branch: 'fixed' });
    change(0, platform.replace('allowedWorkflows: [docker-gitops-release,', 'allowedWorkflows: ['));
    expect(await stateOf()).toMatchObject({ reason: 'not-allowed' });
    change(0, platform);
    expect(await stateOf()).toMatchObject({ branch: 'dev' });
  });

  it('tells the catalog’s outage', async () => {
    const { catalog } = changing(platform, component());
    const away = { ...catalog, now: () => Promise.reject(new Error('away')) };
    await expect(find(away, [url])).rejects.toThrow('away');
  });
});
