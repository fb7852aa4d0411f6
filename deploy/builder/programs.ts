import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { commandOutput } from '../../src/embedded/run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The Node that the image gets: the checkout's own. */
export const nodeProgram = join(root, 'node_modules/node/bin/node');

const entry = 'src/planes/kubernetes/job-step.js';
const imports = /^(?:import|export)\s+(?:[\w*{}\s,$]+?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** The step programs as they stand in `/opt/slipway`: path → text of `job-step.js` and each compiled file that it imports. */
export async function stepPrograms(): Promise<ReadonlyMap<string, string>> {
  const compiled = await mkdtemp(join(tmpdir(), 'slipway-programs-'));
  try {
    const project = join(root, 'deploy/builder/tsconfig.json');
    const arguments_ = ['-p', project, '--outDir', compiled];
    await commandOutput(join(root, 'node_modules/.bin/tsc'), arguments_, { environment: process.env });
    const files = new Map([
      ['job-step.js', `import './${entry}';\n`],
      ['package.json', '{"type":"module"}\n'],
    ]);
    const add = async (url: URL): Promise<void> => {
      const path = fileURLToPath(url);
      const name = path.startsWith(compiled + sep) ? relative(compiled, path) : nameOfLibraryFile(path);
      if (files.has(name)) return;
      const text = await readFile(path, 'utf8');
      files.set(name, text);
      for (const [, target = ''] of text.matchAll(imports)) {
        if (target.startsWith('node:')) continue;
        const isLibrary = !target.startsWith('.');
        if (isLibrary) await add(pathToFileURL(join(root, 'node_modules', target, 'package.json')));
        await add(isLibrary ? new URL(import.meta.resolve(target)) : new URL(target, url));
      }
    };
    await add(pathToFileURL(join(compiled, entry)));
    return files;
  } finally {
    await rm(compiled, { recursive: true, force: true });
  }
}

function nameOfLibraryFile(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/'));
}

/** Writes the programs, and Node, where the Dockerfile takes them from. */
if (import.meta.main) {
  const target = join(root, 'dist/builder');
  await rm(target, { recursive: true, force: true });
  for (const [name, text] of await stepPrograms()) {
    const file = join(target, 'slipway', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await mkdir(join(target, 'bin'));
  await copyFile(nodeProgram, join(target, 'bin/node'));
  process.stdout.write('dist/builder is ready: docker build -f deploy/builder/Dockerfile …\n');
}
