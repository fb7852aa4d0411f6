import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

const Manifest = z.looseObject({
  scripts: z.record(z.string(), z.unknown()).catch({}).default({}),
  dependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  devDependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  optionalDependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
});
const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** Does installing by this package.json read further files of the repository: by a script of its own, or a package that is a folder here? */
export function needsSource(packageJson: string): boolean {
  const manifest = Manifest.safeParse(parseJson(packageJson)).data;
  if (manifest === undefined) return false;
  const { scripts, dependencies, devDependencies, optionalDependencies } = manifest;
  const ranges = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  return (
    atInstall.some((name) => Object.hasOwn(scripts, name)) ||
    ranges.some((range) => /^(?:file|link|portal|patch):/.test(String(range)))
  );
}
