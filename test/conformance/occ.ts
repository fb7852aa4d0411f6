import { posix } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../src/failures.ts';
import { newRelease, releaseSpec } from '../../src/openchoreo/generate/component-release.ts';
import { readDescriptor } from '../../src/openchoreo/generate/descriptor.ts';
import { descriptorFiles } from '../../src/openchoreo/generate/descriptor-files.ts';
import { chooseOne, findComponent, findPipeline } from '../../src/openchoreo/generate/find-parts.ts';
import { directoryFor } from '../../src/openchoreo/generate/place.ts';
import { newBinding } from '../../src/openchoreo/generate/release-binding.ts';
import { newWorkload, withImage } from '../../src/openchoreo/generate/workload.ts';
import { ReleaseBinding } from '../../src/openchoreo/kinds/release-binding.ts';
import { Workload } from '../../src/openchoreo/kinds/workload.ts';
import { checked, openRepository, type Repository } from '../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../src/openchoreo/repository/scan.ts';
import { isMapping } from '../../src/openchoreo/yaml/compose.ts';
import { replaceDocument, setText } from '../../src/openchoreo/yaml/edit.ts';
import { parseYaml } from '../../src/openchoreo/yaml/read.ts';
import { writeYaml } from '../../src/openchoreo/yaml/write.ts';

/** Files by path relative to the case's working folder. */
export type Files = Map<string, string>;

interface Call {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly repository: Repository;
  /** Reads and writes below the working folder. */
  readonly files: Files;
  /** Writes below the repository. */
  write(path: string, text: string): void;
}

const ignoreWarning = () => undefined;

