import { Failure } from '../failures.ts';
import { componentsOf } from '../occ/components.ts';
import type { Flags } from '../occ/flags.ts';
import { generateRelease, type ReleaseRequest } from '../occ/generate-release.ts';
import { createLargestNumber } from '../occ/release-numbers.ts';
import { refuse, requireFileMode, requireSafeName, requireScope } from '../occ/scope.ts';
import type { Tree } from '../occ/tree.ts';
import { warnOfTree } from '../occ/warn-of-tree.ts';
import { dialectOf } from '../openchoreo/generate/dialect.ts';
import { releaseConfig } from '../openchoreo/generate/release-config.ts';
import { unplacedOf } from '../openchoreo/generate/unplaced-of.ts';
import { commonFlags, type OccCall, type OccDeps, occCommand } from './occ-command.ts';
import { namespaceOf } from './occ-namespace.ts';
import type { Outs } from './usage.ts';

const help = `slipway componentrelease generate --mode file-system (--all | --project P [--component C])

Writes ComponentReleases into a GitOps repository, as occ does in file-system mode.

  --root-dir DIR         the repository (default: the working directory)
  --all                  all components; --project alone: those of a project
  --project, --component which component
  --namespace NAME       default: that of the current context of occ's configuration
  --name NAME            of the release (default: component, date and number)
  --output-path DIR      where to write, from the root; needed with --component up to dialect v0.16
  --dialect DIALECT      v0.15, v0.16 or v1.2 (default: what the component is of)
  --dry-run              prints the releases and writes nothing
  --diff                 also prints what changes
  --json                 prints one JSON object: files, results, warnings, errors
  --strict               writes nothing and ends with 1 where a component of many failed

  slipway componentrelease generate --mode file-system --all

Exit codes: 0 done, also where components of many failed (see --strict), 1 any other error.
`;

const names = {
  texts: [...commonFlags.texts, 'name', 'output-path'],
  switches: [...commonFlags.switches, 'all', 'strict'],
};

/** Writes releases of one component or of many; 1 after an error. */
export async function componentreleaseGenerate(args: readonly string[], deps: OccDeps, outs: Outs): Promise<number> {
  return occCommand({ help, names }, args, deps, outs, (call) => {
    const { flags } = call;
    requireScope(flags);
    const single = flags.given('component');
    if (flags.given('name') && !single)
      refuse('--name can only be used with --component (requires both --project and --component)');
    requireFileMode(flags);
    requireSafeName('release', flags.text('name'));
    const context = namespaceOf(call);
    const tree = call.readTree();
    const request = {
      namespace: context(),
      name: flags.text('name'),
      outputPath: flags.text('output-path'),
      config: releaseConfig(tree.repository),
      today: deps.today,
      largestNumber: createLargestNumber(tree.repository),
      bulk: !single,
      dryRun: call.dryRun,
      dialect: call.dialect,
    };
    return single
      ? generateOne(call, tree, { ...request, project: flags.text('project'), component: flags.text('component') })
      : generateMany(call, tree, request);
  });
}

function generateOne(call: OccCall, tree: Tree, request: ReleaseRequest): number {
  for (const unplaced of unplacedOf(tree.repository, request)) call.warn(unplaced);
  const { flags, say } = call;
  const isThere = tree.repository.find('Component', { name: request.component }).length > 0;
  const dialect = request.dialect ?? dialectOf(tree.repository, request);
  if (isThere && dialect !== 'v1.2' && !flags.given('output-path'))
    refuse('--output-path is required when specifying --component');
  const { name, manifest, change } = generateRelease(tree, request, call.warn);
  if (request.dryRun) say(manifest.trimEnd());
  if (change) {
    call.write(change);
    say(`Generated: ${change.path}`);
  } else if (!request.dryRun) say(`Skipped (unchanged): ${name}`);
  call.note({ project: request.project, component: request.component, name, path: change?.path ?? null, manifest });
  return 0;
}

type BulkRequest = Omit<ReleaseRequest, 'project' | 'component'>;

function generateMany(call: OccCall, tree: Tree, request: BulkRequest): number {
  warnOfTree(tree.repository, call.warn);
  const { flags, say, dryRun } = call;
  const components = findComponents(tree, flags);
  const counts = { generated: 0, unchanged: 0, errors: 0 };
  for (const owner of components) {
    try {
      const { name, manifest, change } = generateRelease(tree, { ...request, ...owner }, call.warn);
      if (dryRun) say(`# Release: ${name} (project: ${owner.project}, component: ${owner.component})\n${manifest}---`);
      if (change) {
        call.write(change);
        say(`Generated: ${change.path}`);
      } else if (!dryRun) say(`Skipped (unchanged): ${name}`);
      counts[change || dryRun ? 'generated' : 'unchanged'] += 1;
      call.note({ ...owner, name, path: change?.path ?? null, manifest });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      counts.errors += 1;
      call.fail(`Error generating release for ${owner.project}/${owner.component}: ${error.message}`);
    }
  }
  const skipped = dryRun ? '' : ` ${counts.unchanged} unchanged (skipped),`;
  say(`\nSummary: ${counts.generated} releases generated,${skipped} ${counts.errors} errors`);
  return counts.errors > 0 && flags.on('strict') ? 1 : 0;
}

function findComponents(tree: Tree, flags: Flags) {
  const project = flags.given('all') ? undefined : flags.text('project');
  const components = componentsOf(tree, project);
  if (components.length > 0) return components;
  return refuse(
    project === undefined ? 'no components found to release' : `no components found for project "${project}"`,
  );
}
