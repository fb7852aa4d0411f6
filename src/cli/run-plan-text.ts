import { imageTag } from '../runs/names.ts';
import type { Plan } from '../runs/plan.ts';
import { colourDiff } from './demo-steps.ts';
import { type Out, paint } from './out.ts';
import { buildFacts } from './run-plan-build.ts';
import type { GeneratedFiles } from './run-plan-frontend.ts';
import { indent } from './wrap.ts';

/** A plan with what `--resolve` and `--diff` found out. */
export interface LookedPlan {
  readonly plan: Plan;
  /** Null unless the build has such files. */
  readonly generated: GeneratedFiles | null;
  /** Null unless it was asked for. */
  readonly diff: string | null;
}

/** Stands in a diff where the image's digest will be. */
export const unknownDigest = 'sha256:(known after the build)';

/** The plan as JSON, in the shape that the help promises. */
export function planJson({ plan, generated, diff }: LookedPlan): string {
  const { flow, run, namespace, project, component, build, image, gitops, warnings } = plan;
  const { repository, branch, commit, appPath, descriptorPath } = plan.source;
  const source = { repository, branch, commit, appPath, descriptorPath };
  const found = {
    ...{ flow, run, namespace, project, component, source, build },
    ...(generated && { generated }),
    ...{ image, gitops, warnings },
    ...(diff !== null && { diff }),
  };
  return `${JSON.stringify(found, null, 2)}\n`;
}

/** Columns of a fact's name, the longest of which is a build's `buildCommand`. */
const width = 16;

/** The plan for people. */
export function planText({ plan, generated, diff }: LookedPlan, out: Out): string {
  const { source, build, image, gitops } = plan;
  const tag = source.commit ? imageTag(image.tag, source.commit) : `${image.tag}-<first 8 digits of the commit>`;
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['component', `${plan.component} of project ${plan.project} in namespace ${plan.namespace}`],
    ['flow', plan.flow],
    ['source', source.repository],
    ['branch', source.branch],
    ['commit', source.commit ?? 'the head of the branch when it runs'],
    ['application', source.appPath],
    ['descriptor', source.descriptorPath],
    ...buildFacts(build),
    ['image', `${image.registry}/${image.name}:${tag}`],
    ['release into', gitops.repository],
    ['base branch', gitops.branch],
    ['environment', gitops.environment ?? 'the first one of the pipeline'],
    ['pipeline', gitops.pipeline ?? 'the one of the project'],
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}${value}`);
  const warnings = plan.warnings.map(
    (warning) => `${paint(out, 'yellow', 'warning')}${' '.repeat(width - 7)}${indent(warning, width)}`,
  );
  const title = paint(out, 'bold', `Plan of ${plan.namespace}/${plan.run}: nothing has been started`);
  const files = generated === null ? [] : ['', ...generatedText(generated, out)];
  return `${[title, ...lines, ...warnings, ...files, ...(diff === null ? [] : ['', ...changes(diff, out)])].join('\n')}\n`;
}

function generatedText({ packageManager, dockerfile, nginxConf }: GeneratedFiles, out: Out): readonly string[] {
  return [
    packageManager === null
      ? 'The source decides on the package manager: --resolve shows which, and the whole Dockerfile.'
      : `Packages are installed with ${packageManager}.`,
    '',
    paint(out, 'bold', 'The Dockerfile that is generated'),
    dockerfile,
    paint(out, 'bold', 'Its nginx.conf'),
    nginxConf.trimEnd(),
  ];
}

function changes(diff: string, out: Out): readonly string[] {
  if (diff === '') return ['The GitOps repository holds this release already.'];
  return [
    paint(out, 'bold', 'What the pull request would change'),
    `The image's digest is not yet known and shown as ${unknownDigest}.`,
    colourDiff(diff, out),
  ];
}
