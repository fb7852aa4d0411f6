import type { Cluster } from './cluster.ts';

export interface Served {
  readonly namespace: string;
  readonly name: string;
  /** Reference for pods. */
  readonly image: string;
  readonly port: number;
}

/** Starts an image as a pod with no right and a root that is read only, and gives its URL once its port is open. */
export async function servePod(cluster: Cluster, { namespace, name, image, port }: Served): Promise<string> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'web',
          image,
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          securityContext: {
            runAsNonRoot: true,
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
    },
  };
  const inNamespace = ['--namespace', namespace];
  await cluster.kubectl(['apply', '--filename', '-'], pod);
  await cluster.kubectl(['wait', ...inNamespace, '--for=condition=Ready', `pod/${name}`, '--timeout=60s']);
  const address = await cluster.kubectl(['get', 'pod', name, ...inNamespace, '--output=jsonpath={.status.podIP}']);
  return `http://${address.trim()}:${port}`;
}
