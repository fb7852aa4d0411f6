import { describe } from 'vitest';
import { loadKubeConfig, openKubeConnection } from '../../src/kubernetes/kube-connection.ts';
import { keepsContract } from '../support/api-server-contract.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';

const cluster = useCluster();
const namespace = await makeNamespace(cluster);
const connection = openKubeConnection(loadKubeConfig(cluster.kubeconfig));

describe('the API server', () => keepsContract(() => ({ connection, namespace })));
