import { resolve } from 'node:path';
import { createWorkload } from '../occ/create-workload.ts';
import { dialectInTree } from '../occ/dialect-in-tree.ts';
import type { Flags } from '../occ/flags.ts';
import { refuse, requireSafeName } from '../occ/scope.ts';
import type { Dialect } from '../openchoreo/generate/dialect.ts';
import { unplacedOf } from '../openchoreo/generate/unplaced-of.ts';
import { commonFlags, type OccDeps, occCommand } from './occ-command.ts';
import type { Outs } from './usage.ts';

const help = `slipway workload create --mode file-system --project P --component C --image IMAGE

Writes the Workload of a component into a GitOps repository, as occ does in file-system mode.
With a descriptor it is made from that, else the existing one gets the image.

  --root-dir DIR         the repository (default: the working directory)
  --namespace, --project, --component
                         whose Workload (default: the current context of occ's configuration)
  --image IMAGE          reference of the image
  --descriptor FILE      the component's workload.yaml in its source repository
  -o, --output FILE      where to write, from the root (default: where the Workload is, or belongs);
                         in dialect v1.2 --output-path
  --dialect DIALECT      v0.15, v0.16 or v1.2 (default: what the component is of)
  --dry-run              prints the Workload and writes nothing
  --diff                 also prints what changes
  --json                 prints one JSON object: files, results, warnings, errors

  slipway workload create --mode file-system --project shop --component web --image r.example/web:2

Exit codes: 0 done, 1 any error; then nothing is written.
`;

const names = {
  texts: [...commonFlags.texts, 'image', 'descriptor', 'output', 'output-path', 'name'],
  switches: commonFlags.switches,
  short: { o: 'output', n: 'namespace', p: 'project', c: 'component' },
};

/** Writes a component's Workload; 1 after any error. */
export async function workloadCreate(args: readonly string[], deps: OccDeps, outs: Outs): Promise<number> {
  return occCommand({ help, names }, args, deps, outs, (call) => {
    const { flags, context, say, warn, write, note, dryRun } = call;
    const mode = flags.text('mode');
    if (mode !== 'file-system') {
      refuse(
        ['', 'api-server'].includes(mode)
          ? 'only file-system mode is supported; pass --mode file-system'
          : `unsupported mode "${mode}": must be "api-server" or "file-system"`,
      );
    }
    const image = flags.text('image');
    const owner = {
      namespace: flags.text('namespace') || (context?.namespace ?? ''),
      project: flags.text('project') || (context?.project ?? ''),
      component: flags.text('component') || (context?.component ?? ''),
    };
    requireAll({ ...owner, image });
    for (const [what, name] of Object.entries(owner)) requireSafeName(what, name);

    const tree = call.readTree();
    for (const unplaced of unplacedOf(tree.repository, owner)) warn(unplaced);
    const dialect = call.dialect ?? dialectInTree(tree, owner);
    const output = outputFlag(flags, dialect);
    const descriptor = flags.given('descriptor') ? resolve(deps.cwd, flags.text('descriptor')) : undefined;
    const { change, manifest } = createWorkload(tree, { ...owner, image, descriptor, output, dialect }, warn);
    if (dryRun) say(manifest);
    write(change);
    if (!dryRun) say(`Workload written to: ${change.path}`);
    note({ ...owner, dialect, path: change.path, manifest });
    return 0;
  });
}

function requireAll(required: Readonly<Record<string, string>>): void {
  const missing = Object.keys(required).filter((name) => required[name] === '');
  if (missing.length === 0) return;
  const flags = missing.map((name) => `--${name}`).sort();
  refuse(
    `Missing required parameter${missing.length > 1 ? 's' : ''}: ${flags.join(', ')}\n\nTo see usage details:\n  slipway workload create -h`,
  );
}

/** v1.2 has another name for the flag, and none for the Workload's own name. */
function outputFlag(flags: Flags, dialect: Dialect): string {
  const foreign = (dialect === 'v1.2' ? ['output', 'name'] : ['output-path']).find((name) => flags.given(name));
  if (foreign !== undefined) refuse(`unknown flag: --${foreign}, in dialect ${dialect}`);
  return flags.text('output') || flags.text('output-path');
}
