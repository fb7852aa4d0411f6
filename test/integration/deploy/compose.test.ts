import { access, constants, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildkitVersion } from '../../../deploy/builder/buildkit.ts';
import { loadConfig } from '../../../src/config.ts';
import { loadServerConfig } from '../../../src/server-config.ts';
import { type ComposeModel, environmentOf, readComposeFile } from '../../support/compose/compose-file.ts';
import { temporalServer } from '../../support/compose/go-programs.ts';
import { giteaVersion } from '../../support/gitea-program.ts';

let model: ComposeModel;
let services: [string, ComposeModel['services'][string]][];
beforeAll(async () => {
  model = await readComposeFile();
  services = Object.entries(model.services);
});

const imageOf = (service: string) => model.services[service]?.image;

describe('docker-compose.yml', () => {
  it('conforms to the Compose Specification, as its own loader finds', async () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'postgresql',
        'temporal',
        'temporal-ui',
        'registry',
        'gitea',
        'buildkit',
        'worker',
        'serve',
      ]),
    );
  });

  it('pins every image, those that the tests run at the same version', () => {
    for (const [, { image }] of services) expect(image).toMatch(/:(local|v?\d+\.\d+[\w.-]*)$/);
    expect(imageOf('temporal')).toBe(`temporalio/server:${temporalServer.version.slice(1)}`);
    expect(imageOf('temporal-schema')).toBe(`temporalio/admin-tools:${temporalServer.version.slice(1)}`);
    expect(imageOf('gitea')).toBe(`gitea/gitea:${giteaVersion}-rootless`);
    expect(imageOf('setup')).toBe(imageOf('gitea'));
    expect(imageOf('buildkit')).toBe(`moby/buildkit:v${buildkitVersion}-rootless`);
  });

  it('mounts files that are there, and no folder in their place', async () => {
    const mounts = services.flatMap(([, { volumes }]) => volumes.filter(({ type }) => type === 'bind'));

    for (const { source, target } of mounts) expect((await stat(source)).isFile(), source).toBe(/\.\w+$/.test(target));
    expect(mounts).not.toHaveLength(0);
  });

  it('publishes ports on loopback only, and has no privileged container', () => {
    for (const [name, { ports, privileged }] of services) {
      for (const { host_ip } of ports) expect(host_ip, name).toBe('127.0.0.1');
      expect(privileged, name).toBe(false);
    }
  });

  it('keeps the database to Temporal, and the builds from what holds credentials', () => {
    const members = (network: string) => services.flatMap(([name, { networks }]) => (network in networks ? name : []));

    expect(members('database').toSorted()).toEqual(['postgresql', 'temporal', 'temporal-schema']);
    expect(members('builds').toSorted()).toEqual(['buildkit', 'registry']);
    expect(members('default')).not.toContain('buildkit');
    const holders = services.flatMap(([name, { volumes }]) =>
      volumes.some((each) => each.source === 'secrets') ? name : [],
    );
    expect(holders.toSorted()).toEqual(['serve', 'setup', 'worker']);
  });

  it('gives worker and server settings that fit, and no secret in them', async () => {
    expect(loadConfig({ ...environmentOf(model, 'worker', {}) }).catalog).toMatchObject({ kind: 'gitops' });
    expect(loadServerConfig({ ...environmentOf(model, 'serve', {}) }).secrets).toMatchObject({ kind: 'directory' });
    const names = services.flatMap(([, { environment }]) => Object.keys(environment));
    expect(names.filter((name) => /PASSWORD|PWD|TOKEN|SECRET(?!S)|PRIVATE|_KEY/.test(name))).toEqual([]);
  });

  it('uses scripts that can be run', async () => {
    for (const script of [
      'gitea/start.sh',
      'gitea/setup.sh',
      'temporal/setup-schema.sh',
      'temporal/setup-namespace.sh',
    ])
      await access(fileURLToPath(new URL(`../../../deploy/compose/${script}`, import.meta.url)), constants.X_OK);
  });
});
