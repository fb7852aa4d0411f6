import { catalogResources } from '../catalog/kubernetes-catalog.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import type { Check } from './check.ts';

/** Does the cluster have the kinds of the catalog, and may we list and watch them? Null: in all namespaces. */
export function checkClusterCatalog(
  connect: () => Promise<KubeConnection>,
  namespaces: readonly string[] | null,
): Check {
  return {
    name: 'catalog rights',
    async run(signal) {
      const { send, stream } = await connect();
      const asked = catalogResources.flatMap(({ resource }) =>
        (namespaces ?? [undefined]).map(async (namespace) => {
          const at = (verb: 'list' | 'watch') => ({
            ...kubeCall('openchoreo', verb, resource, namespace),
            method: 'GET' as const,
          });
          await send({ ...at('list'), query: { limit: '1' } }, signal);
          const watch = { ...at('watch'), query: { watch: '1', timeoutSeconds: '1' } };
          for await (const _ of stream(watch, signal)) break;
        }),
      );
      await Promise.all(asked);
      const where = namespaces === null ? 'all namespaces' : namespaces.join(', ');
      return {
        state: 'ok',
        text: `${catalogResources.map(({ resource }) => resource).join(', ')} of ${where} can be listed and watched`,
      };
    },
  };
}
