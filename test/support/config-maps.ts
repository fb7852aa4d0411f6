import { kubeCall } from '../../src/kubernetes/kube-call.ts';
import type { KubeAnswer, KubeConnection } from '../../src/kubernetes/kube-connection.ts';

type Texts = Readonly<Record<string, string>>;

/** Objects that mean nothing, to try the ways of an API server on. */
export interface ConfigMaps {
  create(name: string, data: Texts, finalizers?: readonly string[]): Promise<KubeAnswer>;
  /** Merges into data or metadata; 409 where `metadata.resourceVersion` is not the current one, 422 where its uid is another. */
  patch(name: string, data: Texts, metadata?: object): Promise<KubeAnswer>;
  remove(name: string, uid?: string): Promise<KubeAnswer>;
}

/** The ConfigMaps of a namespace. */
export function configMapsOf({ send }: KubeConnection, namespace: string): ConfigMaps {
  const never = new AbortController().signal;
  const at = (verb: 'create' | 'patch' | 'delete', name?: string) =>
    kubeCall('core', verb, 'configmaps', namespace, name);
  return {
    create: (name, data, finalizers = []) =>
      send({ ...at('create'), method: 'POST', body: { metadata: { name, finalizers }, data }, expected: [409] }, never),
    patch: (name, data, metadata = {}) =>
      send({ ...at('patch', name), method: 'PATCH', body: { metadata, data }, expected: [404, 409, 422] }, never),
    remove: (name, uid) => {
      const body = uid === undefined ? {} : { preconditions: { uid } };
      return send({ ...at('delete', name), method: 'DELETE', body, expected: [404, 409] }, never);
    },
  };
}
