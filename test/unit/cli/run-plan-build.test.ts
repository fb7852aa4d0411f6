import { expect, it } from 'vitest';
import type { BuildPlan } from '../../../src/builds/build-plan.ts';
import { buildFacts } from '../../../src/cli/run-plan-build.ts';

const buildpacks: BuildPlan = {
  kind: 'buildpacks',
  app: 'apps/web',
  builderImage: 'b',
  env: [],
  files: null,
  group: [],
};

it('the facts of a build by buildpacks say what is left to the builder and what is built', () => {
  expect(buildFacts(buildpacks)).toEqual([
    ['build', 'buildpacks'],
    ['  app', 'apps/web'],
    ['  builderImage', 'b'],
    ['  env', 'none'],
    ['  files', 'all'],
    ['  buildpacks', "in the builder's own order"],
  ]);
});

it('variables, patterns and buildpacks stand on a line each, whatever is in them', () => {
  const env = [
    { name: 'A', value: '1=2' },
    { name: 'B', value: '' },
    { name: 'C', value: 'two words, "quoted"\nand lines' },
  ];
  const files = { mode: 'exclude', patterns: ['*.md', '/docs'] } as const;
  const group = [{ id: 'acme/node' }, { id: 'acme/npm', version: '1.2.3' }];

  expect(buildFacts({ ...buildpacks, env, files, group }).slice(3)).toEqual([
    ['  env', 'A=1=2, B=, C="two words, \\"quoted\\"\\nand lines"'],
    ['  files', 'all but *.md, /docs'],
    ['  buildpacks', 'acme/node, acme/npm@1.2.3'],
  ]);
  expect(buildFacts({ ...buildpacks, files: { mode: 'include', patterns: ['src'] } })).toContainEqual([
    '  files',
    'only src',
  ]);
});

it('the facts of other builds are their settings', () => {
  expect(buildFacts({ kind: 'docker', context: '.', dockerfile: 'Dockerfile' })).toEqual([
    ['build', 'docker'],
    ['  context', '.'],
    ['  dockerfile', 'Dockerfile'],
  ]);
});
