import { commandOutput, runCommand } from '../../../src/embedded/run-command.ts';
import { bridge, type Machine, partEnvironment, services } from './machine.ts';

/**
 * Makes the bridge and our table of rules: pods reach the outside masqueraded, and this machine reaches API server and registry, which
 * listen on the bridge only, on 127.0.0.1 too.
 */
export async function makeNetwork({ folder, ports }: Machine): Promise<void> {
  const environment = partEnvironment(folder);
  const { name, address, prefix, pods } = bridge;
  // A bridge without an address of its own takes that of some pod, another one with each that comes or goes, and loses packets meanwhile.
  const hardware = '0a:58:0a:f4:00:01';
  await commandOutput('ip', ['link', 'add', name, 'address', hardware, 'type', 'bridge'], { environment });
  await commandOutput('ip', ['address', 'add', `${address}/${prefix}`, 'dev', name], { environment });
  await commandOutput('ip', ['link', 'set', name, 'up'], { environment });
  const rules = `table ip ${name} {
    chain postrouting {
      type nat hook postrouting priority srcnat;
      ip saddr ${pods} ip daddr != { ${pods}, ${services.range} } masquerade
    }
    chain output {
      type nat hook output priority -100;
      ip daddr 127.0.0.1 tcp dport { ${ports.api}, ${ports.registry} } dnat to ${address}
    }
  }`;
  await commandOutput('nft', ['-f', '-'], { environment, input: rules });
}

/** Removes the bridge, our table, and those of the cluster's proxy. Safe to repeat. */
export async function removeNetwork(folder: string): Promise<void> {
  const environment = partEnvironment(folder);
  const tables = [`ip ${bridge.name}`, 'ip kube-proxy', 'ip6 kube-proxy'];
  for (const table of tables) await runCommand('nft', ['delete', 'table', ...table.split(' ')], { environment });
  await runCommand('ip', ['link', 'delete', bridge.name], { environment });
}
