import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { deploymentName } from '../../src/temporal/names.ts';

/** Has new runs begin on that version's workers, which must be polling; waits until all of Temporal knows it. */
export async function makeCurrent({ workflowService }: Client, buildId: string): Promise<void> {
  const namespace = 'default';
  const version = { namespace, deploymentName, buildId };
  await patiently(() => workflowService.setWorkerDeploymentCurrentVersion(version));
  await patiently(async () => {
    const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment({ namespace, deploymentName });
    const { ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS } = temporal.api.enums.v1.RoutingConfigUpdateState;
    if (workerDeploymentInfo?.routingConfigUpdateState === ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS)
      throw new Error('the version is not yet known everywhere');
  });
}

async function patiently(ask: () => Promise<unknown>, attempts = 150): Promise<void> {
  for (let left = attempts; ; left -= 1) {
    try {
      await ask();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
