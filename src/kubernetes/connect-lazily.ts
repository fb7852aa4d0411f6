import type { KubeConnection } from './kube-connection.ts';

/**
 * A function that opens one connection, to the cluster of a kubeconfig file or without one to the cluster that this process runs
 * in. Its library takes long to load, so it comes with the first use. Throws `Unavailable` where the file cannot be read.
 */
export function connectLazily(kubeconfig: string | undefined): () => Promise<KubeConnection> {
  let connection: Promise<KubeConnection> | undefined;
  return async () => {
    connection ??= import('./kube-connection.ts').then(({ loadKubeConfig, openKubeConnection }) =>
      openKubeConnection(loadKubeConfig(kubeconfig)),
    );
    return connection.catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
  };
}
