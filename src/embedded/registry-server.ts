import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ServerProcess, startProcess } from './processes.ts';

export interface RegistryServerOptions {
  /** The distribution registry's program. */
  readonly program: string;
  /** For configuration, images, pid file and log. */
  readonly folder: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
}

export interface RegistryServer extends ServerProcess {
  /** `host:port`, spoken to by plain http. */
  readonly host: string;
}

/** Starts an image registry on loopback that keeps its images in the folder and allows to delete them. */
export async function startRegistryServer(options: RegistryServerOptions): Promise<RegistryServer> {
  const host = `127.0.0.1:${options.port}`;
  const configuration = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(options.folder, 'images') }, delete: { enabled: true } },
    http: { addr: host, secret: 'one server only, so nobody else must know it' },
  };
  await mkdir(options.folder, { recursive: true });
  const configurationFile = join(options.folder, 'registry.yaml');
  await writeFile(configurationFile, stringify(configuration));
  const server = await startProcess(options.folder, {
    name: 'registry',
    command: options.program,
    args: ['serve', configurationFile],
    environment: options.environment,
    isReady: async (signal) => (await fetch(`http://${host}/v2/`, { signal })).ok,
    readyWithinSeconds: 20,
  });
  return { ...server, host };
}
