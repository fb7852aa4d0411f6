import { takeLock } from '../../../src/embedded/lock.ts';
import { removeCluster } from './leftovers.ts';
import { clusterLock } from './machine.ts';

// A program of its own (`node test/support/cluster/remove.ts`): removes what a killed run left. Nothing while somebody runs a cluster.

const lock = await takeLock(clusterLock);
if (lock.kind === 'taken') await removeCluster().finally(lock.release);
