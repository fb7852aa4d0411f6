import { commandOutput } from '../run-command.ts';

// What these packages would start by themselves: servers that listen, some of them on every interface.
const services = ['containerd', 'docker-registry', 'etcd'];

/**
 * Installs packages of Debian or Ubuntu, as root, by one apt-get and without the services that some bring. The package lists are
 * fetched only when the packages cannot be had without. Tells in a few words what goes on.
 */
export async function installDebianPackages(
  packages: readonly string[],
  environment: NodeJS.ProcessEnv,
  onProgress: (text: string) => void,
): Promise<void> {
  const apt = { environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' } };
  const withoutServices = services
    .flatMap((name) => [
      ...['/lib/systemd/system', '/usr/lib/systemd/system'].map((folder) => `${folder}/${name}.service`),
      `/etc/init.d/${name}`,
    ])
    .flatMap((path) => ['-o', `Dpkg::Options::=--path-exclude=${path}`]);
  const install = [
    ...['install', '--yes', '--quiet', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
    ...withoutServices,
    ...packages,
  ];
  onProgress(`apt-get install ${packages.join(' ')}`);
  try {
    await commandOutput('apt-get', install, apt);
  } catch {
    onProgress('apt-get update');
    await commandOutput('apt-get', ['update', '--quiet'], apt);
    onProgress(`apt-get install ${packages.join(' ')}`);
    await commandOutput('apt-get', install, apt);
  }
}
