import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildkitPrograms } from '../../deploy/builder/buildkit.ts';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { startProcess } from '../../src/embedded/processes.ts';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { tryCommand } from '../../src/planes/local/try-command.ts';

/** A BuildKit daemon without root, as docker-compose.yml has it. */
export interface BuildkitService {
  /** `unix://…` */
  readonly address: string;
  /** A PATH with buildctl. */
  readonly path: string;
  readonly logFile: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const settings = fileURLToPath(new URL('../../deploy/compose/buildkitd.toml', import.meta.url));
/** As in the image moby/buildkit:rootless. */
const user = 1000;

/** Starts one with the settings of docker-compose.yml, whose registry here is that `host:port`. Needs root, to become another user. */
export async function startBuildkitService(registry: string): Promise<BuildkitService> {
  const environment = process.env;
  const programs = await buildkitPrograms(defaultCacheFolder(environment), (text) => process.stderr.write(`${text}\n`));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-buildkit-'));
  const [config, passwd, ids, socket] = ['buildkitd.toml', 'passwd', 'ids', 'run/buildkitd.sock'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  await writeFile(config, (await readFile(settings, 'utf8')).replaceAll('registry:5000', registry));
  await writeFile(passwd, `root:x:0:0::/root:/bin/sh\nuser:x:${user}:${user}::${folder}:/bin/sh\n`);
  await writeFile(ids, 'user:100000:65536\n');
  for (const name of ['run', 'data', 'rootlesskit', 'tmp']) await mkdir(join(folder, name));
  // That user may not look into the cache.
  await cp(programs, join(folder, 'programs'), { recursive: true });
  await commandOutput('chown', ['-R', `${user}:${user}`, folder], { environment });
  const path = [join(folder, 'programs'), environment['PATH'] ?? ''].join(delimiter);
  const address = `unix://${socket}`;
  // This user and its subordinate ids exist in a mount namespace of its own only.
  const become = [
    `mount --bind ${passwd} /etc/passwd`,
    'touch /etc/subuid /etc/subgid',
    `mount --bind ${ids} /etc/subuid`,
    `mount --bind ${ids} /etc/subgid`,
    `exec setpriv --reuid=${user} --regid=${user} --clear-groups "$@"`,
  ].join(' && ');
  const daemon = [
    ...['rootlesskit', `--state-dir=${folder}/rootlesskit`, '--copy-up=/run', 'buildkitd', '--rootless'],
    ...[`--addr=${address}`, `--root=${folder}/data`, `--config=${config}`],
  ];
  const server = await startProcess(folder, {
    name: 'buildkitd',
    command: 'unshare',
    // All that it started ends with it.
    args: ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-ec', become, 'sh', ...daemon],
    environment: { PATH: path, HOME: folder, USER: 'user', XDG_RUNTIME_DIR: `${folder}/run`, TMPDIR: `${folder}/tmp` },
    isReady: async () =>
      (await tryCommand(['buildctl', `--addr=${address}`, 'debug', 'workers'], { PATH: path })).works,
    readyWithinSeconds: 60,
  });
  return {
    address,
    path,
    logFile: server.logFile,
    kill: () => server.kill(),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
