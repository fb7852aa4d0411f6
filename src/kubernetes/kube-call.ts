import type { KubeAction } from './kube-failure.ts';

/** Where an API group's resources are below the server's address. */
const kubeApis = {
  core: '/api/v1',
  batch: '/apis/batch/v1',
  apps: '/apis/apps/v1',
  argo: '/apis/argoproj.io/v1alpha1',
  openchoreo: '/apis/openchoreo.dev/v1alpha1',
  definitions: '/apis/apiextensions.k8s.io/v1',
} as const;

/** An action and its path. Without a namespace it is about all namespaces; `resource` may have a part, as `pods/log`. */
export function kubeCall(
  api: keyof typeof kubeApis,
  verb: KubeAction['verb'],
  resource: string,
  namespace?: string,
  name?: string,
): KubeAction & { readonly path: string } {
  const [kind = '', part] = resource.split('/');
  const path = [
    kubeApis[api],
    ...(namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)]),
    kind,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ...(part === undefined ? [] : [part]),
  ].join('/');
  return { verb, resource, namespace, path };
}
