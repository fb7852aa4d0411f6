import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { z } from 'zod';

// `npm run build`: makes dist/, a package that runs without a compiler.

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');

/** What the samples' repositories are made of; everything else in those folders is code. */
const samples = ['src/embedded/samples/greeter', 'src/embedded/samples/gitops'];

/** The checkout brings its own Node; the package runs on its user's, and the code needs what came with 22. */
const engines = { node: '>=22' };

await rm(dist, { recursive: true, force: true });
compile();
await Promise.all([bundleWorkflows(), ...samples.map(copy), copy('LICENSE'), copy('README.md'), writePackage()]);
process.stdout.write('dist/ is ready: node dist/src/cli.js --help\n');

function compile(): void {
  const { status } = spawnSync('tsc', ['-p', 'deploy/tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Workers of the package start with these instead of bundling at each start. */
async function bundleWorkflows(): Promise<void> {
  for (const name of ['index', 'versioned']) {
    const workflowsPath = join(dist, `workflows/${name}.js`);
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    await writeFile(join(dist, `workflows/${name}.bundle.js`), code);
  }
}

async function copy(path: string): Promise<void> {
  await mkdir(dirname(join(dist, path)), { recursive: true });
  await cp(join(root, path), join(dist, path), { recursive: true });
}

async function writePackage(): Promise<void> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { name, version, description, license, type, dependencies } = z.looseObject({}).parse(JSON.parse(text));
  const own = {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: { slipway: 'src/cli.js' },
    exports: './src/client.js',
    dependencies,
  };
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
}
