import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../failures.ts';
import { chooseOne, missing } from '../openchoreo/generate/choose-one.ts';
import { newRelease, releaseSpec } from '../openchoreo/generate/component-release.ts';
import { type Dialect, requireWorkload } from '../openchoreo/generate/dialect.ts';
import { warnOfDropped, warnOfUnset } from '../openchoreo/generate/dropped.ts';
import { type ComponentParts, findComponent } from '../openchoreo/generate/find-parts.ts';
import type { OutputDirectories } from '../openchoreo/generate/release-config.ts';
import { Workload } from '../openchoreo/kinds/workload.ts';
import type { ReleaseOwner } from '../openchoreo/repository/entries-for-release.ts';
import { checked } from '../openchoreo/repository/repository.ts';
import type { Warn } from '../openchoreo/warning.ts';
import { isMapping } from '../openchoreo/yaml/compose.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';
import { splitDocuments } from '../openchoreo/yaml/documents.ts';
import { readExactly } from '../openchoreo/yaml/read.ts';
import { writeYaml } from '../openchoreo/yaml/write.ts';
import { type Change, changeOf } from './change.ts';
import { defaultDirectory, resolvedDirectory } from './output-directory.ts';
import type { LargestNumber } from './release-numbers.ts';
import { refuse, requireSafeName } from './scope.ts';
import type { Tree } from './tree.ts';

/** How a component is released. */
export interface ReleaseRequest extends ReleaseOwner {
  /** Empty: component, date, number. */
  readonly name: string;
  /** From the root; empty where it is not given. */
  readonly outputPath: string;
  readonly config: OutputDirectories;
  /** `YYYYMMDD` */
  readonly today: string;
  readonly largestNumber: LargestNumber;
  /** True for one of many: then the folder is found as in bulk runs. */
  readonly bulk: boolean;
  readonly dryRun: boolean;
  readonly dialect: Dialect | undefined;
}

/** A release that is to be written, or `change` null where an equal one is there. */
export interface NewRelease {
  readonly name: string;
  readonly manifest: string;
  readonly change: Change | null;
}

/** The release of a component as it stands in the tree. Throws a `Failure`; never replaces a release by another. */
export function generateRelease(tree: Tree, request: ReleaseRequest, warn: Warn): NewRelease {
  const { namespace, component } = request;
  requireSafeName('component', component);
  const { dialect, spec } = currentSpec(tree, request, request.dialect, warn);
  const explicit = request.name !== '';
  const automatic = explicit ? '' : automaticName(request);
  const named = (name: string) => ({ name, manifest: writeYaml(newRelease(name, namespace, spec)) });
  if (request.dryRun) return { ...named(request.name || automatic), change: null };

  const directory = releaseDirectory(tree, request, dialect);
  const fileOf = (name: string) => join(directory, `${name}.yaml`);
  const exists = explicit && existsSync(fileOf(request.name));
  if (exists && dialect === 'v1.2')
    refuse(`a component release with name "${request.name}" already exists at ${fileOf(request.name)}; choose another`);
  const text = writeYaml(spec);
  const latest = latestFile(directory, component);
  const isEqual =
    (latest !== undefined && specText(join(directory, latest), warn) === text) ||
    (exists && specText(fileOf(request.name), warn) === text);
  if (isEqual) return { ...named(request.name || automatic), change: null };
  if (exists) {
    throw new Failure(
      'ReleaseConflict',
      `${fileOf(request.name)}: ComponentRelease ${request.name} exists with another spec; releases never change, so choose another --name`,
    );
  }
  const chosen = named(request.name || freeName(automatic, directory));
  return { ...chosen, change: changeOf(fileOf(chosen.name), chosen.manifest) };
}

function automaticName({ component, today, largestNumber }: ReleaseRequest): string {
  const prefix = `${component}-${today}-`;
  return `${prefix}${largestNumber(prefix) + 1}`;
}

/** What a release of the component would hold now. Throws a `Failure`. */
export function currentSpec(
  { repository }: Tree,
  owner: ReleaseOwner,
  wanted: Dialect | undefined,
  warn: Warn,
): { readonly dialect: Dialect; readonly spec: unknown } {
  const parts: ComponentParts = findComponent(repository, owner, warn, wanted);
  const { project, component } = owner;
  const entry = chooseOne(repository, 'Workload', { project, component }, warn);
  if (!entry) {
    throw missing(
      repository,
      owner,
      `workload for component ${component} (project: ${project}) not found; create it with "workload create"`,
    );
  }
  const manifest = repository.read(entry);
  const workload = checked(Workload, manifest);
  requireWorkload(workload, `${manifest.place}: Workload ${entry.name}`, parts.dialect);
  const spec = releaseSpec(parts, workload);
  warnOfUnset(manifest, parts.dialect, warn);
  warnOfDropped(parts, manifest, spec, warn);
  return { dialect: parts.dialect, spec };
}

function releaseDirectory(tree: Tree, request: ReleaseRequest, dialect: Dialect): string {
  const { project, component, config, outputPath, bulk } = request;
  const said = config.releases(project, component) || outputPath;
  if (said !== '') return resolve(tree.root, said);
  const resolved = bulk || dialect === 'v1.2' ? resolvedDirectory(tree, request, 'releases', dialect) : undefined;
  return resolved ?? defaultDirectory(tree, request, 'releases');
}

/** The number after the largest in the folder, where the name is taken by a file that the tree does not count. */
function freeName(name: string, directory: string): string {
  if (!existsSync(join(directory, `${name}.yaml`))) return name;
  const prefix = name.replace(/\d+$/, '');
  const numbers = readdirSync(directory)
    .filter((file) => file.startsWith(prefix))
    .map((file) => /^(\d+)\.yaml$/.exec(file.slice(prefix.length))?.[1] ?? 0)
    .map(Number);
  return `${prefix}${Math.max(...numbers) + 1}`;
}

/** As the original tool has it: the greatest file name, not the newest file. */
function latestFile(directory: string, component: string): string | undefined {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${component}-`) && name.endsWith('.yaml'))
    .sort()
    .at(-1);
}

function specText(path: string, warn: Warn): string | undefined {
  try {
    const text = decodeText(readFileSync(path));
    const [range] = splitDocuments(text);
    const value = range && readExactly(text, range, path);
    if (isMapping(value) && value['spec'] !== undefined) return writeYaml(value['spec']);
    warn({ file: path, line: null, text: 'it has no spec to compare with' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn({ file: path, line: null, text: `failed to check for existing release: ${reason}` });
  }
  return undefined;
}
