import { KubeObject } from '../../src/kubernetes/follow-objects.ts';
import { kubeCall } from '../../src/kubernetes/kube-call.ts';
import type { KubeConnection } from '../../src/kubernetes/kube-connection.ts';

const never = new AbortController().signal;

/** Creates an object, one of the whole cluster where it has no namespace, or merges it into the one that is there. */
export async function putObject(
  { send }: KubeConnection,
  api: Parameters<typeof kubeCall>[0],
  resource: string,
  object: {
    readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
    readonly [field: string]: unknown;
  },
): Promise<KubeObject> {
  const { name, namespace } = object.metadata;
  const create = {
    ...kubeCall(api, 'create', resource, namespace),
    method: 'POST',
    body: object,
    expected: [409],
  } as const;
  const made = await send(create, never);
  const patch = { ...kubeCall(api, 'patch', resource, namespace, name), method: 'PATCH', body: object } as const;
  return KubeObject.parse((made.status === 409 ? await send(patch, never) : made).body);
}

/** Removes an object. */
export async function removeObject(
  { send }: KubeConnection,
  api: Parameters<typeof kubeCall>[0],
  resource: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<void> {
  await send({ ...kubeCall(api, 'delete', resource, namespace, name), method: 'DELETE', body: {} }, never);
}
