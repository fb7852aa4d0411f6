import type { BuildPlan } from '../builds/build-plan.ts';
import { toText } from '../openchoreo/workflow/to-text.ts';

type Fact = readonly [name: string, value: string];
type Buildpacks = Extract<BuildPlan, { kind: 'buildpacks' }>;

/** What a build does, as facts for people; its kind is the first. */
export function buildFacts(build: BuildPlan): readonly Fact[] {
  const { kind, ...settings } = build;
  const facts: readonly Fact[] =
    build.kind === 'buildpacks'
      ? buildpacksFacts(build)
      : Object.entries(settings).map(([name, value]) => [name, toText(value ?? 'none')]);
  return [['build', kind], ...facts.map(([name, value]): Fact => [`  ${name}`, value])];
}

function buildpacksFacts({ app, builderImage, env, files, group }: Buildpacks): readonly Fact[] {
  const variables = env.map(
    ({ name, value }) => `${name}=${/^[^\s,"'\\]*$/.test(value) ? value : JSON.stringify(value)}`,
  );
  return [
    ['app', app],
    ['builderImage', builderImage],
    ['env', listed(variables, 'none')],
    [
      'files',
      files === null ? 'all' : `${files.mode === 'include' ? 'only' : 'all but'} ${listed(files.patterns, 'none')}`,
    ],
    [
      'buildpacks',
      listed(
        group.map(({ id, version }) => (version === undefined ? id : `${id}@${version}`)),
        "in the builder's own order",
      ),
    ],
  ];
}

const listed = (texts: readonly string[], none: string): string => texts.join(', ') || none;
