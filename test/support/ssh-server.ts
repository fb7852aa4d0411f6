import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { choosePorts } from '../../src/embedded/ports.ts';

const run = promisify(execFile);

/** A real sshd, on loopback unless another address is given, as user `git`, whose home has bare repositories. Needs root on Debian or Ubuntu. */
export interface SshServer {
  /** `host:port` */
  readonly host: string;
  /** Folder of the repositories: `ssh://git@<host><root>/<name>.git`. */
  readonly root: string;
  /** A private key that is let in. */
  readonly privateKey: string;
  /** A private key that is not. */
  readonly otherKey: string;
  /** The lines of `known_hosts` for this server. */
  readonly knownHosts: string;
  /** What it logged. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts sshd with its own mounts, so that the user `git` and the folder that it wants are in no other process's sight. */
export async function startSshServer(address = '127.0.0.1'): Promise<SshServer> {
  const program = await findSshd();
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-ssh-'));
  const at = (name: string) => path.join(folder, name);
  for (const name of ['host', 'key', 'other'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)]);
  const { ssh: port } = await choosePorts(at('ports.json'), ['ssh']);
  const users = await readFile('/etc/passwd', 'utf8');
  await writeFile(at('passwd'), `${users}sshd:x:74:74::/run/sshd:/usr/sbin/nologin\ngit:x:0:0::${folder}:/bin/sh\n`);
  await writeFile(
    at('config'),
    [
      `Port ${port}`,
      `ListenAddress ${address}`,
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('key.pub')}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'SetEnv GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=* GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant GIT_CONFIG_VALUE_1=true',
    ].join('\n'),
  );
  const script =
    'mount --bind "$1" /etc/passwd && mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && shift && exec "$@"';
  const child = spawn(
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', at('passwd'), program.sshd, '-D', '-e', '-f', at('config')],
    { env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: program.libraries }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await untilAnswers(address, port, child, () => log);
  const [, type = '', key = ''] = /^(\S+) (\S+)/.exec(await readFile(at('host.pub'), 'utf8')) ?? [];
  return {
    host: `${address}:${port}`,
    root: folder,
    privateKey: await readFile(at('key'), 'utf8'),
    otherKey: await readFile(at('other'), 'utf8'),
    knownHosts: `[${address}]:${port} ${type} ${key}`,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(address: string, port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) break;
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, address, () => resolve(true)).on('error', () => resolve(false));
      socket.once('data', () => socket.destroy());
      setTimeout(() => socket.destroy(), 1000).unref();
    });
    if (answers) return;
    await sleep(100);
  }
  throw new Error(`sshd did not start: ${log()}`);
}

/** The machine's sshd; else Debian's, unpacked into the cache and not installed, so that no service comes with it. */
async function findSshd(): Promise<{ readonly sshd: string; readonly libraries: string }> {
  const own = '/usr/sbin/sshd';
  if (await exists(own)) return { sshd: own, libraries: '' };
  const place = path.join(defaultCacheFolder(process.env), 'tools', 'openssh-server');
  const sshd = path.join(place, 'usr/sbin/sshd');
  if (!(await exists(sshd))) await unpack(place);
  const libraries = path.join(place, 'usr/lib');
  const triplet = (await readdir(libraries)).find((name) => name.endsWith('-linux-gnu')) ?? '';
  return { sshd, libraries: path.join(libraries, triplet) };
}

async function unpack(place: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  const aside = await mkdtemp(`${place}-`);
  const download = () => run('apt-get', ['download', '--quiet', 'openssh-server', 'libwrap0'], { cwd: aside });
  await download().catch(async () => {
    await run('apt-get', ['update', '--quiet']);
    await download();
  });
  for (const name of await readdir(aside)) await run('dpkg-deb', ['-x', name, 'root'], { cwd: aside });
  // Somebody else's is as good.
  await rename(path.join(aside, 'root'), place).catch(() => {});
  await rm(aside, { recursive: true, force: true });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
