import { CancelledFailure } from '@temporalio/common';
import type { BuildKind } from '../src/builds/build-plan.ts';
import { Failure } from '../src/failures.ts';
import type { DeliveryVerdict } from '../src/webhooks/accepted-delivery.ts';
import type { Activities } from './index.ts';

/** Who is told what steps found or made. */
export interface ResultWatch {
  /** `result`: `built`, `reused`, `cancelled`, or the type of its failure. Seconds of this attempt. */
  build(kind: BuildKind, result: string, seconds: number): void;
  /** So many components got this verdict. */
  verdicts(source: 'webhook' | 'sweep', outcome: string, reason: string, count: number): void;
}

/** The same steps; what they found or made is told. */
export function countResults(steps: Activities, watch: ResultWatch): Activities {
  const tell = (
    source: 'webhook' | 'sweep',
    verdicts: readonly Pick<DeliveryVerdict, 'outcome' | 'reason'>[],
  ): void => {
    for (const { outcome, reason } of verdicts) watch.verdicts(source, outcome, reason, 1);
  };
  return {
    ...steps,
    async buildImage(request) {
      const began = Date.now();
      const tellBuild = (result: string) => watch.build(request.plan.build.kind, result, (Date.now() - began) / 1000);
      try {
        const built = await steps.buildImage(request);
        tellBuild(built.reused ? 'reused' : 'built');
        return built;
      } catch (error) {
        tellBuild(error instanceof CancelledFailure ? 'cancelled' : error instanceof Failure ? error.type : 'Error');
        throw error;
      }
    },
    async judgeDelivery(delivery) {
      const judged = await steps.judgeDelivery(delivery);
      tell('webhook', judged.skips);
      if (judged.omitted > 0) watch.verdicts('webhook', 'skip', 'omitted', judged.omitted);
      return judged;
    },
    async requestRuns(requests) {
      const verdicts = await steps.requestRuns(requests);
      tell('webhook', verdicts);
      return verdicts;
    },
    async requestMissedRuns(requests) {
      const verdicts = await steps.requestMissedRuns(requests);
      tell('sweep', verdicts);
      return verdicts;
    },
  };
}
