import { tellProgress } from '../tell-progress.ts';
import { startCluster } from './start-cluster.ts';

// A program for working by hand: `node test/support/cluster/start.ts` makes a cluster, says where it is in lines for a shell, and keeps
// it until it is ended by Ctrl-C or SIGTERM.

const { address, stop } = await startCluster(process.env, tellProgress());
process.stdout.write(
  [
    `export KUBECONFIG=${address.kubeconfig}`,
    `export SLIPWAY_TEST_REGISTRY=${address.registry}`,
    `export SLIPWAY_TEST_REGISTRY_IN_CLUSTER=${address.registryInCluster}`,
    `# kubectl: ${address.kubectl}`,
    '',
  ].join('\n'),
);
// A timer, because nothing else keeps the process.
const keep = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    clearInterval(keep);
    void stop();
  });
}
