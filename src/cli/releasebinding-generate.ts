import { Failure } from '../failures.ts';
import { componentsOf } from '../occ/components.ts';
import type { Flags } from '../occ/flags.ts';
import { type Binding, type BindingRequest, generateBinding } from '../occ/generate-binding.ts';
import { refuse, requireFileMode, requireSafeName, requireScope } from '../occ/scope.ts';
import type { Tree } from '../occ/tree.ts';
import { warnOfTree } from '../occ/warn-of-tree.ts';
import { dialectOf } from '../openchoreo/generate/dialect.ts';
import { findPipeline } from '../openchoreo/generate/find-pipeline.ts';
import { releaseConfig } from '../openchoreo/generate/release-config.ts';
import { unplacedOf } from '../openchoreo/generate/unplaced-of.ts';
import { commonFlags, type OccCall, type OccDeps, occCommand } from './occ-command.ts';
import { namespaceOf } from './occ-namespace.ts';
import type { Outs } from './usage.ts';

const help = `slipway releasebinding generate --mode file-system (--all | --project P [--component C])

Writes ReleaseBindings into a GitOps repository, as occ does in file-system mode.

  --root-dir DIR         the repository (default: the working directory)
  --all                  all components; --project alone: those of a project
  --project, --component which component
  --namespace NAME       default: that of the current context of occ's configuration
  --use-pipeline NAME    the deployment pipeline (default: the project's); needed with --all
  -e, --target-env NAME  the environment (default: the pipeline's first); needed with --all
  --component-release NAME
                         what is bound (default: in the first environment the latest release, in
                         others what the one before has)
  --output-path DIR      where new bindings go, from the root
  --dialect DIALECT      v0.15, v0.16 or v1.2 (default: what the component is of)
  --dry-run              prints the bindings and writes nothing
  --diff                 also prints what changes
  --json                 prints one JSON object: files, results, warnings, errors
  --strict               writes nothing and ends with 1 where a component of many failed

  slipway releasebinding generate --mode file-system --project shop --component web -e staging

Exit codes: 0 done, also where components of many failed (see --strict), 1 any other error.
`;

const names = {
  texts: [...commonFlags.texts, 'target-env', 'use-pipeline', 'component-release', 'output-path'],
  switches: [...commonFlags.switches, 'all', 'strict'],
  short: { e: 'target-env' },
};

/** Writes bindings of one component or of many; 1 after an error. */
export async function releasebindingGenerate(args: readonly string[], deps: OccDeps, outs: Outs): Promise<number> {
  return occCommand({ help, names }, args, deps, outs, (call) => {
    const { flags } = call;
    requireBindingScope(flags);
    requireFileMode(flags);
    const namespace = namespaceOf(call);
    const tree = call.readTree();
    const request = {
      namespace: namespace(),
      release: flags.text('component-release'),
      outputPath: flags.text('output-path'),
      config: releaseConfig(tree.repository),
      dialect: call.dialect,
      ...target(call, tree, namespace()),
    };
    return flags.given('component')
      ? generateOne(call, tree, { ...request, project: flags.text('project'), component: flags.text('component') })
      : generateMany(call, tree, request);
  });
}

function requireBindingScope(flags: Flags): void {
  requireScope(flags);
  if (flags.given('all') && flags.text('use-pipeline') === '')
    refuse('--use-pipeline is required when using --all scope');
  if (flags.given('component-release') && !(flags.given('project') && flags.given('component')))
    refuse('--component-release requires both --project and --component to be specified');
}

function target({ flags, say, warn, dialect: wanted }: OccCall, tree: Tree, namespace: string) {
  const asked = flags.text('use-pipeline');
  const owner = { namespace, project: flags.text('project'), component: flags.text('component') };
  const dialect = wanted ?? (flags.given('component') ? dialectOf(tree.repository, owner) : undefined);
  const { name, environments } = findPipeline(tree.repository, owner, asked || null, warn, dialect);
  if (asked === '') say(`No --use-pipeline specified, using project's deploymentPipelineRef: ${name}`);
  const environment = flags.text('target-env') || environments.root;
  if (flags.text('target-env') === '') {
    if (flags.given('all')) refuse('--target-env is required when using --all');
    say(`No --target-env specified, using root environment: ${environment}`);
  }
  if (environments.known.has(environment)) return { environment, environments };
  const known = [...environments.known].join(', ');
  return refuse(
    `invalid target environment: environment "${environment}" does not exist in deployment pipeline "${name}", which has ${known}`,
  );
}

function generateOne(call: OccCall, tree: Tree, request: BindingRequest): number {
  for (const unplaced of unplacedOf(tree.repository, request)) call.warn(unplaced);
  requireSafeName('component', request.component);
  const binding = generateBinding(tree, request, call.warn);
  if (call.dryRun) call.say(binding.manifest.trimEnd());
  finish(call, binding, request);
  return 0;
}

type BulkRequest = Omit<BindingRequest, 'project' | 'component'>;

function generateMany(call: OccCall, tree: Tree, request: BulkRequest): number {
  warnOfTree(tree.repository, call.warn);
  const { flags, say, dryRun } = call;
  const counts = { generated: 0, errors: 0 };
  for (const owner of componentsOf(tree, flags.given('all') ? undefined : flags.text('project'))) {
    const { project, component } = owner;
    try {
      const binding = generateBinding(tree, { ...request, ...owner }, call.warn);
      const { isNew, name, release, manifest } = binding;
      if (dryRun) {
        const done = isNew ? 'Created' : 'Updated';
        const about = `project: ${project}, component: ${component}, release: ${release}`;
        say(`# ${done} binding: ${name} (${about})\n${manifest.trimEnd()}\n---`);
      }
      finish(call, binding, owner);
      counts.generated += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      counts.errors += 1;
      call.fail(`Error generating binding for ${project}/${component}: ${error.message}`);
    }
  }
  say(`\nSummary: ${counts.generated} bindings generated, ${counts.errors} errors`);
  return counts.errors > 0 && flags.on('strict') ? 1 : 0;
}

function finish(
  call: OccCall,
  { name, release, isNew, manifest, change }: Binding,
  { project, component }: { readonly project: string; readonly component: string },
): void {
  call.write(change);
  if (!call.dryRun) call.say(`${isNew ? 'Created' : 'Updated'}: ${change.path}`);
  call.note({ project, component, name, release, path: change.path, manifest });
}
