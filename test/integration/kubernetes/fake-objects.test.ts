import { afterAll, beforeAll, describe } from 'vitest';
import { type KubeConnection, loadKubeConfig, openKubeConnection } from '../../../src/kubernetes/kube-connection.ts';
import { keepsContract } from '../../support/api-server-contract.ts';
import { type FakeObjects, startFakeObjects } from '../../support/fake-objects.ts';

let fake: FakeObjects;
let connection: KubeConnection;

beforeAll(async () => {
  fake = await startFakeObjects();
  fake.unknown.add('things');
  connection = openKubeConnection(loadKubeConfig(fake.kubeconfig));
});
afterAll(() => fake.stop());

describe('the fake API server', () => keepsContract(() => ({ connection, namespace: 'team-a' })));
