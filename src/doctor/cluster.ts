import type { KubeApi } from '../planes/kubernetes/api/kube-api.ts';
import type { Check } from './check.ts';

/** Does the cluster answer, and may we look at builds there? `plane`: the name of one beside the usual. */
export function checkCluster(namespace: string, open: () => Promise<KubeApi>, plane?: string): Check {
  return {
    name: plane === undefined ? 'cluster' : `cluster of build plane ${plane}`,
    async run(signal) {
      const api = await open();
      await api.listPods(namespace, 'none', signal);
      return { state: 'ok', text: `answers; builds are Jobs, in ${namespace} where a run template names no namespace` };
    },
  };
}
