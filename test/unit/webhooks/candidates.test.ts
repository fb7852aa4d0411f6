import { describe, expect, it } from 'vitest';
import { createFileCatalog } from '../../../src/catalog/file-catalog.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { createFindCandidates } from '../../../src/webhooks/candidates.ts';
import { platform } from '../runs/sample-resources.ts';
import { catalogWith, component, type Sample } from './matching.ts';

const find = createFindCandidates(builtInFlows);
const url = 'https://github.com/org/repo';

/** A catalog whose one file can be changed; counts how often files are read. */
function changing(first: string) {
  let files = [{ path: 'a.yaml', version: '0' }];
  const texts = [first];
  const catalog = createFileCatalog('sample', {
    list: async () => files,
    async *read(wanted) {
      for (const file of wanted) yield { file, text: texts[Number(file.version)] ?? '' };
    },
  });
  const change = (text: string) => {
    files = [{ path: 'a.yaml', version: `${texts.push(text) - 1}` }];
  };
  return { catalog, change };
}

const all = (...samples: Sample[]) => [platform, ...samples.map(component)].join('\n---\n');

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
    const [api] = await find(changing([platformWithPaths, component()].join('\n---\n')).catalog, [url]);

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

  it('gives the same answer until the component, its workflow or its type changes', async () => {
    const { catalog, change } = changing(all({}));
    const [before] = await find(catalog, [url]);
    expect((await find(catalog, [url]))[0]).toBe(before);

    change(all({ branch: 'dev' }));
    expect((await find(catalog, [url]))[0]?.state).toMatchObject({ branch: 'dev' });
    change(all({}).replace("'${systemParameters.repository.revision.branch}'", 'fixed'));
    expect((await find(catalog, [url]))[0]?.state).toMatchObject({ branch: 'fixed' });
    change(all({}).replace('allowedWorkflows: [docker-gitops-release,', 'allowedWorkflows: ['));
    expect((await find(catalog, [url]))[0]?.state).toMatchObject({ reason: 'not-allowed' });
  });

  it('tells the catalog’s outage', async () => {
    const { catalog } = changing(all({}));
    const away = { ...catalog, now: () => Promise.reject(new Error('away')) };
    await expect(find(away, [url])).rejects.toThrow('away');
  });
});