/** One command of the original tool, done with our functions. The result is the exit code. */
export function occ(
  args: readonly string[],
  files: Files,
  namespace: string,
): { readonly exit: number; readonly error: string } {
  const flags = readFlags(args.slice(2));
  const scan = createScan();
  const texts = new Map(
    [...files].flatMap(([path, text]) => (path.startsWith('repo/') ? [[path.slice(5), text]] : [])),
  );
  for (const [path, text] of texts) scan.add(path, text);
  const call: Call = {
    namespace: flags['namespace'] ?? namespace,
    project: flags['project'] ?? '',
    component: flags['component'] ?? '',
    flags,
    repository: openRepository(scan, texts),
    files,
    write: (path, text) => files.set(posix.join('repo', path), text),
  };
  try {
    commands[args.slice(0, 2).join(' ')]?.(call);
    return { exit: 0, error: '' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { exit: 1, error: error.message };
  }
}

const commands: Readonly<Record<string, (call: Call) => void>> = {
  'workload create': createWorkload,
  'componentrelease generate': generateRelease,
  'releasebinding generate': generateBinding,
};

function readFlags(args: readonly string[]): Call['flags'] {
  const names = ['mode', 'root-dir', 'namespace', 'project', 'component', 'image', 'descriptor', 'name', 'output-path'];
  const more = ['target-env', 'use-pipeline', 'component-release'];
  const options = Object.fromEntries([...names, ...more].map((name) => [name, { type: 'string' as const }]));
  return parseArgs({ args: [...args], options }).values as Call['flags'];
}

function createWorkload({ namespace, project, component, flags, repository, files, write }: Call): void {
  const image = flags['image'] ?? '';
  const existing = chooseOne(repository, 'Workload', { project, component }, ignoreWarning);
  const owner = chooseOne(repository, 'Component', { namespace, name: component }, ignoreWarning);
  const descriptor = flags['descriptor'];
  if (existing && descriptor === undefined) {
    const manifest = repository.read(existing);
    const changed = writeYaml(withImage(checked(Workload, manifest), image));
    write(existing.path, replaceDocument(manifest.text, existing.document, changed));
    return;
  }
  const text = descriptor === undefined ? null : files.get(descriptor);
  if (text === undefined) throw new Failure('DescriptorInvalid', `${descriptor} does not exist`);
  const source =
    text === null || descriptor === undefined
      ? null
      : { path: descriptor, descriptor: readDescriptor(text, descriptor), files };
  if (source && text !== null) descriptorFiles(text, source.path);
  const written = writeYaml(newWorkload({ namespace, project, component, image }, source));
  if (existing) write(existing.path, replaceDocument(repository.text(existing), existing.document, written));
  else
    write(
      owner
        ? posix.join(posix.dirname(owner.path), 'workload.yaml')
        : `projects/${project}/components/${component}/workload.yaml`,
      written,
    );
}

function generateRelease({ namespace, project, component, flags, repository, files, write }: Call): void {
  const parts = findComponent(repository, { namespace, project, component }, ignoreWarning);
  const entry = chooseOne(repository, 'Workload', { project, component }, ignoreWarning);
  if (!entry) throw new Failure('ManifestInvalid', `workload for component ${component} not found`);
  const workload = checked(Workload, repository.read(entry));
  const spec = releaseSpec({ ...parts, workload });
  const directory = (flags['output-path'] ?? '').replace('repo/', '');
  const previous = [...files.keys()]
    .filter((path) => posix.dirname(path) === posix.join('repo', directory))
    .filter((path) => posix.basename(path).startsWith(`${component}-`) && path.endsWith('.yaml'))
    .sort()
    .at(-1);
  if (previous && specOf(files.get(previous) ?? '') === writeYaml(spec)) return;
  const name = flags['name'] ?? '';
  write(posix.join(directory, `${name}.yaml`), writeYaml(newRelease(name, namespace, spec)));
}

function specOf(text: string): string | undefined {
  try {
    const [value] = parseYaml(text, 'release');
    return isMapping(value) ? writeYaml(value['spec'] ?? null) : undefined;
  } catch {
    return undefined;
  }
}

function generateBinding({ namespace, project, component, flags, repository, write }: Call): void {
  const owner = { namespace, project, component };
  const { environments, name } = findPipeline(repository, owner, flags['use-pipeline'] ?? null, ignoreWarning);
  const environment = flags['target-env'] ?? environments.root;
  if (!environments.known.has(environment))
    throw new Failure('ManifestInvalid', `environment ${environment} is not in ${name}`);
  const bindings = repository
    .find('ReleaseBinding', { project, component })
    .map((entry) => ({ entry, value: checked(ReleaseBinding, repository.read(entry)) }));
  const bindingIn = (wanted: string | undefined) => bindings.find(({ value }) => value.spec.environment === wanted);

  const releases = repository.find('ComponentRelease', { project, component }).map((release) => release.name);
  const asked = flags['component-release'];
  const latest = releases.toSorted().at(-1);
  const promoted = bindingIn(environments.previous(environment))?.value.spec.releaseName;
  const known = asked !== undefined && releases.includes(asked) ? asked : undefined;
  const release = asked !== undefined ? known : environment === environments.root ? latest : promoted;
  if (!release) throw new Failure('ManifestInvalid', `there is no release to bind in ${environment}`);

  const existing = bindingIn(environment)?.entry;
  if (existing) {
    write(existing.path, setText(repository.text(existing), existing.document, ['spec', 'releaseName'], release));
    return;
  }
  const found = chooseOne(repository, 'Component', { namespace, name: component }, ignoreWarning);
  const resolved = directoryFor(
    bindings.map(({ entry }) => entry),
    found ?? missingComponent(owner),
    'release-bindings',
  );
  const directory = flags['output-path']?.replace('repo/', '') ?? resolved;
  write(
    posix.join(directory, `${component}-${environment}.yaml`),
    writeYaml(newBinding({ ...owner, environment, release })),
  );
}

function missingComponent({
  namespace,
  project,
  component,
}: {
  namespace: string;
  project: string;
  component: string;
}) {
  const path = `projects/${project}/components/${component}/component.yaml`;
  return { path, document: 0, kind: 'Component' as const, name: component, namespace, project, component: '' };
}
