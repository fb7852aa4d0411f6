import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bridge, type Machine, node, pathsIn } from './machine.ts';

/** Who speaks to the API server: the tests as `admin`, and the cluster's own parts. */
const users = {
  admin: { user: 'admin', groups: 'system:masters' },
  'controller-manager': { user: 'system:kube-controller-manager', groups: '' },
  scheduler: { user: 'system:kube-scheduler', groups: '' },
  kubelet: { user: `system:node:${node}`, groups: 'system:nodes' },
  proxy: { user: 'system:kube-proxy', groups: '' },
} as const;

/** Where a kubeconfig leads and as whom. */
export interface KubeconfigOptions {
  readonly server: string;
  /** PEM, in base64. */
  readonly certificateAuthority: string;
  readonly user: string;
  readonly token: string;
}

/** Writes a kubeconfig with a bearer token, readable by its owner only. */
export async function writeKubeconfig(file: string, options: KubeconfigOptions): Promise<void> {
  const { server, certificateAuthority, user, token } = options;
  const configuration = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': certificateAuthority } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user, namespace: 'default' } }],
    users: [{ name: user, user: { token } }],
  };
  await writeFile(file, JSON.stringify(configuration, undefined, 2), { mode: 0o600 }); // JSON is YAML
}

/** Makes a random token for everyone who speaks to the API server: its list of tokens, and a kubeconfig each. The tests' leads to 127.0.0.1. */
export async function makeKubeconfigs({ folder, ports }: Machine): Promise<void> {
  const { certificates, kubeconfig, kubeconfigs } = pathsIn(folder);
  await mkdir(kubeconfigs, { recursive: true, mode: 0o700 });
  const certificateAuthority = await readFile(join(certificates, 'ca.crt'), 'base64');
  const tokens = await Promise.all(
    Object.entries(users).map(async ([name, { user, groups }]) => {
      const token = randomBytes(24).toString('hex');
      const [file, host] = name === 'admin' ? [kubeconfig, '127.0.0.1'] : [join(kubeconfigs, name), bridge.address];
      await writeKubeconfig(file, { server: `https://${host}:${ports.api}`, certificateAuthority, user, token });
      return `${token},${user},${name},"${groups}"\n`;
    }),
  );
  await writeFile(join(certificates, 'tokens.csv'), tokens.join(''), { mode: 0o600 });
}
