import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import type { Cluster } from './cluster.ts';

const program = fileURLToPath(new URL('../../../deploy/image/build.ts', import.meta.url));

/** Makes Slipway's image of this checkout and has it where pods find it at once; returns its reference for pods, and what was said of it. */
export async function publishSlipway(cluster: Cluster): Promise<{ readonly image: string; readonly said: string }> {
  const layout = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    const said = await commandOutput(process.execPath, [program, '--output', layout], { environment: process.env });
    const image = await cluster.publishImage({ layout }, 'slipway:test');
    await cluster.pullAhead(image);
    return { image, said };
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}

/** Slipway as `deploy/overlays/dev` installs it, with workers of versions. */
export interface Installation {
  /** What an engineer does for each version: writes it into `version.env`, applies all, and waits until everything is ready. */
  apply(version: string): Promise<void>;
  /** Takes away what runs, and leaves the accounts to others. */
  remove(): Promise<void>;
}

/** `settings`: what is in `settings.env`; `secrets`: keys and values by the name of the Secret. */
export async function prepareInstallation(
  cluster: Cluster,
  image: string,
  settings: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-install-'));
  const inSystem = (...args: readonly string[]) => cluster.kubectl([...args, '--namespace', 'slipway-system']);
  await cp('deploy', folder, { recursive: true });
  await mkdir(join(folder, 'mine'));
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, 'overlays/dev/settings.env'), lines.join(''));
  const [, newName, digest] = /^(.+?)(?::[\w.-]+)?@(sha256:\w+)$/.exec(image) ?? [];
  const mine = {
    resources: ['../overlays/dev'],
    components: ['../components/versioned'],
    images: [{ name: '192.0.2.10:5000/slipway', newName, digest }],
  };
  await writeFile(join(folder, 'mine/kustomization.yaml'), JSON.stringify(mine)); // JSON is YAML
  return {
    async apply(version) {
      await writeFile(join(folder, 'components/versioned/version.env'), `SLIPWAY_WORKER_VERSION=${version}\n`);
      await cluster.kubectl(['apply', '--kustomize', join(folder, 'mine')]);
      for (const [name, stringData] of Object.entries(secrets)) {
        const metadata = { name, namespace: 'slipway-system' };
        await cluster.kubectl(['apply', '--filename', '-'], { apiVersion: 'v1', kind: 'Secret', metadata, stringData });
      }
      const ours = ['--selector', 'app.kubernetes.io/name=slipway'];
      await inSystem('rollout', 'status', 'deployment', ...ours, '--timeout=120s');
    },
    async remove() {
      const kinds = 'deployments,services,poddisruptionbudgets,networkpolicies';
      await inSystem('delete', kinds, '--all', '--timeout=120s');
      await inSystem('delete', 'secret', ...Object.keys(secrets), '--ignore-not-found');
      await cluster.kubectl(['delete', 'namespace', 'slipway-builds', '--ignore-not-found', '--wait=false']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
